"""The sample that closes a run: variations of one text, drawn by the engine that serves."""

from __future__ import annotations

from pathlib import Path

from adwright.config import Recipe
from adwright.creative import write_variations
from adwright.data import sources
from adwright.models import open_engine
from adwright.pipeline.tables import load_pairs
from adwright.progress import bar
from adwright.records import Source, Variation
from adwright.reward import RewardModel
from adwright.runs import Stage, open_stage, write_json

__all__ = ["sample_stage"]

SHOWN = 5
STEPS = 3
"""Of the bar: the writer made ready to serve, the reward loaded, the texts drawn and ranked."""


def sample_stage(pairs_folder: Path, sft: Path, reward: Path, rl: Path, recipe: Recipe, out: Path) -> Stage:
    """Policy and reward → ``variations.json``; the recipe's sample text, or a held-out one."""
    identity = {
        "text": recipe.sample_text,
        "brief": recipe.sample_brief.model_dump(mode="json"),
        "encoder": recipe.reward.encoder,
        "generate": recipe.generate.model_dump(mode="json"),
        "writer": recipe.writer.model_dump(mode="json"),
    }
    inputs = {"pairs": pairs_folder, "sft": sft, "reward": reward, "rl": rl}
    with open_stage(out, kind="sample", config=identity, seed=recipe.seed, inputs=inputs) as stage:
        if not stage.done:
            source = _source(pairs_folder, recipe)
            shown = _variations(source, [sft / "adapter", rl / "adapter"], reward / "proxy", recipe)
            content = {
                "text": source.text,
                "variations": [{"text": v.text, "beats": v.beats, "origin": v.origin} for v in shown],
            }
            write_json(stage.work / "variations.json", content)
            stage.figures |= {"shown": len(shown)}
    return stage


def _variations(source: Source, adapters: list[Path], proxy: Path, recipe: Recipe) -> list[Variation]:
    """What the trained writer makes of the text."""
    with bar("sample", STEPS) as advance:
        engine = open_engine(recipe.writer.model, adapters, dtype=recipe.writer.dtype)
        advance(note="the writer is ready")
        reward = RewardModel.load_average(proxy)
        advance(note="the reward is ready")
        shown = write_variations(
            source.text, source.brief, engine, reward, SHOWN, recipe.generate, recipe.writer, recipe.seed,
            encoder=recipe.reward.encoder,
        )  # fmt: skip
        advance(note=f"{recipe.generate.samples} texts drawn, {len(shown)} shown")
    return shown


def _source(pairs_folder: Path, recipe: Recipe) -> Source:
    if recipe.sample_text:
        return Source("sample", "sample", recipe.sample_text, recipe.sample_brief)
    return sources(load_pairs(pairs_folder)[1], "test", None, 1, recipe.seed)[0]
