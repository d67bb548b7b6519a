"""Claims that neither source nor brief makes.

A claim belongs to a family (free, discount, guarantee …). A text may make it only if the grounds
have a member of the same family, in whatever words. "Free" and "delivery" and their like are also
tied to what they are said of: free delivery is not a free comb.

Optimising for response breeds deception (arXiv 2510.06105), so that this is a rule, never a score.
"""

from __future__ import annotations

import re
from functools import lru_cache

from adwright.records import Finding
from adwright.text.families import FAMILIES
from adwright.text.lexicon import FUNCTION_WORDS
from adwright.text.words import is_title_case, plain, stem, words

__all__ = ["unsupported"]


_FREE = re.compile(r"(?<![\w-])free(?![\w-])", re.IGNORECASE)
_BESIDE = 4
_GENERAL = frozenset(
    {
        "get",
        "try",
        "use",
        "tak",
        "ord",
        "book",
        "com",
        "join",
        "start",
        "today",
        "onlin",
        "now",
        "offer",
        "see",
        "find",
    }
)


@lru_cache(maxsize=4096)
def _supported(grounds: str) -> frozenset[str]:
    return frozenset(family.name for family in FAMILIES if family.support.search(grounds))


@lru_cache(maxsize=4096)
def _said_free(grounds: str) -> frozenset[str]:
    """Stems of what the grounds say is free: words near "free" in the same fact or sentence."""
    found: set[str] = set()
    for fact in re.split(r" \. |(?<=[.!?])\s+", grounds):
        if re.search(r"free\b|no (?:cost|charge)|included|complimentary|nothing", fact, re.IGNORECASE):
            found.update(stem(w.low) for w in words(fact))
    return frozenset(found)


def _free_of_what(text: str, grounds: str) -> Finding | None:
    if not _FREE.search(text):
        return None
    said, known = _said_free(grounds), frozenset(stem(w.low) for w in words(grounds))
    for match in _FREE.finditer(text):
        behind = [w for w in words(text) if w.start >= match.end()][:1]
        # The noun right behind "free": one that the grounds have, but never near their own "free".
        for word in behind:
            gap, low = text[match.end() : word.start], stem(word.low)
            if (
                gap == " "
                and word.low not in FUNCTION_WORDS
                and low in known
                and low not in said
                and low not in _GENERAL
                and len(low) > 2
            ):
                message = f'"free {word.text}" is not what the brief offers free: name what is'
                return Finding("claim", match.start(), word.end, message)
    return None


def unsupported(text: str, grounds: str, *, story: bool = False) -> list[Finding]:
    """Claims of the text whose family the grounds have no member of.

    Args:
        text: the text to judge.
        grounds: source and ``brief.grounds()``; HTML is read as its text.
        story: the headline of a story: praise and comparison are let pass, offers are not.

    Returns:
        one finding a family at most, all with the rule ``claim``.
    """
    grounds = plain(grounds)
    allowed = _supported(grounds)
    found: list[Finding] = []
    for family in FAMILIES:
        if family.name in allowed or (story and not family.story):
            continue
        match = family.claim.search(text)
        if match and not any(f.start < match.end() and match.start() < f.end for f in found):
            said = match.group().strip()
            message = (
                f'"{said}" ({family.name}) is in neither text nor brief: drop it, or add it to the facts'
            )
            found.append(Finding("claim", match.start(), match.end(), message))
    if (moved := _free_of_what(text, grounds)) and not is_title_case(text):
        found.append(moved)
    return found
