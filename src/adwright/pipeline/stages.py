"""The stages of the loop, each from folders to a folder.

Each stage is done once: see adwright.runs.open_stage.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from adwright.config import MarketConfig, PairsConfig, Recipe, RewardConfig
from adwright.data import Market, import_table, make_market, make_pairs, read_table, sources, write_table
from adwright.errors import NotEnoughDataError, NotFoundError, RunError
from adwright.models import load_writer
from adwright.progress import bar
from adwright.records import Source
from adwright.reward import ComposedReward, RewardModel, calibration_of, judge, pairwise_accuracy
from adwright.runs import Stage, open_stage, write_json
from adwright.training import fit_ensemble, reward_tests, sft_examples, train_rl_adapter, train_sft_adapter

__all__ = [
    "composed",
    "import_stage",
    "load_pairs",
    "market_stage",
    "pairs_stage",
    "reward_stage",
    "rl_stage",
    "sft_stage",
    "truth_of",
    "write_lines",
]

TABLE = "table.parquet"
SECONDS = 400
"""Second human texts that say how faithful is faithful enough; more change the mean by under 0.01."""


def import_stage(file: Path, out: Path) -> Stage:
    """An export or table → ``table.parquet`` and ``import.json``."""
    if not file.is_file():
        raise NotFoundError(f"no file at {file}", fix="check the path")
    with open_stage(out, kind="import", config={"file": file.name}, seed=0, inputs={"file": file}) as stage:
        if not stage.done:
            frame, report = import_table(file)
            write_table(frame, stage.work / TABLE)
            write_json(stage.work / "import.json", asdict(report))
            stage.figures |= {"rows": len(frame), "tests": int(frame["test_id"].nunique())}
    return stage


def market_stage(config: MarketConfig, seed: int, out: Path) -> Stage:
    """A simulated market → ``table.parquet`` and ``market.json``, from which its truth can be asked."""
    with open_stage(out, kind="market", config=config, seed=seed, inputs={}) as stage:
        if not stage.done:
            market = make_market(config, seed)
            frame = market.table()
            write_table(frame, stage.work / TABLE)
            market.save(stage.work)
            stage.figures |= {"rows": len(frame), "tests": int(frame["test_id"].nunique())}
    return stage


def pairs_stage(data: Path, config: PairsConfig, seed: int, out: Path) -> Stage:
    """An ad table → ``pairs.parquet``, ``table.parquet`` with stories and splits, ``summary.json``."""
    table = data / TABLE if data.is_dir() else data
    with open_stage(out, kind="pairs", config=config, seed=seed, inputs={"data": table}) as stage:
        if not stage.done:
            pairs, frame, summary = make_pairs(read_table(table), config, seed)
            write_parquet(pairs, stage.work / "pairs.parquet")
            write_parquet(frame, stage.work / TABLE)
            write_json(stage.work / "summary.json", summary)
            stage.figures |= {"pairs": len(pairs), "tests": summary["tests_used"]}
    return stage


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write beside, then rename."""
    beside = path.with_suffix(".tmp")
    frame.to_parquet(beside, index=False)
    beside.replace(path)


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


def sft_stage(pairs_folder: Path, recipe: Recipe, out: Path) -> Stage:
    """Pairs → a LoRA adapter that imitates good human texts, in ``adapter/``."""
    config, writer_config = recipe.sft, recipe.writer
    identity = {"sft": config.model_dump(mode="json"), "writer": writer_config.model_dump(mode="json")}
    with open_stage(
        out, kind="sft", config=identity, seed=recipe.seed, inputs={"pairs": pairs_folder}
    ) as stage:
        if not stage.done:
            writer = load_writer(writer_config.model, writer_config.dtype)
            pairs, _ = load_pairs(pairs_folder)
            train = sft_examples(
                pairs[pairs["split"] == "train"], config, recipe.reward.encoder, config.examples
            )
            valid = sft_examples(
                pairs[pairs["split"] == "valid"], config, recipe.reward.encoder, config.valid_examples
            )
            write_parquet(train, stage.work / "examples.parquet")
            steps = -(-len(train) // config.batch_size) * config.epochs
            with bar("imitation (SFT)", steps) as advance:
                stage.figures |= train_sft_adapter(
                    writer, train, valid, config, writer_config, recipe.seed, stage.work, advance
                )
    return stage


def reward_stage(pairs_folder: Path, config: RewardConfig, seed: int, out: Path) -> Stage:
    """Pairs → ``proxy`` ensemble and ``independent`` model of disjoint stories; accuracy and calibration."""
    with open_stage(out, kind="reward", config=config, seed=seed, inputs={"pairs": pairs_folder}) as stage:
        if not stage.done:
            pairs, _ = load_pairs(pairs_folder)
            members = {"proxy": config.members, "independent": config.independent_members}
            train, valid = pairs[pairs["split"] == "train"], pairs[pairs["split"] == "valid"]
            tests = {role: len(reward_tests(train[train["role"] == role])) for role in members}
            accuracy: dict[str, Any] = {}
            with bar(
                "reward models", config.epochs * sum(tests[r] * n for r, n in members.items())
            ) as advance:
                for number, (role, count) in enumerate(members.items()):
                    model = fit_ensemble(
                        train[train["role"] == role],
                        valid[valid["role"] == role],
                        config,
                        count,
                        seed * 10 + number,
                        stage.work / role,
                        advance,
                    )
                    judged = _judged(pairs, role)
                    accuracy[role] = {
                        split: pairwise_accuracy(model, part) for split, part in judged.items() if len(part)
                    }
                    if role == "proxy":
                        write_json(stage.work / "calibration.json", calibration_of(model, judged["test"]))
            write_json(stage.work / "accuracy.json", accuracy)
            stage.figures |= {
                f"{role}_test_accuracy": found["test"]["all"]["accuracy"] for role, found in accuracy.items()
            }
    return stage


def _judged(pairs: pd.DataFrame, role: str) -> dict[str, pd.DataFrame]:
    valid = (pairs["split"] == "valid") & (pairs["role"] == role)
    return {"valid": pairs[valid], "test": pairs[pairs["split"] == "test"]}


def composed(proxy: RewardModel, train: list[Source], recipe: Recipe) -> ComposedReward:
    """The reward that RL climbs, by the recipe; second texts of the training sources say what is faithful."""
    rl, encoder = recipe.rl, recipe.reward.encoder
    pairs = [(s.second, s.text, s.brief) for s in train if s.second][:SECONDS]
    enough = float(judge(*zip(*pairs, strict=True), encoder).total().mean()) if pairs else 1.0
    return ComposedReward(
        proxy, rl.spread, rl.length_weight, rl.faithfulness_weight, rl.floor, encoder, enough
    )


def rl_stage(pairs_folder: Path, sft: Path, reward: Path, recipe: Recipe, out: Path) -> Stage:
    """Imitation and reward → a LoRA adapter trained with RLPF, in ``adapter/``, on top of SFT's."""
    identity = {"rl": recipe.rl.model_dump(mode="json"), "writer": recipe.writer.model_dump(mode="json")}
    inputs = {"pairs": pairs_folder, "sft": sft, "reward": reward}
    with open_stage(out, kind="rl", config=identity, seed=recipe.seed, inputs=inputs) as stage:
        if not stage.done:
            _, frame = load_pairs(pairs_folder)
            proxy, independent = RewardModel.load(reward / "proxy"), RewardModel.load(reward / "independent")
            train = sources(frame, "train", None, None, recipe.seed)
            valid = sources(frame, "valid", None, recipe.rl.evaluate_sources, recipe.seed)
            if len(train) < recipe.rl.prompts_per_step:
                raise NotEnoughDataError(
                    f"{len(train)} training sources; one update draws {recipe.rl.prompts_per_step}",
                    fix="lower rl.prompts_per_step in the recipe, or import more tests",
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


def truth_of(data: Path) -> Market | None:
    """The market of a data folder, if it is simulated."""
    return Market.load(data) if (data / "market.json").is_file() else None


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    """JSON lines, written beside and renamed."""
    beside = path.with_name(path.name + ".tmp")
    beside.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    beside.replace(path)
