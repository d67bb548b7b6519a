"""Numbers of a text: values, kinds and roles, and the words they are attached to.

A number that a text takes from its source must still say the same: 20% off the holiday is not
20% of the breakfast, and $20 is not 20%.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import Literal

from adwright.text.words import Word, content_stems, stem, words

__all__ = ["Amount", "amounts", "clauses", "moved", "neighbours", "role_changed"]

Kind = Literal["", "%", "money", "clock"]

_FROM_TWO = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES: dict[str, int] = {
    **{
        word: value for value, word in enumerate([*_FROM_TWO.split(), "seventeen", "eighteen", "nineteen"], 2)
    },
    **{word: 10 * tens for tens, word in enumerate(_TENS.split(), 2)},
}
_MAGNITUDES = {
    "hundred": 100, "thousand": 1000, "k": 1000, "million": 10**6, "m": 10**6, "mn": 10**6,
    "billion": 10**9, "bn": 10**9, "dozen": 12, "": 1,
}  # fmt: skip
_WORD_NUMBER = "|".join(sorted(_VALUES, key=len, reverse=True))
_AMOUNT = re.compile(
    r"(?P<cur>(?:US|CA|AU|NZ)?\$|[€£¥₹])?\s?"
    r"(?:(?P<num>(?<!\d)24/7|(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)"
    # "1 200 homes", but "6 500 ml bottles" are six.
    r"|(?<![\d.,])(?<!\d\s)[1-9]\d{0,2}(?:\s\d{3})+(?:[.,]\d\d?)?(?!\d|\s\d|\s?(?:%|(?:[cm]?l|[cm]m|m?g|[gm]b|w)\b))"
    r"|(?<!\d)\d+[:.]\d+|(?<![\d.])\d+,\d\d(?!\d)|(?<!\d)\d+)"
    r"(?:\s?(?P<mag>hundred|thousand|million|billion|bn|mn)(?![a-z])|(?P<letter>\s?[km])(?!\w))?"
    rf"|(?<![\w])(?P<word>one|{_WORD_NUMBER})(?:[- ](?P<unit>one|{_WORD_NUMBER}))?(?:[- ](?P<wmag>hundred"
    r"|thousand|million|billion|dozen))?(?!\w))"
    r"(?P<pct>\s?%|[- ]?percent\b|\sper\s?cent\b)?"
    r"(?P<clock>\s?(?:[ap]\.?m\b|o'clock))?"
    r"(?P<after>\s?[€£$](?!\s?\d)|[\s-]?(?:USD|GBP|EUR|dollars?|pounds?|euros?|bucks?|cents?|pence)\b|[pc]\b)?",
    re.IGNORECASE,
)
# What is counted in millions and thousands, not measured in metres and kilometres.
_COUNTED = re.compile(
    r"\+?\s(?:[a-z-]+\s)?(?:people|users|customers|clients|members|fans|followers|subscribers|listeners|readers"
    r"|viewers|visitors|players|students|families|homes|households|businesses|companies|jobs|copies|downloads"
    r"|sales|orders|reviews|views|likes|streams|songs|titles|books|products|items|words|steps|miles|sold|served)\b",
    re.IGNORECASE,
)
_PLURAL_AFTER = re.compile(r"\+?\s[a-z-]{3,}s\b", re.IGNORECASE)
_RUN_BEFORE = re.compile(
    r"\b(?:first|next|fastest|run|running|walk|swim|cycle|race|couch to)\s(?:a\s|your\s)?$", re.IGNORECASE
)
_RUN_AFTER = re.compile(
    r"[\s-](?:fun\s)?(?:runs?|runners?|races?|walks?|swims?|rides?|jogs?|training|route|course|loop|distance)\b",
    re.IGNORECASE,
)
_POUNDS = re.compile(r"pounds?$", re.IGNORECASE)
_CLAUSE = re.compile(
    r"(?:[.!?…](?=\s|$|[\"'”’)])|[,;:](?=\s|$)|\s[-–—|+&/]\s|[–—()\[\]]|\bbut\b|\band\b)+",
    re.IGNORECASE,
)
_MEASURES: dict[str, str] = {
    form: stem(forms.split()[0])
    for forms in (
        *("minute minutes min mins", "hour hours hr hrs h", "day days", "night nights", "week weeks wk"),
        *("month months mo", "year years yr yrs", "second seconds sec secs", "g gram grams", "lb lbs"),
        *("kg kilo kilos kilogram kilograms kgs", "km kilometre kilometres kilometer kilometers kms k"),
        *("mile miles", "metre metres meter meters m", "cm centimetre centimetres", "ml", "gb", "tb"),
        *("litre litres liter liters l", "oz ounce ounces", "inch inches", "degree degrees"),
        *("calorie calories", "percent", "star stars"),
    )
    for form in forms.split()
}
_MEASURE_AFTER = re.compile(
    r"(?:\s?[-/]\s?|\s)?(?:(?:a|an|per|each|every)\s)?([a-z]+)\b(?!-old)", re.IGNORECASE
)
_PART_AFTER = re.compile(
    r"\s+(?:(?:off|discount|savings?|reduction)\s+)?(?:of|on|off)\s+"
    r"(?:(?:your|the|all|our|any|every|their)\s+){0,2}",
    re.IGNORECASE,
)
_OFF_AFTER = re.compile(
    r"\s*(?:\w+\s)?(?:off|discount|less|cheaper|back|reduction|saving|voucher|cashback)\b", re.IGNORECASE
)
_OFF_BEFORE = re.compile(
    r"\b(?:sav\w+|discount of|off by|reduced by)\s(?:you\s|up to\s|over\s|an extra\s)?$", re.IGNORECASE
)
_PRICE_BEFORE = re.compile(
    r"\b(?:for|only|just|from|at|costs?|pays?|priced?|are|is)\s(?:only\s|just\s)?$", re.IGNORECASE
)
_FACT = re.compile(r" \. |(?<=[.!?…])\s+")
_RANGE = re.compile(r"\s?(?:to|-|–|until|till|and)\s?", re.IGNORECASE)
_BESIDE = 3


@dataclass(frozen=True)
class Amount:
    """A number in a text: normalised value ("1000", "9.5", "6:30"), kind, and its span."""

    value: str
    kind: Kind
    start: int
    end: int

    def __str__(self) -> str:
        return self.value + ("%" if self.kind == "%" else "")


def _decimal(text: str) -> str:
    if "." not in text:
        return text.lstrip("0") or "0"
    return (text.rstrip("0").rstrip(".")).lstrip("0") or "0"


def _times(num: str, magnitude: str) -> str:
    size = _MAGNITUDES[magnitude.lower()]
    return _decimal(num if size == 1 else f"{Decimal(num) * size:f}")


def _value(match: re.Match[str]) -> str:
    if match["num"]:
        num = re.sub(r"\s", "", match["num"])
        if ":" in num or num == "24/7" or (match["clock"] and "." in num):
            return num.replace(".", ":").removesuffix(":00")
        num = num.replace(",", ".") if re.fullmatch(r"\d+,\d\d?", num) else num.replace(",", "")
        return _times(num, match["mag"] or "")
    word, unit = match["word"].lower(), (match["unit"] or "").lower()
    value = _VALUES.get(word, 1)
    if unit:
        value = value + (_VALUES.get(unit, 1)) if value >= 20 and _VALUES.get(unit, 1) < 10 else value
    return str(value * _MAGNITUDES[(match["wmag"] or "").lower()])


def _is_scaled(match: re.Match[str]) -> bool | None:
    """Whether "m" or "k" behind a number is a million or a thousand; None where it may be either."""
    text, end, letter = match.string, match.end("letter"), match["letter"]
    if match["cur"] or match["after"] or (len(letter) == 1 and _COUNTED.match(text, end)):
        return True
    if letter.strip() in "mM":
        return letter == "M"
    if _RUN_AFTER.match(text, end):
        return False
    if _PLURAL_AFTER.match(text, end):
        return True
    return False if _RUN_BEFORE.search(text, max(0, match.start() - 20), match.start("num")) else None


@lru_cache(maxsize=8192)
def amounts(text: str) -> tuple[Amount, ...]:
    """The numbers of a text, in digits or words, in order.

    "one" is no number, unless a magnitude, unit or currency makes it one ("one million", "one percent").
    "5m" is five metres unless money, people or the like are counted; "5k" is read both as 5000 and as 5
    (kilometres) where nothing beside it tells.
    """
    found = []
    for match in _AMOUNT.finditer(text):
        if match["word"] and match["word"].lower() == "one" and not (match["wmag"] or match["pct"]):
            continue
        kind: Kind = "clock" if match["clock"] or ":" in (match["num"] or "") else ""
        kind = "%" if match["pct"] else "money" if match["cur"] or match["after"] else kind
        start = match.start("cur") if match["cur"] else match.start("num" if match["num"] else "word")
        value = _value(match)
        scaled = _is_scaled(match) if match["letter"] and not {":", "/"} & set(value) else False
        if scaled is not False:
            found.append(Amount(_times(value, match["letter"].strip()), kind, start, match.end()))
        if scaled is not True:
            end = match.end("num") if match["letter"] else match.end()
            found.append(Amount(value, kind, start, end))
    return tuple(found)


@lru_cache(maxsize=8192)
def clauses(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the clauses: parts between punctuation and coordinating words."""
    spans, at = [], 0
    for match in _CLAUSE.finditer(text):
        # "1,000", "9.30" and "2-3" are no borders: the pattern asks for white space.
        if text[at : match.start()].strip():
            spans.append((at, match.start()))
        at = match.end()
    if text[at:].strip():
        spans.append((at, len(text)))
    return tuple(spans)


def _clause_of(text: str, amount: Amount) -> tuple[int, int]:
    for start, end in clauses(text):
        if start <= amount.start < end:
            return start, end
    return amount.start, amount.end


def _is_content(word: Word) -> bool:
    return bool(content_stems(word.text)) and word.low not in _VALUES


def neighbours(text: str, amount: Amount, beside: int = _BESIDE) -> frozenset[str]:
    """Stems of the content words within ``beside`` words of the number, in its clause."""
    start, end = _clause_of(text, amount)
    inside = [w for w in words(text) if start <= w.start < end]
    before = [w for w in inside if w.end <= amount.start][-beside:]
    after = [w for w in inside if w.start >= amount.end][:beside]
    return frozenset(stem(w.low) for w in [*before, *after] if _is_content(w))


@lru_cache(maxsize=4096)
def _attached(grounds: str) -> dict[tuple[str, str], tuple[frozenset[str], ...]]:
    """Of each number of the grounds: the content words of each clause or short fact that holds it."""
    found: dict[tuple[str, str], list[frozenset[str]]] = {}
    for fact in _FACT.split(grounds):
        for amount in amounts(fact):
            start, end = _clause_of(fact, amount)
            inside = words(fact[start:end])
            stems = frozenset(
                _MEASURES.get(w.low) or stem(w.low) for w in inside if w.low in _MEASURES or _is_content(w)
            )
            found.setdefault((amount.value, amount.kind), []).append(stems)
    return {key: tuple(value) for key, value in found.items()}


def _measure_after(text: str, amount: Amount) -> str:
    match = _MEASURE_AFTER.match(text, amount.end)
    return _MEASURES.get(match[1].lower(), "") if match else ""


def _is_moved(
    text: str, amount: Amount, allowed: frozenset[str], others: frozenset[str], loose: bool
) -> bool:
    measure = _measure_after(text, amount)
    if measure and measure not in allowed:
        return True
    # A measure that no other number has says whose number it is.
    loose = loose or bool(measure and measure not in others)
    if amount.kind == "%" and allowed and (part := _PART_AFTER.match(text, amount.end)):
        behind = takewhile(_is_content, (w for w in words(text) if w.start >= part.end()))
        named = {stem(w.low) for w in behind}
        if named and not named & allowed:
            return True
    near = neighbours(text, amount)
    return not loose and bool(near & (others - allowed)) and not near & allowed


@lru_cache(maxsize=8192)
def _ranges(text: str) -> tuple[tuple[Amount, Amount], ...]:
    pairs = pairwise(amounts(text))
    return tuple((a, b) for a, b in pairs if _RANGE.fullmatch(text, a.end, b.start))


def _turned(text: str, grounds: str) -> Iterator[Amount]:
    known = {(a.value, b.value) for a, b in _ranges(grounds)}
    return (a for a, b in _ranges(text) if (b.value, a.value) in known and (a.value, b.value) not in known)


def moved(text: str, grounds: str) -> list[Amount]:
    """Numbers of the text that the grounds have too, but beside other words.

    Four signs of it: a range turned round ("10am to 6pm" for "6am to 10pm"); a measure behind the
    number (days, kg, "a month") that the grounds do not have with it; a percentage "of" or "on"
    something else; or, within three words in its clause, only such words of the grounds as belong
    there to another number of the same kind ("£6 case" for "case £65, wheels £6"). New words beside
    a number are no sign: people find new words for the same thing.
    """
    held, wrong = _attached(grounds), list(_turned(text, grounds))
    for amount in amounts(text):
        kind = (
            amount.kind
            if (amount.value, amount.kind) in held
            else {"": "clock", "clock": ""}.get(amount.kind, "")
        )
        own = held.get((amount.value, kind))
        if own is None:
            continue
        others = (sets for (value, k), sets in held.items() if k == kind and value != amount.value)
        allowed = frozenset().union(*own)
        beside_others = frozenset().union(*(found for sets in others for found in sets if found not in own))
        if amount not in wrong and _is_moved(text, amount, allowed, beside_others, loose=not all(own)):
            wrong.append(amount)
    return wrong


def _roles(text: str, amount: Amount) -> frozenset[str]:
    if amount.kind != "money":
        return frozenset()
    before = text[max(0, amount.start - 25) : amount.start]
    if _OFF_AFTER.match(text, amount.end) or _OFF_BEFORE.search(before):
        return frozenset({"discount"})
    return frozenset({"price"}) if _PRICE_BEFORE.search(before) else frozenset()


def _kinds(text: str, amount: Amount) -> frozenset[str]:
    """What the number may be: pounds are money or a weight, hours are counts too."""
    if amount.kind == "%":
        return frozenset({"%"})
    if amount.kind == "money":
        return frozenset({"money", "lb"} if _POUNDS.search(text[amount.start : amount.end]) else {"money"})
    return frozenset({"count", "lb"} if _measure_after(text, amount) == "lb" else {"count"})


@lru_cache(maxsize=4096)
def _roles_by_value(grounds: str) -> dict[str, dict[str, set[str]]]:
    found: dict[str, dict[str, set[str]]] = {}
    for amount in amounts(grounds):
        roles = _roles(grounds, amount) or {"price"}
        for kind in _kinds(grounds, amount):
            found.setdefault(amount.value, {}).setdefault(kind, set()).update(roles)
    return found


def role_changed(text: str, grounds: str) -> list[Amount]:
    """Numbers that the grounds have in another role: as percent, price, discount or count."""
    known, wrong = _roles_by_value(grounds), []
    for amount in amounts(text):
        kinds = known.get(amount.value)
        if kinds is None:
            continue
        roles = kinds.get("money", {"price", "discount"})
        if not _kinds(text, amount) & kinds.keys() or _roles(text, amount) - roles:
            wrong.append(amount)
    return wrong
