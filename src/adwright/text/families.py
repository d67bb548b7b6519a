"""A family of claims: the words that make one, and the words in source or brief that allow it.

Offers stand in ``offers``, qualities and results in ``qualities``, and both once more in Chinese in
``chinese``. How families are written:

- A family is one claim, in whatever words. Two things that an advertiser can have one of without the
  other are two families: an award and good quality, organic and recycled, a prize and a wage.
- What makes the claim in a text allows it in the grounds. Support says the same in words that are no
  claim ("cancel any time" for "no contract"). A price, a number or a word of many meanings
  ("off", "green", "test", "only") is no support.
- A group catches what the claim is about: "gluten-free" is allowed only where the grounds say the
  same of gluten. Not more than one group may take part in a match.
- Patterns are of whole words of a ``folded`` text. A word behind a hyphen is part of another word:
  "gluten-free" is not "free".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Family", "beginnings", "family", "folded"]

# İ is the one capital whose small letter is two characters.
_PLAIN = str.maketrans("’‐‑İ", "'--I")


@dataclass(frozen=True)
class Family:
    """A family of claims.

    Attributes:
        name: what is claimed.
        claim: pattern of words that make the claim, and allow it where the grounds have them.
        support: pattern of other words in the grounds that allow it, if there are any.
        story: whether it counts in headlines of stories, which praise and compare freely.
    """

    name: str
    claim: re.Pattern[str]
    support: re.Pattern[str] | None = None
    story: bool = True

    def told(self, match: re.Match[str]) -> str:
        """The name of the family, with what the claim is about if it is about something."""
        return f"{self.name}: {match[match.lastindex]}" if match.lastindex else self.name


def family(name: str, claim: str, support: str = "", *, story: bool = True) -> Family:
    """A family by its patterns of whole words in lower case."""
    ends = r"(?!\w)"
    return Family(
        name,
        re.compile(rf"(?:{claim}){ends}"),
        re.compile(rf"(?:{support}){ends}") if support else None,
        story,
    )


def beginnings(patterns: Iterable[re.Pattern[str]]) -> re.Pattern[str]:
    """Where in a folded text a match of any of the patterns begins, at the beginning of a word.

    One search for all, since few texts make many claims: the families are asked at those places only,
    which takes a quarter of the time.
    """
    return re.compile(rf"(?<!\w)(?<!\w-)(?={'|'.join(pattern.pattern for pattern in patterns)})")


def folded(text: str) -> str:
    """In lower case with plain apostrophes and hyphens, letter for letter: spans stay those of the text.

    Patterns that mind no case are three times as slow.
    """
    return text.translate(_PLAIN).lower()
