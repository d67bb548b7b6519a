"""Whether the numbers of a text stand where the grounds put them.

A number that a text takes from its source must still say the same: 20% off the holiday is not
20% of the breakfast, $20 is not 20%, and 25 May is not 25 June.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, takewhile

from adwright.text.amounts import MEASURES, NUMBER_WORDS, Amount, amounts, clauses, measure_after
from adwright.text.dates import dates
from adwright.text.implied import implied
from adwright.text.lexicon import MONTHS, WEEKDAYS
from adwright.text.words import Word, content_stems, stem, words

__all__ = ["moved", "role_changed"]

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
_POUNDS = re.compile(r"pounds?$", re.IGNORECASE)
_FACT = re.compile(r" \. |(?<=[.!?…])\s+")
_RANGE = re.compile(r"\s?(?:to|-|–|until|till|and)\s?", re.IGNORECASE)
_JOINT = re.compile(
    r"(?P<r>\s?(?:to|-|–|until|till)\s?)|(?P<a>\s?(?:and|or|&)\s?)|(?P<c>,\s)|(?P<x>\s?[x×]\s?)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|from|to|until|till|between|and|of|by|after|before|made|built|founded|est)\.?\s$|[-–]$",
    re.IGNORECASE,
)
# Letters glued to a number make it a name: CO2, A4.
_GLUED = re.compile(r"(?<![^\W\d_])(?!x)[^\W\d_]{1,2}$", re.IGNORECASE)
_BESIDE = 3
_MONTH_STEMS, _DAY_STEMS = frozenset(map(stem, MONTHS)), frozenset(map(stem, WEEKDAYS))


@dataclass(frozen=True)
class _Held:
    """What a clause of the grounds says with a number: content words, and marks that only confirm."""

    words: frozenset[str]
    marks: frozenset[str]


def _clause_of(text: str, amount: Amount) -> tuple[int, int]:
    for start, end in clauses(text):
        if start <= amount.start < end:
            return start, end
    return amount.start, amount.end


def _is_content(word: Word) -> bool:
    return bool(content_stems(word.text)) and word.low not in NUMBER_WORDS


@lru_cache(maxsize=8192)
def _mates(text: str) -> dict[Amount, tuple[Amount, ...]]:
    """Of each number, those of its range or list, itself among them: "4, 8 or 13 weeks", "4 x 8 feet"."""
    found = amounts(text)
    joints = "".join(_joint(text[a.end : b.start]) for a, b in pairwise(found))
    mates: dict[Amount, tuple[Amount, ...]] = {amount: (amount,) for amount in found}
    for match in re.finditer(r"r|c*a|x+", joints):
        run = found[match.start() : match.end() + 1]
        mates.update(dict.fromkeys(run, run))
    return mates


def _joint(between: str) -> str:
    """How two numbers are joined: r, a range; a, by "and" or "or"; c, by a comma; x, "by"; else a dash."""
    match = _JOINT.fullmatch(between)
    return (match.lastgroup or "-") if match else "-"


def _between(text: str, amount: Amount, *, alike: bool) -> tuple[int, int]:
    """The clause of a number, up to the next numbers (``alike``: of its kind) on either side."""
    start, end = _clause_of(text, amount)
    mates = _mates(text)[amount]
    others = [a for a in amounts(text) if a not in mates and (not alike or a.kind == amount.kind)]
    start = max([start, *(a.end for a in others if start <= a.start < amount.start)])
    return start, min([end, *(a.start for a in others if amount.start < a.start < end)])


def _beside(text: str, amount: Amount) -> frozenset[str]:
    """Stems of the content words within three words of the number, up to the next number."""
    start, end = _between(text, amount, alike=False)
    inside = [w for w in words(text) if start <= w.start < end]
    before = [w for w in inside if w.end <= amount.start][-_BESIDE:]
    after = [w for w in inside if w.start >= amount.end][:_BESIDE]
    found = {stem(w.low) for w in [*before, *after] if _is_content(w)} - _MONTH_STEMS
    # A day belongs to hours ("Saturday 10 to 4"), and to no count of things.
    counts = amount.kind == "" and len(_mates(text)[amount]) == 1
    return frozenset(found - _DAY_STEMS if counts else found)


def _held(text: str, amount: Amount) -> _Held:
    """What the clause of a number says with it and with those that it is listed with."""
    stems, marks = set(), set()
    for mate in _mates(text)[amount]:
        start, end = _between(text, mate, alike=True)
        for word in words(text):
            if not start <= word.start < end:
                continue
            if word.low in MEASURES or _is_content(word):
                stems.add(MEASURES.get(word.low) or stem(word.low))
            elif word.low == "each":
                marks.add("each")
        start, end = _clause_of(text, mate)
        marks |= {f"#{a.value}" for a in amounts(text) if start <= a.start < end and a.value != amount.value}
    return _Held(frozenset(stems), frozenset(marks))


@lru_cache(maxsize=4096)
def _attached(grounds: str) -> dict[tuple[str, str], tuple[_Held, ...]]:
    """Of each number of the grounds: what each clause or short fact says with it."""
    found: dict[tuple[str, str], list[_Held]] = {}
    for fact in _FACT.split(grounds):
        for amount in amounts(fact):
            if not _GLUED.search(fact, max(0, amount.start - 3), amount.start):
                found.setdefault((amount.value, amount.kind), []).append(_held(fact, amount))
    return {key: tuple(value) for key, value in found.items()}


def _says_when(text: str, amount: Amount) -> bool:
    """Whether a number is a year or counts days of the week: such may stand beside any words."""
    if amount.kind:
        return False
    if _YEAR.fullmatch(text, amount.start, amount.end):
        return bool(_YEAR_BEFORE.search(text, max(0, amount.start - 9), amount.start))
    behind = next((w.low for w in words(text) if amount.end <= w.start <= amount.end + 1), "")
    return behind.endswith("days") and behind in WEEKDAYS


def _behind(text: str, amount: Amount) -> frozenset[str]:
    """Stems of the words right behind a number, up to one of grammar or a mark: what it counts."""
    found, at = [], amount.end
    for word in words(text):
        if word.start >= amount.end:
            if not _is_content(word) or text[at : word.start] not in {" ", "-"}:
                break
            found.append(stem(word.low))
            at = word.end
    return frozenset(found)


def _is_moved(
    text: str, amount: Amount, own: tuple[_Held, ...], others: frozenset[str], listed: frozenset[str]
) -> bool:
    """Whether words beside a number are those of others; ``listed``: measures of what it is listed with."""
    allowed = frozenset().union(*(held.words for held in own))
    measure = measure_after(text, amount)
    if measure and measure not in allowed | listed:
        return True
    if amount.kind == "%" and allowed and (part := _PART_AFTER.match(text, amount.end)):
        behind = takewhile(_is_content, (w for w in words(text) if w.start >= part.end()))
        part_of = {stem(w.low) for w in behind}
        if part_of and not part_of & allowed:
            return True
    # Where a fact is nothing but the number, or a measure that no other number has says whose it is.
    if not all(held.words for held in own) or (measure and measure not in others) or _says_when(text, amount):
        return False
    mine = _held(text, amount)
    if mine.marks & frozenset().union(*(held.marks for held in own)):
        return False
    theirs, counted = others - allowed, _behind(text, amount)
    # What a word of its own stands right before is no count: "Ridge 2 free".
    named = any(w.end + 1 == amount.start and stem(w.low) in allowed for w in words(text))
    if counted and counted <= theirs and not named:
        return True
    return bool(_beside(text, amount) & theirs) and not mine.words & allowed


@lru_cache(maxsize=8192)
def _ranges(text: str) -> tuple[tuple[Amount, Amount], ...]:
    pairs = pairwise(amounts(text))
    return tuple((a, b) for a, b in pairs if _RANGE.fullmatch(text, a.end, b.start))


def _turned(text: str, grounds: str) -> Iterator[Amount]:
    known = {(a.value, b.value) for a, b in _ranges(grounds)}
    return (a for a, b in _ranges(text) if (b.value, a.value) in known and (a.value, b.value) not in known)


def _mislisted(text: str, grounds: str) -> Iterator[Amount]:
    """Numbers listed with such as the grounds list with others: "ages 5 to 12" for "ages 5 to 9"."""
    lists = [
        frozenset(a.value for a in run)
        for fact in _FACT.split(grounds)
        for run in _mates(fact).values()
        if len(run) > 1
    ]
    for amount, run in _mates(text).items():
        known = [held for held in lists if any(a.value in held for a in run if a != amount)]
        if known and not any(amount.value in held for held in known):
            yield amount


def _misdated(text: str, grounds: str) -> tuple[frozenset[int], frozenset[int]]:
    """Where days of the month stand that the grounds have with that month, and that they do not."""
    known = {(date.day, date.month) for date in dates(grounds)}
    months = {month for _, month in known}
    told = [date for date in dates(text) if date.month in months]
    right = frozenset(date.start for date in told if (date.day, date.month) in known)
    return right, frozenset(date.start for date in told) - right


def moved(text: str, grounds: str) -> list[Amount]:
    """Numbers of the text that the grounds have too, but beside other words.

    Six signs of it: a day with another month; a list or range that mixes two; a range turned round ("10am
    to 6pm" for "6am to 10pm"); a measure behind the number (days, kg, "a month") that the grounds do not
    have with it; a percentage "of" or "on" something else; or words of the grounds that belong there to
    another number of the same kind ("£6 case" for "case £65, wheels £6"): right behind it, or within three
    words where its whole clause has no word or number that the grounds have with it. New words beside a
    number are no sign: people find new words for the same thing.
    """
    held, (dated, misdated) = _attached(grounds), _misdated(text, grounds)
    wrong = [*_turned(text, grounds), *(a for a in _mislisted(text, grounds) if a.start not in dated)]
    counted = implied(text, grounds)
    for amount in amounts(text):
        kind = (
            amount.kind
            if (amount.value, amount.kind) in held
            else {"": "clock", "clock": ""}.get(amount.kind, "")
        )
        if (amount.value, kind) not in held or amount.start in dated or amount in counted or amount in wrong:
            continue
        own = held[amount.value, kind]
        mates = (found for mate in _mates(text)[amount] for found in held.get((mate.value, kind), ()))
        listed = frozenset().union(*(found.words for found in mates))
        others = (sets for (value, k), sets in held.items() if k == kind and value != amount.value)
        beside = frozenset().union(*(found.words for sets in others for found in sets if found not in own))
        if amount.start in misdated or _is_moved(text, amount, own, beside, listed):
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
    return frozenset({"count", "lb"} if measure_after(text, amount) == "lb" else {"count"})


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
