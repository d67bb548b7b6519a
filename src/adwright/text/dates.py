"""Dates of a text: a day of a month, and what a day or month is said of.

A day without its month says little, so that both are read together: "until 25 May" and "May 25" are
one date, and "from 6 to 12 October" are two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from adwright.text.lexicon import MONTHS, WEEKDAYS

__all__ = ["DAY_WORD", "Date", "dates"]

DAY_WORD = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_MONTH = rf"(?=[A-Z])(?P<month>(?i:{'|'.join(sorted(MONTHS, key=len, reverse=True))}))\b"
_DAY = r"[0-3]?\d(?:st|nd|rd|th)?(?!\d|%|[:.,]\d)"
_MORE = rf"\s?(?:and|or|to|until|till|-|–|&)\s?(?:(?i:{DAY_WORD}),?\s)?{_DAY}"
_DATE = re.compile(
    rf"(?<![\w£$€₹.,:])(?P<days>{_DAY}(?:,\s{_DAY}|{_MORE})*)\s(?:of\s)?{_MONTH}"
    # "January 13 and 16 beginners" is one day: the last of several ends its clause, or a preposition follows.
    rf"|{_MONTH.replace('month', 'before')}\.?\s(?P<after>{_DAY}"
    rf"(?:(?:{_MORE})+(?=\s?(?:[.,:;!?)]|$|\s(?:at|in|from|for|on|with|by|only)\b)))?)"
)
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Date:
    """A day of a month ("25", "may"), and where its number stands."""

    day: str
    month: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def dates(text: str) -> tuple[Date, ...]:
    """The dates of a text in order: months in words, with a capital letter."""
    found = []
    for match in _DATE.finditer(text):
        group = "days" if match["days"] else "after"
        month = MONTHS[(match["month"] or match["before"]).lower()]
        for number in _NUMBER.finditer(text, match.start(group), match.end(group)):
            found.append(Date(number.group().lstrip("0"), month, *number.span()))
    return tuple(found)
