"""The starter corpus: briefs with good variations, written for adwright and shipped with it.

Most are of ads; those of the sector "stories" are headlines with the lede of an invented story. Beside
the variations, which look from different sides, stand plain rewrites: the words of text and brief in
another order and selection, which a very small writer can learn to make without a slip.

Every name, number and claim of a variation stands in the entry's text or in the brief's facts. Each brief
belongs to one split: nothing learned from one is judged on it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from adwright.records import Brief

__all__ = ["CORPUS_SPLITS", "CorpusEntry", "CorpusSplit", "corpus_file", "load_corpus"]

CorpusSplit = Literal["train", "valid", "ratings", "test", "market"]
CORPUS_SPLITS: dict[CorpusSplit, str] = {
    "train": "what the starter adapter imitates",
    "valid": "what says when to stop imitating",
    "ratings": "briefs for the texts that people rated, from which the sense model learns",
    "test": "held-out briefs, on which writers and the sense model are judged",
    "market": "what the simulated market's advertisers sell and say",
}


class CorpusEntry(BaseModel):
    """One brief, a plain text for it, and the variations that a good writer would offer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sector: str
    split: CorpusSplit
    brief: Brief
    text: str
    variations: tuple[tuple[str, str], ...]
    """(angle, text), with an angle such as "question" or "offer"."""
    plain: tuple[str, ...] = ()
    """Plain rewrites; those of the splits "train" and "valid" have four."""

    def texts(self) -> tuple[str, ...]:
        """The advertiser's text, then the variations, then the plain rewrites."""
        return (self.text, *(text for _, text in self.variations), *self.plain)


def corpus_file() -> Path:
    """The corpus as it is shipped: JSON Lines."""
    return Path(str(files("adwright.data").joinpath("corpus.jsonl")))


def load_corpus(split: CorpusSplit | None = None) -> list[CorpusEntry]:
    """The entries of a split, or all, in the order of the file."""
    return [entry for entry in _entries() if split in {None, entry.split}]


@lru_cache(maxsize=1)
def _entries() -> tuple[CorpusEntry, ...]:
    lines = corpus_file().read_text(encoding="utf-8").splitlines()
    return tuple(_entry(json.loads(line)) for line in lines if line.strip())


def _entry(record: dict[str, Any]) -> CorpusEntry:
    return CorpusEntry.model_validate(
        {
            "sector": record["sector"],
            "split": record["split"],
            "brief": record,
            "text": record["text"],
            "variations": [(v["angle"], v["text"]) for v in record["variations"]],
            "plain": record.get("plain", ()),
        }
    )
