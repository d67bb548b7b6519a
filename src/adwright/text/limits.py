"""How long a text may be where it is shown.

Figures are those that the platforms publish: responsive search ads 30 and 90 with full-width
characters counting two, Meta's feed 125 shown of the primary text. ``headline`` and
``story_headline`` are the lengths of the starter corpus and of the Upworthy Research Archive.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from adwright.records import Placement

__all__ = ["LIMITS", "Limit", "fits", "measure"]


@dataclass(frozen=True)
class Limit:
    """Length limits of a placement, in characters.

    Attributes:
        max_chars: longer texts are rejected.
        shown_chars: what is seen before "… more".
        min_chars: shorter texts are rejected.
        wide_counts_two: full-width characters count two.
    """

    max_chars: int
    shown_chars: int
    min_chars: int
    wide_counts_two: bool = False


LIMITS: dict[Placement, Limit] = {
    "headline": Limit(60, 60, 10),
    "description": Limit(90, 90, 15),
    "primary_text": Limit(180, 125, 25),
    "search_headline": Limit(30, 30, 4, wide_counts_two=True),
    "story_headline": Limit(120, 120, 15),
}


def measure(text: str, placement: Placement) -> int:
    """Length in characters as the platform counts them.

    Code points in NFC, without combining marks, joiners and variation selectors: what a person
    would count. Full-width characters count two where the placement says so.
    """
    wide = LIMITS[placement].wide_counts_two
    total = 0
    for char in unicodedata.normalize("NFC", text):
        if unicodedata.combining(char) or unicodedata.category(char) in {"Cf", "Mn", "Me"}:
            continue
        total += 2 if wide and unicodedata.east_asian_width(char) in "WF" else 1
    return total


def fits(text: str, placement: Placement) -> bool:
    """Whether the text is neither too long nor too short for the placement."""
    limit = LIMITS[placement]
    return limit.min_chars <= measure(text, placement) <= limit.max_chars
