"""The loop: a whole recipe, its training stages alone, and its judges.

What is done already is not done again, unless with ``again``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from adwright.config import load_recipe
from adwright.runs import read_json, read_record
from adwright.verbs.given import RUNS, PathLike, existing, recipe_or_defaults, reward_folder, run_folder

__all__ = [
    "evaluate",
    "reward_evaluate",
    "run",
    "train_reward",
    "train_rl",
    "train_sft",
]


def run(
    recipe: PathLike,
    *,
    data: PathLike | None = None,
    seed: int | None = None,
    out: PathLike = RUNS,
    dry_run: bool = False,
    say: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Run a recipe from data to report; a cut-off run goes on, a finished one is returned as it is.

    Args:
        recipe: a YAML file; see recipes/.
        data: an export or ad table instead of the recipe's.
        seed: instead of the recipe's.
        out: folder under which run folders stand.
        dry_run: only say what would be done and what is missing.
        say: told what each stage is about.

    Returns:
        the run's record, with its ``path`` and ``report`` (None of a run that learns from the corpus); of a
        dry run the plan.
    """
    from adwright.pipeline import run_recipe
    from adwright.pipeline.plan import plan

    loaded = load_recipe(recipe, data=str(data) if data else None, seed=seed)
    if dry_run:
        return plan(loaded, Path(out))
    folder = run_recipe(loaded, Path(out), say or (lambda _: None))
    report = str(folder / "report.html") if loaded.learn == "results" else None
    return {**read_record(folder), "path": str(folder), "report": report}


def train_sft(
    pairs: PathLike,
    *,
    out: PathLike,
    recipe: PathLike | None = None,
    seed: int | None = None,
    again: bool = False,
) -> dict[str, Any]:
    """Train the imitation adapter on a folder of pairs."""
    from adwright.pipeline import sft_stage

    stage = sft_stage(existing(pairs), recipe_or_defaults(recipe, seed), Path(out), again=again)
    return {"path": str(stage.folder), **stage.figures}


def train_reward(
    pairs: PathLike,
    *,
    out: PathLike,
    recipe: PathLike | None = None,
    seed: int | None = None,
    again: bool = False,
) -> dict[str, Any]:
    """Train the reward ensemble and the independent judge on a folder of pairs."""
    from adwright.pipeline import reward_stage

    settings = recipe_or_defaults(recipe, seed)
    stage = reward_stage(existing(pairs), settings.reward, settings.seed, Path(out), again=again)
    return {"path": str(stage.folder), "accuracy": read_json(stage.folder / "accuracy.json")}


def train_rl(
    pairs: PathLike,
    *,
    sft: PathLike,
    reward: PathLike,
    out: PathLike,
    recipe: PathLike | None = None,
    seed: int | None = None,
    again: bool = False,
) -> dict[str, Any]:
    """Train the policy by RLPF from the folders of pairs, imitation and reward."""
    from adwright.pipeline import rl_stage

    settings = recipe_or_defaults(recipe, seed)
    stage = rl_stage(existing(pairs), existing(sft), existing(reward), settings, Path(out), again=again)
    return {"path": str(stage.folder), **stage.figures}


def reward_evaluate(
    run: PathLike,
    *,
    data: PathLike,
    model: Literal["proxy", "independent"] = "proxy",
    min_impressions: int = 100,
    keep_flagged: bool = False,
) -> dict[str, dict[str, Any]]:
    """Accuracy of a run's reward model on all pairs of any ad table, whatever its rows' split.

    Args:
        run: a run, or the folder of its reward stage.
        data: an export or ad table.
        model: the ensemble that RL climbs, or the independent judge.
        min_impressions: texts shown less often make no pairs.
        keep_flagged: use rows of flagged periods too.

    Returns:
        ``{"all": {"accuracy", "low", "high", "pairs"}, "p05": …, "p01": …}``, intervals by story.
    """
    from adwright.data import evaluation_pairs, import_table
    from adwright.reward import RewardModel, differences, pairwise_accuracy

    frame, _ = import_table(Path(data))
    pairs = evaluation_pairs(frame, drop_flagged=not keep_flagged, min_impressions=min_impressions)
    ensemble = RewardModel.load(reward_folder(Path(run)) / model)
    return pairwise_accuracy(differences(ensemble, pairs), pairs)


def evaluate(run: PathLike, *, again: bool = False) -> dict[str, Any]:
    """Judge a run's policies on its held-out sources (done already, unless something changed)."""
    from adwright.evaluation import write_report
    from adwright.pipeline import evaluation_stage

    folder = run_folder(Path(run))
    recipe = load_recipe(folder / "recipe.yaml")
    data, pairs, sft, reward, rl = (folder / name for name in ("data", "pairs", "sft", "reward", "rl"))
    for needed in (data, pairs, sft, reward, rl):
        read_record(needed)
    stage = evaluation_stage(data, pairs, sft, reward, rl, recipe, folder / "evaluation", again=again)
    report = write_report(folder)
    return {**read_json(stage.folder / "evaluation.json"), "path": str(stage.folder), "report": str(report)}
