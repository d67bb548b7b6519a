"""The stages of the loop that train, each from folders to a folder.

Each stage is done once, unless with ``again``: see adwright.runs.open_stage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from adwright.config import Recipe, RewardConfig
from adwright.data import sources, write_table
from adwright.errors import NotEnoughDataError
from adwright.models import load_writer
from adwright.pipeline.tables import load_pairs
from adwright.progress import bar
from adwright.records import Source
from adwright.reward import (
    ComposedReward,
    RewardModel,
    calibration_of,
    context_of,
    differences,
    judge,
    pairwise_accuracy,
)
from adwright.runs import Stage, open_stage, write_json
from adwright.training import (
    by_main,
    fit_ensemble,
    meet,
    reward_tests,
    sft_examples,
    train_rl_adapter,
    train_sft_adapter,
)

__all__ = [
    "composed",
    "imitate",
    "imitates",
    "reward_stage",
    "rl_stage",
    "sft_stage",
]

SECOND_TEXTS = 400
"""Second human texts that give the reward its measure: their deviation is known to 1 / sqrt(2 n), 3.5%."""


def sft_stage(pairs_folder: Path, recipe: Recipe, out: Path, *, again: bool = False) -> Stage:
    """Pairs → a LoRA adapter that imitates good human texts, in ``adapter/``."""
    inputs = {"pairs": pairs_folder}
    start = None if recipe.sft.start is None else Path(recipe.sft.start)
    if start is not None:
        inputs["start"] = start
    with open_stage(
        out, kind="sft", config=imitates(recipe), seed=recipe.seed, inputs=inputs, again=again, all_ranks=True
    ) as stage:
        if not stage.done:
            imitate(stage, by_main(lambda: _examples(pairs_folder, recipe, stage.work)), recipe, start)
    return stage


def imitates(recipe: Recipe) -> dict[str, Any]:
    """The settings that imitation depends on."""
    return {
        "sft": recipe.sft.model_dump(mode="json"),
        "writer": recipe.writer.model_dump(mode="json"),
        "encoder": recipe.reward.encoder,
    }


def imitate(
    stage: Stage, examples: tuple[pd.DataFrame, pd.DataFrame], recipe: Recipe, start: Path | None
) -> None:
    """Train the writer on (examples to imitate, examples it is tried on), from ``start`` on."""
    train, valid = examples
    writer = load_writer(recipe.writer.model, recipe.writer.dtype)
    steps = -(-len(train) // recipe.sft.batch_size) * recipe.sft.epochs
    with bar("imitation (SFT)", steps) as advance:
        stage.figures |= train_sft_adapter(
            writer, train, valid, recipe.sft, recipe.seed, stage.work, advance, start
        )


def _examples(pairs_folder: Path, recipe: Recipe, work: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What imitation learns from, kept in ``examples.parquet``, and what it is tried on."""
    pairs, _ = load_pairs(pairs_folder)
    train, valid = (
        sft_examples(pairs[pairs["split"] == split], recipe.sft, recipe.reward.encoder, limit)
        for split, limit in (("train", recipe.sft.examples), ("valid", recipe.sft.valid_examples))
    )
    write_table(train, work / "examples.parquet")
    return train, valid


def reward_stage(
    pairs_folder: Path, config: RewardConfig, seed: int, out: Path, *, again: bool = False
) -> Stage:
    """Pairs → ``proxy`` ensemble and ``independent`` model of disjoint stories; accuracy and calibration."""
    inputs = {"pairs": pairs_folder}
    with open_stage(out, kind="reward", config=config, seed=seed, inputs=inputs, again=again) as stage:
        if not stage.done:
            pairs, _ = load_pairs(pairs_folder)
            ensembles = _ensembles(pairs, config, seed, stage.work)
            average = RewardModel.load_average(stage.work / "proxy")
            accuracy, calibration = _tried(pairs, ensembles, average)
            write_json(stage.work / "calibration.json", calibration)
            write_json(stage.work / "accuracy.json", accuracy)
            stage.figures |= {
                f"{name}_test_accuracy": found["test"]["all"]["accuracy"] for name, found in accuracy.items()
            }
    return stage


def _ensembles(pairs: pd.DataFrame, config: RewardConfig, seed: int, work: Path) -> dict[str, RewardModel]:
    networks = {"proxy": config.networks, "independent": config.independent_networks}
    train, valid = pairs[pairs["split"] == "train"], pairs[pairs["split"] == "valid"]
    tests = {role: len(reward_tests(train[train["role"] == role])) for role in networks}
    passes = {role: config.epochs * count + 1 for role, count in networks.items()}
    with bar("reward models", sum(tests[role] * n for role, n in passes.items())) as advance:
        return {
            role: fit_ensemble(
                train[train["role"] == role],
                valid[valid["role"] == role],
                config,
                count,
                seed * 10 + number,
                work / role,
                advance,
            )
            for number, (role, count) in enumerate(networks.items())
        }


def _tried(
    pairs: pd.DataFrame, ensembles: dict[str, RewardModel], average: RewardModel
) -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """Accuracy of each model, and calibration of the proxy's average: it states the chances people see."""
    test, valid = pairs[pairs["split"] == "test"], pairs[pairs["split"] == "valid"]
    apart = {name: differences(m, test) for name, m in {**ensembles, "average": average}.items()}
    accuracy = {name: {"test": pairwise_accuracy(own, test)} for name, own in apart.items()}
    for role, model in ensembles.items():
        own = valid[valid["role"] == role]
        accuracy[role]["valid"] = pairwise_accuracy(differences(model, own), own)
    calibration = {"temperature": average.temperature, **calibration_of(apart["average"])}
    return accuracy, calibration


def composed(proxy: RewardModel, train: list[Source], recipe: Recipe) -> ComposedReward:
    """The reward that RL climbs, by the recipe; second human texts of the sources give it its measure."""
    encoder = recipe.reward.encoder
    seconds = [s for s in train if s.second][:SECOND_TEXTS]
    if len(seconds) < 2:
        return ComposedReward(proxy, recipe.rl, encoder)
    texts, originals = [s.second for s in seconds], [s.text for s in seconds]
    briefs = [s.brief for s in seconds]
    judged = judge(texts, originals, briefs, encoder)
    enough = judged.means_of_parts()
    unit = float(proxy.against(texts, originals, [context_of(b) for b in briefs])[0].std()) or 1.0
    return ComposedReward(proxy, recipe.rl, encoder, enough, float(judged.total(enough).mean()), unit)


def rl_stage(
    pairs_folder: Path, sft: Path, reward: Path, recipe: Recipe, out: Path, *, again: bool = False
) -> Stage:
    """Imitation and reward → a LoRA adapter trained with RLPF, in ``adapter/``, on top of SFT's."""
    identity = {"rl": recipe.rl.model_dump(mode="json"), "writer": recipe.writer.model_dump(mode="json")}
    inputs = {"pairs": pairs_folder, "sft": sft, "reward": reward}
    with open_stage(
        out, kind="rl", config=identity, seed=recipe.seed, inputs=inputs, again=again, all_ranks=True
    ) as stage:
        if not stage.done:
            meet()
            _, frame = load_pairs(pairs_folder)
            proxy, independent = RewardModel.load(reward / "proxy"), RewardModel.load(reward / "independent")
            train = sources(frame, "train", None, None, recipe.seed)
            valid = sources(frame, "valid", None, recipe.rl.evaluate_sources, recipe.seed)
            if len(train) < recipe.rl.prompts_per_step:
                raise NotEnoughDataError(
                    f"{len(train)} training sources; one update draws {recipe.rl.prompts_per_step}",
                    fix="lower rl.prompts_per_step in the recipe, or import more tests",
                )
            if len({source.story for source in valid}) < 2:
                raise NotEnoughDataError(
                    "fewer than two validation stories for the independent model's looks",
                    fix="raise rl.evaluate_sources or pairs.valid_share, or import more tests",
                )
            writer = load_writer(recipe.writer.model, recipe.writer.dtype, [sft / "adapter"])
            with bar("RLPF", recipe.rl.steps) as advance:
                stage.figures |= train_rl_adapter(
                    writer,
                    train,
                    valid,
                    composed(proxy, train, recipe),
                    independent,
                    recipe.rl,
                    recipe.writer,
                    recipe.seed,
                    stage.work,
                    advance,
                )
    return stage
