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

    def parts(self) -> np.ndarray:
        """Similarity, names and numbers kept, none invented: 0 to 1, more is better, shape [5, n].

        What cannot be judged is nan.
        """
        return np.stack(
            [
                np.clip(self.similarity, 0.0, 1.0),
                self.names_kept,
                self.numbers_kept,
                1.0 - self.names_invented,
                1.0 - self.numbers_invented,
            ]
        )

    def total(self, most: np.ndarray | float = 1.0) -> np.ndarray:
        """Mean of the parts that can be judged, shape [n].

        Args:
            most: what each part, [5], is counted up to.
        """
        return np.asarray(np.nanmean(np.minimum(self.parts(), np.reshape(most, (-1, 1))), axis=0))

    def means_of_parts(self) -> np.ndarray:
        """Mean of each part over the texts, [5]; 1 where no text can be judged."""
        parts = self.parts()
        known = ~np.isnan(parts)
        means = np.where(known, parts, 0.0).sum(1) / np.maximum(known.sum(1), 1)
        return np.asarray(np.where(known.any(1), means, 1.0))

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
