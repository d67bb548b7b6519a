"""From exports to preference pairs, and the simulated market.

What is done already is not done again, unless with ``again``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adwright.config import MarketConfig
from adwright.runs import read_json
from adwright.verbs.given import PathLike, checked_seed, existing, recipe_or_defaults

__all__ = [
    "data_import",
    "data_inspect",
    "data_market",
    "data_pairs",
]


def data_import(file: PathLike, *, out: PathLike, again: bool = False) -> dict[str, Any]:
    """Read an export or table into an ad table at ``out``/table.parquet; says what became of each row."""
    from adwright.pipeline import import_stage

    stage = import_stage(Path(file), Path(out), again=again)
    return {"path": str(stage.folder), **stage.figures, "import": read_json(stage.folder / "import.json")}


def data_inspect(file: PathLike) -> dict[str, Any]:
    """What is in an export, an ad table, or the folder of an import or market."""
    from adwright.data import import_table, inspect

    path = Path(file)
    frame, report = import_table(path / "table.parquet" if path.is_dir() else path)
    return inspect(frame, report)


def data_market(
    *,
    out: PathLike,
    tests: int | None = None,
    advertisers: int | None = None,
    impressions: int | None = None,
    seed: int = 0,
    again: bool = False,
) -> dict[str, Any]:
    """Simulate a market's history at ``out``/table.parquet."""
    from adwright.pipeline import market_stage

    given = {"tests": tests, "advertisers": advertisers, "impressions": impressions}
    config = MarketConfig.model_validate({k: v for k, v in given.items() if v is not None})
    stage = market_stage(config, checked_seed(seed), Path(out), again=again)
    return {"path": str(stage.folder), **stage.figures}


def data_pairs(
    table: PathLike,
    *,
    out: PathLike,
    recipe: PathLike | None = None,
    seed: int | None = None,
    again: bool = False,
) -> dict[str, Any]:
    """Preference pairs from an ad table (a file, or the folder of an import or market)."""
    from adwright.pipeline import pairs_stage

    settings = recipe_or_defaults(recipe, seed)
    stage = pairs_stage(existing(table), settings.pairs, settings.seed, Path(out), again=again)
    return {"path": str(stage.folder), **read_json(stage.folder / "summary.json")}
