"""How long a text may be where it is shown.

Figures are those that the platforms publish: responsive search ads 30 and 90 with full-width
characters counting two. ``headline``, ``primary_text`` and ``story_headline`` are the lengths of
the starter corpus and of the Upworthy Research Archive.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from adwright.records import Placement

__all__ = ["LIMITS", "Limit", "fits", "is_short", "measure"]


@dataclass(frozen=True)
class Limit:
    """Length limits of a placement, in characters.

    Attributes:
        max_chars: longer texts are rejected.
        min_chars: shorter texts are rejected; full-width characters count two, for they say as much.
        wide_counts_two: full-width characters count two towards the maximum as well.
    """

    max_chars: int
    min_chars: int
    wide_counts_two: bool = False


LIMITS: dict[Placement, Limit] = {
    "headline": Limit(60, 10),
    "description": Limit(90, 15),
    "primary_text": Limit(180, 25),
    "search_headline": Limit(30, 4, wide_counts_two=True),
    "story_headline": Limit(120, 15),
}


def _count(text: str, *, wide: bool) -> int:
    if text.isascii():
        return len(text)
    total = 0
    for char in unicodedata.normalize("NFC", text):
        if unicodedata.combining(char) or unicodedata.category(char) in {"Cf", "Mn", "Me"}:
            continue
        total += 2 if wide and unicodedata.east_asian_width(char) in "WF" else 1
    return total


def measure(text: str, placement: Placement) -> int:
    """Length in characters as the platform counts them.

    Code points in NFC, without combining marks, joiners and variation selectors: what a person
    would count. Full-width characters count two where the placement says so.
    """
    return _count(text, wide=LIMITS[placement].wide_counts_two)


def is_short(text: str, placement: Placement) -> bool:
    """Whether the text says too little for the placement; full-width characters count two."""
    return _count(text, wide=True) < LIMITS[placement].min_chars


def fits(text: str, placement: Placement) -> bool:
    """Whether the text is neither too long nor too short for the placement."""
    return not is_short(text, placement) and measure(text, placement) <= LIMITS[placement].max_chars
