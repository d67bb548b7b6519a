"""A run that learns from the starter corpus alone: the adapter that every other run starts from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from adwright.config import Recipe
from adwright.data import corpus_file, load_corpus, write_table
from adwright.models import drawing_dtype, load_writer, sample_texts
from adwright.pipeline.stages import imitate, imitates
from adwright.progress import bar
from adwright.reward import judge, refused
from adwright.runs import Stage, open_stage, write_json, write_lines
from adwright.text import clean, distinct_n, is_copy, messages
from adwright.training import by_main, starter_examples

__all__ = ["DRAWS", "starter_evaluation_stage", "starter_stage"]

DRAWS = 2
"""Texts that each writer draws for a held-out brief."""


def starter_stage(recipe: Recipe, out: Path, *, again: bool = False) -> Stage:
    """The corpus' rewrites → a LoRA adapter that imitates them, in ``adapter/``."""
    inputs = {"corpus": corpus_file()}
    with open_stage(
        out, kind="sft", config=imitates(recipe), seed=recipe.seed, inputs=inputs, again=again, all_ranks=True
    ) as stage:
        if not stage.done:
            imitate(stage, by_main(lambda: _rewrites(recipe, stage.work)), recipe, None)
    return stage


def _rewrites(recipe: Recipe, work: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What imitation learns from, kept in ``examples.parquet``, and what it is tried on."""
    train, valid = (
        starter_examples(load_corpus(split), recipe.sft.grounded, recipe.seed) for split in ("train", "valid")
    )
    train, valid = train.head(recipe.sft.examples), valid.head(recipe.sft.valid_examples)
    write_table(train, work / "examples.parquet")
    return train, valid


def starter_evaluation_stage(sft: Path, recipe: Recipe, out: Path) -> Stage:
    """What the starter and the bare writer write for held-out briefs: ``evaluation.json`` and the texts."""
    identity = {
        "evaluation": recipe.evaluation.model_dump(mode="json"),
        "writer": recipe.writer.model_dump(mode="json"),
        "encoder": recipe.reward.encoder,
    }
    inputs = {"corpus": corpus_file(), "sft": sft}
    with open_stage(out, kind="starter", config=identity, seed=recipe.seed, inputs=inputs) as stage:
        if not stage.done:
            rows = [row for name in ("starter", "base") for row in _written(name, sft, recipe)]
            write_lines(stage.work / "samples.jsonl", rows)
            policies = {
                name: _figures([row for row in rows if row["writer"] == name]) for name in ("starter", "base")
            }
            write_json(stage.work / "evaluation.json", {"policies": policies})
            stage.figures |= policies["starter"]
    return stage


def _written(name: str, sft: Path, recipe: Recipe) -> list[dict[str, Any]]:
    """One writer's raw texts for the held-out briefs, a row a text."""
    entries = load_corpus("test")[: recipe.evaluation.sources]
    writer = load_writer(recipe.writer.model, drawing_dtype(), [sft / "adapter"] if name == "starter" else [])
    with bar(f"evaluation: {name}", len(entries)) as advance:
        drawn = sample_texts(
            writer,
            [messages(e.text, e.brief) for e in entries],
            DRAWS,
            max_new_tokens=recipe.writer.max_new_tokens,
            temperature=recipe.evaluation.temperature,
            seed=recipe.seed,
            advance=advance,
        )
    texts = [clean(raw) for group in drawn for raw in group]
    own = [entry for entry in entries for _ in range(DRAWS)]
    sources, briefs = [e.text for e in own], [e.brief for e in own]
    stop = refused(texts, sources, briefs, judge(texts, sources, briefs, recipe.reward.encoder))
    return [
        {
            "writer": name,
            "source": entry.text,
            "text": text,
            "brief": entry.brief.model_dump(mode="json"),
            "passes": not no,
        }
        for entry, text, no in zip(own, texts, stop.tolist(), strict=True)
    ]


def _figures(rows: list[dict[str, Any]]) -> dict[str, float]:
    return {
        "passing": float(np.mean([row["passes"] for row in rows])),
        "copies": float(np.mean([is_copy(row["text"], row["source"]) for row in rows])),
        "distinct_2": distinct_n([row["text"] for row in rows], 2),
    }
