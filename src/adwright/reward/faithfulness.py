"""How faithful a text is to its source and brief: meaning, names and numbers kept, none invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adwright.models import embed
from adwright.records import Brief
from adwright.text import invented, kept

__all__ = ["Faithfulness", "judge"]


@dataclass(frozen=True)
class Faithfulness:
    """One value a text, each of shape [n].

    Attributes:
        similarity: cosine of the sentence embeddings of text and (source and brief).
        names_kept, numbers_kept: share of the source's names (numbers) that the text has; nan if it has none.
        names_invented, numbers_invented: 1 where the text has one that neither source nor brief has.
    """

    similarity: np.ndarray
    names_kept: np.ndarray
    numbers_kept: np.ndarray
    names_invented: np.ndarray
    numbers_invented: np.ndarray

    def total(self) -> np.ndarray:
        """Mean of what can be judged, 0 to 1, shape [n]: similarity, kept, and nothing invented."""
        parts = np.stack(
            [
                np.clip(self.similarity, 0.0, 1.0),
                self.names_kept,
                self.numbers_kept,
                1.0 - self.names_invented,
                1.0 - self.numbers_invented,
            ]
        )
        return np.asarray(np.nanmean(parts, axis=0))

    def means(self) -> dict[str, float]:
        """Mean of each part over the texts; nan-free parts only (None where no source has any)."""
        names = ("similarity", "names_kept", "numbers_kept", "names_invented", "numbers_invented")
        return {name: _mean(getattr(self, name)) for name in names} | {"faithfulness": _mean(self.total())}


def _mean(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def judge(
    texts: Sequence[str], sources: Sequence[str], briefs: Sequence[Brief], encoder: str = "embedded"
) -> Faithfulness:
    """Judge each text against its source and brief."""
    grounds = [f"{source} {brief.grounds()}".strip() for source, brief in zip(sources, briefs, strict=True)]
    unique = list(dict.fromkeys([*texts, *grounds]))
    place = {text: i for i, text in enumerate(unique)}
    vectors = embed(unique, encoder) if unique else np.zeros((0, 1))
    own = vectors[[place[text] for text in texts]]
    other = vectors[[place[ground] for ground in grounds]]
    kept_of = [kept(source, text) for source, text in zip(sources, texts, strict=True)]
    new = [
        invented(text, f"{ground} {brief.audience} {brief.goal}")
        for text, ground, brief in zip(texts, grounds, briefs, strict=True)
    ]
    return Faithfulness(
        similarity=(own * other).sum(1).astype(np.float64),
        names_kept=np.array([k.names for k in kept_of]),
        numbers_kept=np.array([k.numbers for k in kept_of]),
        names_invented=np.array([float(bool(i.names)) for i in new]),
        numbers_invented=np.array([float(bool(i.numbers)) for i in new]),
    )
