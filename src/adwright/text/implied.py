"""Counts that the grounds give without writing the number.

"Both ears" are two, "10am to 1pm" is three hours, "14 and 15 June" are two days, and "in Hindi, Tamil or
English" is in three languages. Only what can be counted off like that is implied: never a price, and no
measure of anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from adwright.text.amounts import Amount, amounts, measure_after
from adwright.text.dates import DAY_WORD, dates
from adwright.text.lexicon import WEEKDAYS, listed
from adwright.text.words import content_stems, stem, words

__all__ = ["implied"]

_FACT = re.compile(r" \. |(?<=[.!?…;])\s+")
_TWO = re.compile(r"\b(?:both|pairs?|twins?|second(?![- ](?:hand|floor|half)))\b", re.IGNORECASE)
_HALF_OF_DAY = r"\s?(?:(?P<{}>[ap])\.?m\b\.?)"
_HOURS = re.compile(
    r"\b(?P<from>\d{1,2})(?:[:.](?P<past>[0-5]\d))?" + _HALF_OF_DAY.format("early") + r"?"
    r"\s?(?:to|-|–|until|till)\s?"
    r"(?P<to>\d{1,2})(?:[:.](?P<over>[0-5]\d))?" + _HALF_OF_DAY.format("late") + r"?(?!\w)",
    re.IGNORECASE,
)
_DAYS = re.compile(
    rf"\b(?:{DAY_WORD})\b(?:(?P<range>\s?(?:to|-|–)\s?)(?:{DAY_WORD})\b|(?:(?:,|,?\s?and|\s?&)\s?(?:{DAY_WORD})\b)+)",
    re.IGNORECASE,
)
_DAY = re.compile(rf"\b(?:{DAY_WORD})\b", re.IGNORECASE)
_JOINT = re.compile(rf",?\s?(?:and|or|to|-|–|&|until|till)\s?(?:(?:{DAY_WORD}),?\s)?", re.IGNORECASE)
_UNTIL = re.compile(r"to|-|–|until|till")
_ITEMS = re.compile(r",\s(?:and\s|or\s)?|\s(?:and|or)\s")
# Words for the items of any list; of other things a count is a fact of its own.
_COVERS = frozenset(
    map(
        stem,
        listed(
            """jobs tasks steps kinds sorts types ways languages provinces counties countries states cities
            towns scents flavours flavors colours colors sizes shades styles"""
        ),
    )
)
_TIMES_OF_DAY = frozenset(map(stem, listed("day morning afternoon evening night")))
_WEEK = tuple(dict.fromkeys(WEEKDAYS.values()))


def _hours(grounds: str) -> Iterator[int]:
    """How many hours times of day span: "10am to 1pm" three, "2 to 4pm" two."""
    for match in _HOURS.finditer(grounds):
        if (match["past"] or "00") != (match["over"] or "00") or not (match["early"] or match["late"]):
            continue
        early, late = int(match["from"]) % 12, int(match["to"]) % 12
        late += 12 * ((match["late"] or match["early"] or "").lower() == "p")
        early += 12 * ((match["early"] or "").lower() == "p")
        if not match["early"] and early + 12 < late:
            early += 12
        yield (late - early) % 24


def _days(grounds: str) -> Iterator[int]:
    """How many days dates and days of the week span or list: "14 and 15 June" two."""
    found = dates(grounds)
    for first, last in pairwise(found):
        joint = grounds[first.end : last.start]
        if first.month == last.month and int(first.day) < int(last.day) and _JOINT.fullmatch(joint):
            yield int(last.day) - int(first.day) + 1 if _UNTIL.search(joint) else 2
    for match in _DAYS.finditer(grounds):
        days = [_WEEK.index(WEEKDAYS[day.lower()]) for day in _DAY.findall(match.group())]
        yield (days[-1] - days[0]) % 7 + 1 if match["range"] else len(set(days))
    if re.search(r"\bweekend\b", grounds, re.IGNORECASE):
        yield 2


def _behind(text: str, amount: Amount) -> list[str]:
    """Stems of the first three content words behind a number."""
    near = words(text[amount.end : amount.end + 40])
    return [stem(w.low) for w in near if content_stems(w.text)][:3]


@dataclass(frozen=True)
class _Counts:
    """What grounds imply, and what they count themselves, of which nothing is implied.

    Attributes:
        hours, days, items: hours, days and lengths of lists that can be counted off.
        twos: stems of facts that speak of two things without the number.
        counted: stems of what stands behind a number.
        measured: numbers of minutes, weeks and the like.
    """

    hours: frozenset[int]
    days: frozenset[int]
    items: frozenset[int]
    twos: frozenset[str]
    counted: frozenset[str]
    measured: frozenset[str]


@lru_cache(maxsize=4096)
def _counts(grounds: str) -> _Counts:
    facts, numbers = _FACT.split(grounds), [a for a in amounts(grounds) if not a.kind]
    return _Counts(
        hours=frozenset(_hours(grounds)),
        days=frozenset(_days(grounds)),
        items=frozenset(len(_ITEMS.split(fact)) for fact in facts),
        twos=frozenset(word for fact in facts if _TWO.search(fact) for word in content_stems(fact)),
        counted=frozenset(noun for a in numbers for noun in _behind(grounds, a)[:1]),
        measured=frozenset(a.value for a in numbers if measure_after(grounds, a)),
    )


def _is_implied(text: str, amount: Amount, grounds: str) -> bool:
    known, count = _counts(grounds), int(amount.value)
    nouns = [noun for noun in _behind(text, amount) if noun not in known.counted]
    if not nouns or amount.value in known.measured:
        return False
    measure = measure_after(text, amount)
    if measure == stem("hour"):
        return count in known.hours
    if nouns[0] in _TIMES_OF_DAY:
        return count in known.days
    of_list = nouns[0] == stem("things") or (nouns[0] in _COVERS and count in known.items)
    return not measure and (of_list or (count == 2 and not known.twos.isdisjoint(nouns)))


def implied(text: str, grounds: str) -> frozenset[Amount]:
    """The counts of a text that its grounds give in other words."""
    plain = (a for a in amounts(text) if not a.kind and a.value.isdecimal() and 2 <= int(a.value) <= 31)
    return frozenset(amount for amount in plain if _is_implied(text, amount, grounds))
