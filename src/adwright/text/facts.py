"""Names and numbers: what a rewriting must keep, and what it must not invent.

A capital letter marks a name only in sentence case. Where Most Words Are Capitalised, a word is a
name if the dictionary does not know it, if it is a well-known name, has a capital inside
("iPhone"), or is a name in the sentence-case context (the brief).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from adwright.text.amounts import amounts
from adwright.text.implied import implied
from adwright.text.lexicon import (
    ACRONYMS,
    EVERYDAY_NAMES,
    FUNCTION_WORDS,
    MONTHS,
    NAMES,
    UNITS,
    WEEKDAYS,
)
from adwright.text.scenes import only_spoken_of, promised_days
from adwright.text.words import Word, bare, is_english, is_known, is_title_case, plain, stem, words

__all__ = ["Invented", "Kept", "invented", "kept", "names", "numbers"]

_INNER_CAPITAL = re.compile(r"[a-z][A-Z]")

# Adjectives and peoples that are not made of the country's name by one of the endings below.
_PEOPLES = {
    "irish": "ireland", "french": "france", "dutch": "netherlands", "british": "britain", "spanish": "spain",
    "welsh": "wales", "scottish": "scotland", "swiss": "switzerland", "danish": "denmark",
    "turkish": "turkey",
    "english": "england", "polish": "poland", "uk": "britain", "us": "america", "usa": "america",
    "afghan": "afghanistan", "argentine": "argentina", "belgian": "belgium", "catalan": "catalonia",
    "cornish": "cornwall", "czech": "czechia", "finnish": "finland", "florentine": "florence",
    "german": "germany", "greek": "greece", "jewish": "jews", "lebanese": "lebanon", "londoner": "london",
    "neapolitan": "naples", "norwegian": "norway", "peruvian": "peru", "portuguese": "portugal",
    "swede": "sweden", "swedish": "sweden", "texan": "texas", "thai": "thailand", "tuscan": "tuscany",
    "ukrainian": "ukraine", "venetian": "venice",
}  # fmt: skip
# How a place's name ends, and what its people are called then: Italy and Italian, Chile and Chilean.
_ENDINGS = (
    *(("", end) for end in ("n", "an", "ian", "ese", "i", "ic", "ish")),
    *(("a", end) for end in ("an", "ian", "ese", "ic", "ish")),
    *(("e", end) for end in ("an", "ean", "ian")),
    *(("o", "an"), ("y", "ian")),
)


@dataclass(frozen=True)
class Kept:
    """Share, 0 to 1, of the source's names and numbers that a text has; nan where the source has none."""

    names: float
    numbers: float


@dataclass(frozen=True)
class Invented:
    """Names and numbers of a text that its grounds do not have."""

    names: frozenset[str]
    numbers: frozenset[str]


def numbers(text: str) -> frozenset[str]:
    """The numbers of a text, normalised.

    "1,000" is "1000", "£84.00" is "84", "ten" is "10", "50 percent" is "50%".
    """
    return frozenset(str(amount) for amount in amounts(text))


def _is_name(word: Word, *, title: bool, shouted: bool, english: bool, context: frozenset[str]) -> bool:
    low = word.low
    if len(low) < 2 or low in ACRONYMS or low in UNITS or low in FUNCTION_WORDS or low in EVERYDAY_NAMES:
        return False
    if _INNER_CAPITAL.search(word.text):
        return True
    if not word.text[0].isupper():
        return False
    if low in WEEKDAYS or low in MONTHS:
        return False
    if low in NAMES or low in context:
        return True
    if not (english and is_known(low)):
        return english or not (title or word.opens)
    return not (title or word.opens or shouted or word.text.isupper())


@lru_cache(maxsize=8192)
def _names(text: str, context: str) -> tuple[Word, ...]:
    found = words(text)
    shouted = sum(w.text.isupper() and len(w.text) > 1 for w in found) > len(found) / 2
    english = is_english(text)
    known = frozenset(w.low for w in _names(context, "")) if context else frozenset()
    title = is_title_case(text)
    return tuple(
        w for w in found if _is_name(w, title=title, shouted=shouted, english=english, context=known)
    )


def names(text: str, context: str = "") -> frozenset[str]:
    """Words that are proper names, as written, without possessive: each word of a name is one.

    Args:
        text: any text.
        context: other text, whose names are names here too (the brief).
    """
    return frozenset(w.text[: len(w.low)] for w in _names(text, context))


@lru_cache(maxsize=4096)
def _forms(text: str) -> frozenset[str]:
    """Lower-case words of a text, and neighbours run together ("Wi-Fi" as "wifi")."""
    lows = [w.low for w in words(text)]
    return frozenset(lows) | {a + b for a, b in pairwise(lows)} | {stem(low) for low in lows}


def _is_place(low: str) -> bool:
    return low in NAMES and len(low) > 3


@lru_cache(maxsize=4096)
def _related(text: str) -> frozenset[str]:
    """Names that are as good as those of a text: Italy and Italians where it says "Italian".

    Only what is written as a name counts, or is nothing but a name: "us" is not the US, "polish" is not
    Poland, and what merely begins alike is another thing (Chile and children, Austria and Australia).
    """
    spelt = text.replace("U.S.A", "USA").replace("U.S", "US").replace("U.K", "UK")
    lows = {
        w.low
        for w in words(spelt)
        if w.low in NAMES or (w.text[0].isupper() and (len(w.low) > 3 or w.text.isupper()))
    }
    lows |= {low.removesuffix("s") for low in lows}
    homes = {
        low.removesuffix(people) + place for low in lows for place, people in _ENDINGS if low.endswith(people)
    }
    places = lows | {_PEOPLES[low] for low in lows & _PEOPLES.keys()} | set(filter(_is_place, homes))
    return frozenset(
        places
        # Small places and regions, too: Slovenia and Slovenian, Himalaya and Himalayan.
        | {f"{low}n" for low in lows if len(low) > 5 and low.endswith("a")}
        | {low[:-1] for low in lows if len(low) > 6 and low.endswith("an")}
        | {people for people, place in _PEOPLES.items() if place in places}
        | {
            low.removesuffix(place) + people
            for low in filter(_is_place, places)
            for place, people in _ENDINGS
            if low.endswith(place)
        }
    )


def _is_in(name: str, text: str) -> bool:
    low = bare(name)
    alike = {low, low.removesuffix("s")}
    return not (alike.isdisjoint(_forms(text)) and alike.isdisjoint(_related(text)))


def kept(source: str, text: str) -> Kept:
    """Share of the source's names and numbers that the text has."""
    wanted = names(source)
    values, have = numbers(source), numbers(text)
    return Kept(
        names=sum(_is_in(name, text) for name in wanted) / len(wanted) if wanted else math.nan,
        numbers=len(values & have) / len(values) if values else math.nan,
    )


def invented(text: str, grounds: str) -> Invented:
    """Names (days and months among them) and numbers that are found nowhere in the grounds.

    Args:
        text: the text to judge.
        grounds: everything it may rest on: source, brief, audience, goal; may hold HTML.
    """
    grounds = plain(grounds)
    has = numbers(grounds)
    strange = {
        word.text[: len(word.low)]
        for word in _names(text, grounds)
        if not (_is_in(word.text, grounds) or only_spoken_of(word, text))
    }
    strange |= {name.capitalize() for name in promised_days(text, grounds)}
    counted = implied(text, grounds)
    told = frozenset(str(amount) for amount in amounts(text) if amount not in counted)
    # "1" is as good as "a" or "one", and those say nothing that could be invented.
    return Invented(frozenset(strange), told - has - {"1"})
