"""The whole loop: a recipe → a run folder with every stage's result and the report."""

from __future__ import annotations

import gc
import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from adwright.config import Recipe
from adwright.errors import NotFoundError
from adwright.evaluation import write_report
from adwright.pipeline.judge import evaluation_stage
from adwright.pipeline.sample import sample_stage
from adwright.pipeline.stages import (
    import_stage,
    market_stage,
    pairs_stage,
    reward_stage,
    rl_stage,
    sft_stage,
)
from adwright.runs import Stage, hash_of, versions_here, write_json

__all__ = ["run_folder", "run_recipe"]


def run_folder(recipe: Recipe, root: Path) -> Path:
    """``root/NAME-HASH``: the same recipe, data and seed always go to the same folder.

    So a cut-off run is found again, and a changed recipe never overwrites an earlier result.

    Raises:
        NotFoundError: the recipe's data file is not there.
    """
    content = recipe.model_dump(mode="json")
    if recipe.data is not None:
        if not Path(recipe.data).is_file():
            raise NotFoundError(f"no data file at {recipe.data}", fix="check the path given as data")
        content["data"] = hash_of(Path(recipe.data))
    mark = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
    return root / f"{recipe.name}-{mark}"


def run_recipe(recipe: Recipe, root: Path, say: Callable[[str], None]) -> Path:
    """Run every stage that is not done yet and write the report.

    Args:
        recipe: what to run.
        root: where run folders stand.
        say: told, in plain words, what each stage found.

    Returns:
        the run's folder.
    """
    run = run_folder(recipe, root)
    run.mkdir(parents=True, exist_ok=True)
    (run / "recipe.yaml").write_text(
        yaml.safe_dump(recipe.model_dump(mode="json"), sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    started, clock = datetime.now(UTC), time.monotonic()
    stages: list[dict[str, Any]] = []

    def done(name: str, stage: Stage) -> Path:
        gc.collect()  # trainers hold themselves in cycles, and with them gigabytes
        kept = {k: stage.record.get(k) for k in ("seconds", "outputs", "figures")}
        stages.append({"name": name, **kept, "peak_gib": _peak_gib()})
        _write_record(run, recipe, stages, started, clock, "running")
        return stage.folder

    if recipe.data is None:
        say("Simulated market: fictional advertisers, and a hidden truth to check against")
        data = done("market", market_stage(recipe.market, recipe.seed, run / "data"))
    else:
        say(f"Import of {Path(recipe.data).name}")
        data = done("import", import_stage(Path(recipe.data), run / "data"))
    say("Preference pairs")
    pairs = done("pairs", pairs_stage(data, recipe.pairs, recipe.seed, run / "pairs"))
    say("Imitation: learning from better texts that people wrote")
    sft = done("sft", sft_stage(pairs, recipe, run / "sft"))
    say("Reward models: learning what wins")
    reward = done("reward", reward_stage(pairs, recipe.reward, recipe.seed, run / "reward"))
    say("RLPF: learning to write what wins")
    rl = done("rl", rl_stage(pairs, sft, reward, recipe, run / "rl"))
    say("Evaluation on texts nobody trained on")
    done("evaluation", evaluation_stage(data, pairs, sft, reward, rl, recipe, run / "evaluation"))
    say("Five variations of the sample text")
    done("sample", sample_stage(pairs, sft, reward, rl, recipe, run / "sample"))
    _write_record(run, recipe, stages, started, clock, "done")
    write_report(run)
    return run


def _write_record(
    run: Path, recipe: Recipe, stages: list[dict[str, Any]], started: datetime, clock: float, status: str
) -> None:
    write_json(
        run / "run.json",
        {
            "kind": "run",
            "name": recipe.name,
            "status": status,
            "config": recipe.model_dump(mode="json"),
            "seed": recipe.seed,
            "versions": versions_here(),
            "started": started.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - clock, 1),
            "peak_gib": _peak_gib(),
            "install_seconds": _install_seconds(),
            "stages": stages,
            "figures": next((s["figures"] for s in stages if s["name"] == "evaluation"), {}),
        },
    )


def _peak_gib() -> float:
    """Most memory that this process has held so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)


def _install_seconds() -> float | None:
    """How long ``make env`` took to make this environment, if it did: part of a demo's cost."""
    noted = Path(sys.prefix) / "install-seconds"
    return float(noted.read_text()) if noted.is_file() else None
