"""The whole loop: a recipe → a run folder with every stage's result and the report."""

from __future__ import annotations

import hashlib
import json
import resource
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from adwright.config import Recipe
from adwright.errors import NotFoundError
from adwright.evaluation import write_report
from adwright.models import give_back_memory
from adwright.pipeline.judge import evaluation_stage
from adwright.pipeline.sample import sample_stage
from adwright.pipeline.stages import reward_stage, rl_stage, sft_stage
from adwright.pipeline.starter import starter_evaluation_stage, starter_stage
from adwright.pipeline.tables import import_stage, market_stage, pairs_stage
from adwright.runs import Stage, hash_of, is_main, read_json, versions_here, write_json, write_text

__all__ = ["run_folder", "run_recipe"]


def run_folder(recipe: Recipe, root: Path) -> Path:
    """``root/NAME-HASH``: the same recipe, data and seed always go to the same folder.

    So a cut-off run is found again, and a changed recipe never overwrites an earlier result.

    Raises:
        NotFoundError: the recipe's data file, or the adapter that it starts from, is not there.
    """
    content = recipe.model_dump(mode="json")
    if recipe.sft.start is not None:
        if not Path(recipe.sft.start).is_dir():
            raise NotFoundError(f"no adapter at {recipe.sft.start}", fix="check the path given as sft.start")
        content["sft"]["start"] = hash_of(Path(recipe.sft.start))
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
    if is_main():
        fields = recipe.model_dump(mode="json")
        write_text(run / "recipe.yaml", yaml.safe_dump(fields, sort_keys=False, allow_unicode=True))
    record = _Record(run, recipe)
    if recipe.learn == "corpus":
        _from_corpus(recipe, run, record, say)
    else:
        _from_results(recipe, run, record, say)
    record.close()
    if is_main() and recipe.learn == "results":
        write_report(run)
    return run


def _from_results(recipe: Recipe, run: Path, record: _Record, say: Callable[[str], None]) -> None:
    done = record.done
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


def _from_corpus(recipe: Recipe, run: Path, record: _Record, say: Callable[[str], None]) -> None:
    say("Imitation: learning from the rewrites that come with adwright")
    sft = record.done("sft", starter_stage(recipe, run / "sft"))
    say("Evaluation on briefs nobody trained on")
    record.done("evaluation", starter_evaluation_stage(sft, recipe, run / "evaluation"))


class _Record:
    """The run's ``run.json``; a run that is only found done keeps the record of when it was."""

    def __init__(self, run: Path, recipe: Recipe) -> None:
        self.run, self.recipe = run, recipe
        self.before: dict[str, Any] = read_json(run / "run.json") if (run / "run.json").is_file() else {}
        self.started = self.before.get("started") or datetime.now(UTC).isoformat(timespec="seconds")
        self.stages: list[dict[str, Any]] = []

    def done(self, name: str, stage: Stage) -> Path:
        """Note a finished stage; its folder."""
        give_back_memory()
        kept = {k: stage.record.get(k) for k in ("seconds", "outputs", "figures")}
        earlier = {s["name"]: s["peak_gib"] for s in self.before.get("stages", [])}
        peak = _peak_gib() if stage.fresh else earlier.get(name)
        self.stages.append({"name": name, **kept, "peak_gib": peak})
        if stage.fresh:
            self._write("running")
        return stage.folder

    def close(self) -> None:
        """Note that the run is done, unless nothing changed since it was."""
        if self.before.get("status") != "done" or self.before.get("stages") != self.stages:
            self._write("done")

    def _write(self, status: str) -> None:
        if not is_main():
            return
        content = {
            "kind": "run",
            "name": self.recipe.name,
            "status": status,
            "config": self.recipe.model_dump(mode="json"),
            "seed": self.recipe.seed,
            "versions": versions_here(),
            "started": self.started,
            "seconds": round(sum(s["seconds"] for s in self.stages), 1),
            "peak_gib": max((s["peak_gib"] or 0.0 for s in self.stages), default=0.0),
            "install_seconds": _install_seconds(),
            "stages": self.stages,
            "figures": next((s["figures"] for s in self.stages if s["name"] == "evaluation"), {}),
        }
        write_json(self.run / "run.json", content)


def _peak_gib() -> float:
    """Most memory that this process has held so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)


def _install_seconds() -> float | None:
    """How long ``make env`` took to make this environment, if it did: part of a demo's cost."""
    noted = Path(sys.prefix) / "install-seconds"
    return float(noted.read_text()) if noted.is_file() else None
