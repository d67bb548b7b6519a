"""Numbers of a text, in digits and words: values, kinds, measures; and the clauses they stand in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from adwright.text.words import stem

__all__ = ["MEASURES", "NUMBER_WORDS", "Amount", "amounts", "clauses", "measure_after"]

Kind = Literal["", "%", "money", "clock"]

_FROM_TWO = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES: dict[str, int] = {
    **{
        word: value for value, word in enumerate([*_FROM_TWO.split(), "seventeen", "eighteen", "nineteen"], 2)
    },
    **{word: 10 * tens for tens, word in enumerate(_TENS.split(), 2)},
}
NUMBER_WORDS = frozenset(_VALUES)
_MAGNITUDES = {
    "hundred": 100, "thousand": 1000, "k": 1000, "million": 10**6, "m": 10**6, "mn": 10**6,
    "billion": 10**9, "bn": 10**9, "dozen": 12, "": 1,
}  # fmt: skip
_WORD_NUMBER = "|".join(sorted(_VALUES, key=len, reverse=True))
_AMOUNT = re.compile(
    r"(?P<cur>(?:(?<![a-z])(?:US|CA|AU|NZ|HK|[ACSR]))?\$|[€£¥₹])?\s?"
    r"(?:(?P<num>(?<!\d)24/7|(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)"
    # "1 200 homes", but "6 500 ml bottles" are six.
    r"|(?<![\d.,])(?<!\d\s)[1-9]\d{0,2}(?:\s\d{3})+(?:[.,]\d\d?)?(?!\d|\s\d|\s?(?:%|(?:[cm]?l|[cm]m|m?g|[gm]b|w)\b))"
    r"|(?<!\d)\d+[:.]\d+|(?<![\d.])\d+,\d\d(?!\d)|(?<!\d)\d+)"
    r"(?:\s?(?P<mag>hundred|thousand|million|billion|bn|mn)(?![a-z])|(?P<letter>\s?[km])(?!\w))?"
    # A dozen is twelve; "number two" is a name.
    rf"|(?<![\w])(?<!number )(?P<word>one|{_WORD_NUMBER}|(?<!half a )dozen)"
    rf"(?:[- ](?P<unit>one|{_WORD_NUMBER}))?(?:[- ](?P<wmag>hundred|thousand|million|billion|dozen))?(?!\w))"
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
_CLAUSE = re.compile(
    r"(?:[.!?…](?=\s|$|[\"'”’)])|[,;:](?=\s|$)|\s[-–—|+&/]\s|[–—()\[\]]|\bbut\b|\band\b)+",
    re.IGNORECASE,
)
MEASURES: dict[str, str] = {
    form: stem(forms.split()[0])
    for forms in (
        *("minute minutes min mins", "hour hours hr hrs h", "day days", "night nights", "week weeks wk"),
        *("month months mo", "year years yr yrs", "second seconds sec secs", "g gram grams", "lb lbs"),
        *("kg kilo kilos kilogram kilograms kgs", "km kilometre kilometres kilometer kilometers kms k"),
        *("mile miles", "metre metres meter meters m", "cm centimetre centimetres", "ml", "gb", "tb"),
        *("litre litres liter liters l", "oz ounce ounces", "inch inches", "degree degrees"),
        *("calorie calories", "percent", "star stars", "mm millimetre millimetres", "ft foot feet"),
        *("sq square", "acre acres", "x"),
    )
    for form in forms.split()
}
_MEASURE_AFTER = re.compile(
    r"(?:\s?[-/]\s?|\s)?(?:(?:a|an|per|each|every)\s)?([a-z]+)\b(?!-old)", re.IGNORECASE
)
# Money is for a measure, not of it: "£18 a day", but an £18 day ticket.
_RATE_AFTER = re.compile(r"(?:\s?/\s?|\s?(?:a|an|per|each|every)\s|-an?-)([a-z]+)\b", re.IGNORECASE)


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
    value = _VALUES.get(word) or _MAGNITUDES.get(word, 1)
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


def measure_after(text: str, amount: Amount) -> str:
    """The stem of the measure that a number counts or that money is for; "" if none, as of a time of day."""
    if amount.kind == "clock":
        return ""
    match = (_RATE_AFTER if amount.kind == "money" else _MEASURE_AFTER).match(text, amount.end)
    return MEASURES.get(match[1].lower(), "") if match else ""
