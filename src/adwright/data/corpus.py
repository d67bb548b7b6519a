"""The starter corpus: briefs with good variations, written for adwright and shipped with it.

Every name, number and claim of a variation stands in the entry's text or in the brief's facts.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict

from adwright.records import Brief

__all__ = ["CorpusEntry", "load_corpus"]


class CorpusEntry(BaseModel):
    """One brief, a plain text for it, and the variations that a good writer would offer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sector: str
    brief: Brief
    text: str
    variations: tuple[tuple[str, str], ...]
    """(angle, text), with an angle such as "question" or "offer"."""

    def texts(self) -> tuple[str, ...]:
        """The plain text, then the variations."""
        return (self.text, *(text for _, text in self.variations))


def load_corpus() -> list[CorpusEntry]:
    """All entries, in the order of the file."""
    lines = files("adwright.data").joinpath("corpus.jsonl").read_text(encoding="utf-8").splitlines()
    return [_entry(json.loads(line)) for line in lines if line.strip()]


def _entry(record: dict[str, Any]) -> CorpusEntry:
    return CorpusEntry.model_validate(
        {
            "sector": record["sector"],
            "brief": record,
            "text": record["text"],
            "variations": [(v["angle"], v["text"]) for v in record["variations"]],
        }
    )
