"""Claims that neither source nor brief makes.

A claim belongs to a family (free, discount, guarantee …). A text may make it only if the grounds
have a member of the same family, in whatever words. "Free" is also tied to what it is said of: free
delivery is not a free comb.

Claims are known by their words, in English and, by a smaller list, in Chinese. Of other languages
only words that they share with English are seen.

Optimising for response breeds deception (arXiv 2510.06105), so that this is a rule, never a score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from adwright.records import Finding
from adwright.text.chinese import CHINESE, discounts, has_chinese
from adwright.text.families import Family, beginnings, folded
from adwright.text.lexicon import FUNCTION_WORDS, listed
from adwright.text.offers import FREE, OFFERS
from adwright.text.qualities import QUALITIES
from adwright.text.words import plain, stem, words

__all__ = ["FAMILIES", "unsupported"]

FAMILIES: tuple[Family, ...] = OFFERS + QUALITIES
_SUPPORTS = [(f, pattern) for f in FAMILIES for pattern in (f.claim, f.support) if pattern]
_CLAIM_BEGINS = beginnings(f.claim for f in FAMILIES)
_SUPPORT_BEGINS = beginnings(pattern for _, pattern in _SUPPORTS)
_FREE = re.compile(rf"(?<!\w)(?<!\w-){FREE}(?![\w-])")
_FREE_OR_INCLUDED = re.compile(
    rf"(?<!\w)(?<!\w-)(?:{FREE}|no (?:extra )?(?:cost|charge)|included|complimentary|nothing)(?!\w)"
)
_FACT = re.compile(r" \. |(?<=[.!?])\s+")
_PERCENT = re.compile(r"(\d{1,2})\s?%")
_HALF = re.compile(r"half[- ]price|half off")
_GENERAL = frozenset(
    map(stem, listed("get try use take order book come join start today online now offer see find"))
)


@lru_cache(maxsize=4096)
def _allowed(grounds: str) -> frozenset[str]:
    """Names of the families that the grounds have a member of, alone and with what it is about."""
    low, found = folded(grounds), set()
    for place in _SUPPORT_BEGINS.finditer(low):
        for family, pattern in _SUPPORTS:
            if match := pattern.match(low, place.start()):
                found |= {family.name, family.told(match)}
    if has_chinese(grounds):
        found.update(name for name, pattern in CHINESE.items() if pattern.search(grounds))
    return frozenset(found)


@lru_cache(maxsize=4096)
def _said_free(grounds: str) -> frozenset[str]:
    """Stems of what the grounds say is free: words of the facts or sentences that say "free"."""
    facts = (fact for fact in _FACT.split(grounds) if _FREE_OR_INCLUDED.search(folded(fact)))
    return frozenset(stem(w.low) for fact in facts for w in words(fact))


def _free_of_what(text: str, low: str, grounds: str) -> Finding | None:
    found = list(_FREE.finditer(low))
    if not found:
        return None
    said, known = _said_free(grounds), frozenset(stem(w.low) for w in words(grounds))
    for match in found:
        # The noun right behind "free": one that the grounds have, but never near their own "free".
        word = next((w for w in words(text) if w.start >= match.end()), None)
        if word is None or text[match.end() : word.start] != " " or word.low in FUNCTION_WORDS:
            continue
        of = stem(word.low)
        if of in known and of not in said and of not in _GENERAL and len(of) > 2:
            message = f'"free {word.text}" is not what the brief offers free: name what is'
            return Finding("claim", match.start(), word.end, message)
    return None


def _claimed(text: str, low: str, allowed: frozenset[str]) -> Iterator[tuple[Family, int, int]]:
    """The claims of a text that are not allowed, with their spans."""
    for place in _CLAIM_BEGINS.finditer(low):
        for family in FAMILIES:
            match = family.claim.match(low, place.start())
            if match and family.told(match) not in allowed:
                yield family, *match.span()
    if has_chinese(text):
        for family in FAMILIES:
            pattern = CHINESE.get(family.name)
            if pattern and family.name not in allowed and (match := pattern.search(text)):
                yield family, *match.span()


def _another_discount(text: str, grounds: str) -> Finding | None:
    """A discount in Chinese (五折: half is left to pay) that the grounds give otherwise."""
    if not has_chinese(text):
        return None
    known = {left for left, _, _ in discounts(grounds)}
    known |= {100 - int(percent) for percent in _PERCENT.findall(grounds)}
    if _HALF.search(folded(grounds)):
        known.add(50)
    for left, start, end in discounts(text):
        if left not in known:
            message = f'"{text[start:end]}" is another discount than that of text and brief: put it right'
            return Finding("claim", start, end, message)
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
    grounds, low = plain(grounds), folded(text)
    found: dict[str, Finding] = {}
    for family, start, end in _claimed(text, low, _allowed(grounds)):
        taken = family.name in found or any(f.start < end and start < f.end for f in found.values())
        if taken or (story and not family.story):
            continue
        said = text[start:end].strip()
        message = f'"{said}" ({family.name}) is in neither text nor brief: drop it, or add it to the facts'
        found[family.name] = Finding("claim", start, end, message)
    if not story and (of := _free_of_what(text, low, grounds)):
        found["free of"] = of
    if "discount" not in found and (other := _another_discount(text, grounds)):
        found["discount"] = other
    return list(found.values())
