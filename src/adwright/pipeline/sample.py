"""The sample that closes a run: variations of one text, drawn by the engine that serves."""

from __future__ import annotations

from pathlib import Path

from adwright.config import Recipe
from adwright.creative import write_variations
from adwright.data import sources
from adwright.models import open_engine
from adwright.pipeline.tables import load_pairs
from adwright.records import Source
from adwright.reward import RewardModel
from adwright.runs import Stage, open_stage, write_json

__all__ = ["sample_stage"]

SHOWN = 5


def sample_stage(pairs_folder: Path, sft: Path, reward: Path, rl: Path, recipe: Recipe, out: Path) -> Stage:
    """Policy and reward → ``variations.json``; the recipe's sample text, or a held-out one."""
    identity = {
        "text": recipe.sample_text,
        "generate": recipe.generate.model_dump(mode="json"),
        "writer": recipe.writer.model_dump(mode="json"),
    }
    inputs = {"pairs": pairs_folder, "sft": sft, "reward": reward, "rl": rl}
    with open_stage(out, kind="sample", config=identity, seed=recipe.seed, inputs=inputs) as stage:
        if not stage.done:
            source = _source(pairs_folder, recipe)
            engine = open_engine(recipe.writer.model, [sft / "adapter", rl / "adapter"])
            shown = write_variations(
                source.text,
                source.brief,
                engine,
                RewardModel.load_average(reward / "proxy"),
                SHOWN,
                recipe.generate,
                recipe.writer,
                recipe.seed,
            )
            content = {
                "text": source.text,
                "variations": [{"text": v.text, "beats": v.beats, "origin": v.origin} for v in shown],
            }
            write_json(stage.work / "variations.json", content)
            stage.figures |= {"shown": len(shown)}
    return stage


def _source(pairs_folder: Path, recipe: Recipe) -> Source:
    if recipe.sample_text:
        return Source("sample", "sample", recipe.sample_text, recipe.sample_brief)
    return sources(load_pairs(pairs_folder)[1], "test", None, 1, recipe.seed)[0]
