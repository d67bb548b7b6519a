"""The stages that make tables, and what later stages read of them: all that needs no model.

``again`` does a stage that is done already: see adwright.runs.open_stage.

Nothing here loads torch, so that importing, looking at and pairing data start at once.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pandas as pd

from adwright.config import MarketConfig, PairsConfig
from adwright.data import Market, import_table, make_market, make_pairs, read_table, write_table
from adwright.errors import NotFoundError, RunError
from adwright.progress import bar
from adwright.runs import Stage, open_stage, write_json

__all__ = [
    "import_stage",
    "load_pairs",
    "market_stage",
    "pairs_stage",
    "truth_of",
]

TABLE = "table.parquet"


def import_stage(file: Path, out: Path, *, again: bool = False) -> Stage:
    """An export or table → ``table.parquet`` and ``import.json``."""
    if not file.is_file():
        raise NotFoundError(f"no file at {file}", fix="check the path")
    config, inputs = {"file": file.name}, {"file": file}
    with open_stage(out, kind="import", config=config, seed=0, inputs=inputs, again=again) as stage:
        if not stage.done:
            frame, report = import_table(file)
            write_table(frame, stage.work / TABLE)
            write_json(stage.work / "import.json", asdict(report))
            stage.figures |= {"rows": len(frame), "tests": int(frame["test_id"].nunique())}
    return stage


def market_stage(config: MarketConfig, seed: int, out: Path, *, again: bool = False) -> Stage:
    """A simulated market → ``table.parquet`` and ``market.json``, from which its truth can be asked."""
    with open_stage(out, kind="market", config=config, seed=seed, inputs={}, again=again) as stage:
        if not stage.done:
            market = make_market(config, seed)
            with bar("market", config.tests) as advance:
                frame = market.table(advance)
            write_table(frame, stage.work / TABLE)
            market.save(stage.work)
            stage.figures |= {"rows": len(frame), "tests": int(frame["test_id"].nunique())}
    return stage


def pairs_stage(data: Path, config: PairsConfig, seed: int, out: Path, *, again: bool = False) -> Stage:
    """An ad table → ``pairs.parquet``, ``table.parquet`` (rows kept, stories, splits), ``summary.json``."""
    table = data / TABLE if data.is_dir() else data
    inputs = {"data": table}
    with open_stage(out, kind="pairs", config=config, seed=seed, inputs=inputs, again=again) as stage:
        if not stage.done:
            pairs, frame, summary = make_pairs(read_table(table), config, seed)
            write_table(pairs, stage.work / "pairs.parquet")
            write_table(frame, stage.work / TABLE)
            write_json(stage.work / "summary.json", summary)
            stage.figures |= {"pairs": len(pairs), "tests": summary["tests_used"]}
    return stage


def load_pairs(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The pairs, and the table with stories and splits, of a pairs folder.

    Raises:
        NotFoundError: it holds none.
        RunError: the files are damaged.
    """
    paths = (folder / "pairs.parquet", folder / TABLE)
    for path in paths:
        if not path.is_file():
            raise NotFoundError(
                f"no {path.name} in {folder}", fix="name the folder that `adwright data pairs` wrote"
            )
    try:
        pairs, frame = (pd.read_parquet(path) for path in paths)
    except (OSError, ValueError) as error:
        raise RunError(f"damaged: {error}", where=str(folder), fix="make the pairs again") from error
    return pairs, frame


def truth_of(data: Path) -> Market | None:
    """The market of a data folder, if it is simulated."""
    return Market.load(data) if (data / "market.json").is_file() else None
