"""Days and months that a text names: the brief's own, those of a scene, and those that it promises.

"Ships on Friday" promises a day, "a busy Friday" and "Sleep late on Sunday" promise none. What is a scene
must show it by its form; a day in any other sentence is one that the brief has to give.
"""

from __future__ import annotations

import re
from functools import lru_cache

from adwright.text.dates import DAY_WORD
from adwright.text.lexicon import MONTHS, WEEKDAYS, listed
from adwright.text.words import Word, content_stems, is_title_case, stem, words

__all__ = ["only_spoken_of", "promised_days"]

_DAYS = tuple(dict.fromkeys(WEEKDAYS.values()))
_DAY_RANGE = re.compile(rf"\b({DAY_WORD})\s?(?:to|-|–|through|until|till)\s?({DAY_WORD})\b", re.IGNORECASE)
_EVERY_DAY = re.compile(
    r"\b(?:every day|daily|7 days|seven days|all week|each day|every morning|every night)\b", re.IGNORECASE
)
# Words that are a day or month only when written with a capital, and not where every word has one.
_AMBIGUOUS = {"sun", "sat", "wed", "may", "march", "mar", "jun", "dec", "jan", "august", "mon"}
# "Sun 17 August", "Sat & Sun, 10 to 4", "every Sat", but not the sun nor one who sat.
_DAY_BEFORE = re.compile(
    rf"(?:\b(?:on|every|each|until|till|from|next|this|{DAY_WORD}),?\s|[-–&/]\s?)$", re.IGNORECASE
)
_DAY_BEHIND = re.compile(
    rf",?\s?(?:[-–&/]|\d|(?:to|and|{DAY_WORD})\s?(?:\d|{DAY_WORD}))|,?\s?(?:{DAY_WORD})\b", re.IGNORECASE
)

_SENTENCE = re.compile(r"[^.!?]*[.!?]?")
# Whoever says it speaks of what they do for the reader.
_OURS = re.compile(r"\b(?:we|we'll|we're|us|our|ours)\b", re.IGNORECASE)
_ASKS = re.compile(r"\s*[\"'“‘]?(?:is|are|was|would|what|which|how|who|whose|where)\b", re.IGNORECASE)
_SOME = re.compile(
    r"\b(?:(?i:those)\s|(?i:an?|those)\s"
    # A Sunday that is an offer, or in a phrase of its own, is no scene.
    r"(?:(?!(?:free|special|last|final|new|big|open|on|in|by|at|of|to|for|and|or|from|every|each|this|next|till"
    r"|until)\b)[a-z-]+\s){1,2})$"
)
_IT_IS = re.compile(r"\b(?:it|that)(?:'s| is| was)\s(?:an?\s|only\s|still\s)?$", re.IGNORECASE)
_AT_REST = re.compile(
    r"\b(?:sleep|wake(?: up)?|rest|relax|lie|doze|nap|dream)\b[^.!?,;:]*\s(?:on|in|till|until)\s$",
    re.IGNORECASE,
)
_FEASTS = listed("christmas easter halloween thanksgiving hanukkah ramadan diwali valentine")
_FEAST_DUE = re.compile(
    r"\b(?:by|before|until|till|for|on|in|at|from|to|after|since|this|next|every|ends?)\s(?:the\s)?$",
    re.IGNORECASE,
)
_DUE = re.compile(r"\b(?:by|until|till|before|from|every|each|next|this)\s$", re.IGNORECASE)
# The words right behind a day: "Sunday's long run".
_PHRASE = re.compile(r"(?:\s[a-z][a-z'’-]*){0,2}")
_AT_TIME = re.compile(r",?\s(?:at|from|until|till)?\s?\d", re.IGNORECASE)
# What a business holds on a day, whether the brief speaks of it or not.
_HELD = frozenset(
    map(
        stem,
        listed(
            """class lesson session course workshop sale delivery dispatch offer deal price special discount
            market event show concert tour menu order opening hours visit tasting night club party"""
        ),
    )
)


def _is_day(word: Word, text: str, *, title: bool) -> bool:
    if not word.text[0].isupper():
        return False
    if word.low in {"sun", "sat"}:
        before, behind = text[max(0, word.start - 12) : word.start], text[word.end : word.end + 16]
        return bool(_DAY_BEFORE.search(before) or _DAY_BEHIND.match(behind))
    return word.low not in _AMBIGUOUS or not (title or word.opens)


def _is_of_scene(word: Word, text: str, stems: frozenset[str]) -> bool:
    """Whether a day's sentence shows by its form that nothing is promised for that day."""
    sentence = next(m for m in _SENTENCE.finditer(text) if m.start() <= word.start < m.end())
    before, behind = text[sentence.start() : word.start], text[word.end : sentence.end()]
    if _OURS.search(sentence.group()):
        return False
    said_of = _said_of(behind)
    plain = stems.isdisjoint(said_of) and _HELD.isdisjoint(said_of)
    if word.text.lower().endswith("'s"):
        return bool(said_of) and plain
    if sentence.group().endswith("?"):
        return bool(_ASKS.match(sentence.group())) and plain and not _DUE.search(before)
    if _IT_IS.search(before):
        return _HELD.isdisjoint({*said_of} - {"night"}) and not _AT_TIME.match(behind)
    return bool(_AT_REST.search(before) or (plain and _SOME.search(before)))


def _said_of(behind: str) -> tuple[str, ...]:
    """Stems of the words that a day stands before: "run" in "Sunday's long run"."""
    phrase = _PHRASE.match(behind)
    return content_stems(phrase.group()) if phrase else ()


def only_spoken_of(word: Word, text: str) -> bool:
    """Whether a feast is only spoken of: nothing happens by, for or until it, nor is held or sold for it."""
    due = _FEAST_DUE.search(text, 0, word.start)
    return word.low in _FEASTS and not due and _HELD.isdisjoint(_said_of(text[word.end :]))


def _given_days(grounds: str) -> frozenset[str]:
    found = {name for w in words(grounds) if (name := WEEKDAYS.get(w.low) or MONTHS.get(w.low, ""))}
    for match in _DAY_RANGE.finditer(grounds):
        first, last = (_DAYS.index(WEEKDAYS[match[i].lower()]) for i in (1, 2))
        found.update(_DAYS[(first + i) % 7] for i in range((last - first) % 7 + 1))
    lows = {w.low for w in words(grounds)}
    if _EVERY_DAY.search(grounds):
        found.update(_DAYS)
    if lows & {"weekend", "weekends"}:
        found.update(_DAYS[4:])
    if lows & {"weekday", "weekdays"}:
        found.update(_DAYS[:5])
    return frozenset(found)


@lru_cache(maxsize=4096)
def _read(grounds: str) -> tuple[frozenset[str], frozenset[str]]:
    return _given_days(grounds), frozenset(content_stems(grounds))


def promised_days(text: str, grounds: str) -> frozenset[str]:
    """Days of the week and months of a text that its grounds do not give, but those of scenes."""
    given, stems = _read(grounds)
    title = is_title_case(text)
    found = set()
    for word in words(text):
        name = WEEKDAYS.get(word.low) or MONTHS.get(word.low)
        if not name or name in given or not _is_day(word, text, title=title):
            continue
        if not _is_of_scene(word, text, stems):
            found.add(name)
    return frozenset(found)
