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
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from adwright.records import Finding
from adwright.text.chinese import CHINESE, discounts, has_chinese
from adwright.text.families import Family, beginnings, folded
from adwright.text.lexicon import FUNCTION_WORDS, listed
from adwright.text.offers import FREE, OFFERS
from adwright.text.qualities import QUALITIES
from adwright.text.senses import sensed
from adwright.text.words import Word, content_stems, plain, stem, words

__all__ = ["FAMILIES", "unsupported"]

FAMILIES: tuple[Family, ...] = OFFERS + QUALITIES
_SUPPORTS = [(f, pattern) for f in FAMILIES for pattern in (f.claim, f.support) if pattern]
_CLAIM_BEGINS = beginnings(f.claim for f in FAMILIES)
_SUPPORT_BEGINS = beginnings(pattern for _, pattern in _SUPPORTS)
_FREE = re.compile(rf"(?<!\w)(?<!\w-){FREE}(?![\w-])")
_GIVEN = re.compile(
    rf"(?<!\w)(?<!\w-)(?:{FREE}|no (?:extra )?(?:cost|charge)|included|complimentary|nothing|provided|on us)"
    r"(?!\w)"
)
_IS_FREE = re.compile(
    r"\b([\w'’-]+) (?:is|are|comes?)(?: all| both| also| now| always)? $"
    r"|\b(?:is|are) (?:the|your|our|this|that) ([\w'’-]+) $"
)
_ON_US = re.compile(r"(?<!rely )(?<!count )(?<!call )(?<!depend )\bon us\b")
# A fact that is nothing but "free", whatever it goes on with, says it of all that has no price.
_BARE_FREE = re.compile(
    rf"(?:it's |it is )?{FREE}(?: to \w+| of charge)?(?:[,;.]|$| with (?!every|any|each|all|your|orders))"
)
# Such a fact may mean the very thing advertised: "free for over-65s".
_FREE_ITSELF = re.compile(rf"(?:it's |it is )?{FREE}(?:[,;.]|$| (?:for|to|until|till|on|in|at|with)\b)")
_FACT = re.compile(r" \. |(?<=[.!?])\s+")
_PERCENT = re.compile(r"(\d{1,2})\s?%")
_PRICE = re.compile(r"[£$€₹¥]")
_HALF = re.compile(r"half[- ]price|half off")
_LONGEST_PHRASE = 4
_GENERAL = frozenset(
    map(stem, listed("get try use take order book come join start today online now offer see find"))
)


@lru_cache(maxsize=4096)
def _allowed(grounds: str) -> frozenset[str]:
    """Names of the families that the grounds have a member of, alone and with what it is about."""
    low, found = sensed(grounds), set()
    for place in _SUPPORT_BEGINS.finditer(low):
        for family, pattern in _SUPPORTS:
            if match := pattern.match(low, place.start()):
                found |= {family.name, family.told(match)}
    if has_chinese(grounds):
        found.update(name for name, pattern in CHINESE.items() if pattern.search(grounds))
    return frozenset(found)


@lru_cache(maxsize=4096)
def _given(grounds: str) -> frozenset[str]:
    """Stems of what the grounds give for nothing: words of the facts or sentences that say so."""
    facts = _FACT.split(sensed(grounds))
    given, about = [fact for fact in facts if _GIVEN.search(fact)], set[str]()
    if any(_BARE_FREE.match(fact) for fact in facts):
        # What more than one of them speaks of is what it is about.
        told = Counter(word for fact in facts for word in set(content_stems(fact)) if not _PRICE.search(fact))
        about = {word for word, count in told.items() if count > 1}
    return frozenset(stem(w.low) for fact in given for w in words(fact)) | about


def _sentence_of(low: str, at: int) -> tuple[int, int]:
    ends = [match.end() for match in _FACT.finditer(low)]
    return max([0, *(end for end in ends if end <= at)]), min([len(low), *(end for end in ends if end > at)])


def _called_free(text: str, low: str) -> Iterator[tuple[list[Word], int, int]]:
    """What a text calls free: the words behind "free", or the one that "is free"; with the claim's span."""
    found = words(text)
    for match in _FREE.finditer(low):
        if subject := _IS_FREE.search(low, 0, match.start()):
            at = subject.start(subject.lastindex or 0)
            # With the rest of its sentence, but names: "home collection in Leeds is free".
            begins, ends = _sentence_of(low, match.start())
            rest = [w for w in found if begins <= w.start < ends and w.text.islower()]
            said = [w for w in rest if w.low not in FUNCTION_WORDS and w.start not in {at, match.start()}]
            yield [*(w for w in found if w.start == at), *said], at, match.end()
        # Up to a word of grammar or a mark: a phrase such as "wholesale sample card".
        phrase, at = list[Word](), match.end()
        for word in (w for w in found if w.start >= match.end()):
            if text[at : word.start] != " " or word.low in FUNCTION_WORDS or len(phrase) == _LONGEST_PHRASE:
                break
            phrase.append(word)
            at = word.end
        yield phrase, match.start(), phrase[0].end if phrase else match.end()


def _free_of_what(text: str, low: str, grounds: str) -> Finding | None:
    """The first thing called free that the grounds have and do not give free."""
    given, known = _given(grounds), frozenset(stem(w.low) for w in words(grounds))
    itself = any(_FREE_ITSELF.match(fact) for fact in _FACT.split(sensed(grounds)))
    for phrase, start, end in _called_free(text, low):
        if itself and phrase and phrase[0].start == start:
            continue
        stems = [stem(word.low) for word in phrase]
        if stems and stems[0] in known - _GENERAL and given.isdisjoint(stems) and len(stems[0]) > 2:
            message = f'"{text[start:end]}" is not what the brief offers free: name what is'
            return Finding("claim", start, end, message)
    return None


def _on_us(text: str, low: str, grounds: str) -> Finding | None:
    """What is said to be on us, and the grounds do not give."""
    for match in _ON_US.finditer(low):
        before = [w for w in words(text) if w.end <= match.start() and w.low not in FUNCTION_WORDS]
        if not before or stem(before[-1].low) not in _given(grounds):
            message = '"on us" is not what the brief gives: drop it, or add it to the facts'
            return Finding("claim", match.start(), match.end(), message)
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
    grounds = plain(grounds)
    low = sensed(text, folded(grounds))
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
    if "free" not in found and (given := _on_us(text, low, grounds)):
        found["free"] = given
    if "discount" not in found and (other := _another_discount(text, grounds)):
        found["discount"] = other
    return list(found.values())
