"""Whole sentences: proper beginning, proper end, balanced marks, spacing, no repetition.

A small model's faults of form. Each function returns the span of the fault, or nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from adwright.text.lexicon import FUNCTION_WORDS, NAMES, listed
from adwright.text.words import CJK, Word, content_stems, is_english, is_known, stem, words

__all__ = ["bad_beginning", "bad_end", "bad_spacing", "lone_article", "repeated", "unbalanced"]

Span = tuple[int, int]

_NEVER_LAST = listed(
    """a an the my your our their every and or but nor because although though while whereas unless if than
    as into between among during without via per toward towards until till very is are was were am
    be been being the's with's it's i'm we're they're you're i've we've you've let's there's who's
    what's which whose whether et"""
)
_RARELY_LAST = listed(
    "to of for with at by from about against like upon through his her its that have has had"
)
# Whole, though they end like a text cut short; the last word of a compound ("must-have") is one.
_WHOLE_END = re.compile(
    r"(?:-\w+|\d\s?am|\b(?:after|before|like|than) that|\bhuman being|\b(?:taken care|unheard) of"
    r"|\b(?:cared|catered|paid|spoken) for|\b(?:do|live) without"
    r"|\b(?:dive|fall|settle|sink|slip|step|tuck) into)$",
    re.I,
)
# What stands behind the noun in "a bed to come home to", "a view to die for".
_TO_VERB = re.compile(
    r"\bto\s([^\W\d_]+)\s(?:(?:home|forward|up|back|away|down|out|over|on|round)\s)?$", re.I
)
_IN_NOUN_PHRASE = listed("a an the my your our this that these some no every any more one")
# An article or "your" with no noun behind it, but for words with hyphens ("a to-do list").
_LONE = re.compile(
    r"(?<![\w-])(?!A to [A-Z]\b)(?i:an?|the|my|your|our|their)\s(?:an?|the|my|your|our|their|his|its|of|and"
    r"|or|but|nor|is|are|was|were|am|be|been|to|for|with|from|by|into|than|that|which|we|you|us|it|they|he|she"
    r"|them|if|because)(?![\w'’/-])"
)
_FIRST_WORD = re.compile(r"\W*[\w'’]+")
_FINE_BEFORE_STOP = frozenset({"that", "which", "though", "her", "his", "like", "through", "about"})
_RELATIVE = re.compile(
    r"\b(?:what|where|who|which|that|how|why|when|whom|\w+thing|you|we|they|i|he|she|it)(?:'\w+)?\b",
    re.I,
)
_NO_START = frozenset(",.;:!?)]}%&+=|/\\>~*_…’”-–—")
# Chinese and its like put no space behind a mark.
_SPACING = re.compile(
    rf"\s[,.;:!?](?=\s|$)(?!\s?\.)|\s[,;!?](?=\S)|(?<![{CJK}])[,;!?](?=[^\W\d_]{{2}})(?![{CJK}])"
    r"|[a-z]\.(?=[A-Z][a-z])|[a-z]{2}:(?=[A-Za-z])|\(\s|\s\)|\s{2,}|[,:;]\.|\.,"
)
_SPACED_ABROAD = re.compile(r"\s[;:!?]")
_ABBREVIATION = re.compile(
    r"\b(?:[^\W\d_]|etc|inc|ltd|co|corp|jr|sr|st|ave|rd|approx|mins?|max|incl|excl|hrs?|dept|vs|no|mrs?|dr)$",
    re.I,
)
_LOWER_START = re.compile(r"(?<=[a-z]{3}[.!?]) [a-z]")
_SINGLE_OPEN = re.compile(
    r"(?<![\w.])['‘](?=\w)(?!(?:em|til|tis|twas|cause|cuz|bout|n)\b|\d0s|\d\d\b(?!%))", re.I
)
_SINGLE_CLOSE = re.compile(r"(?<=[\w.,!?…])['’](?!\w)")
_PAIRS = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»", "「": "」", "『": "』"}
_CLAUSES = re.compile(r"[.!?;:,–—]+(?:\s+|$)")
_NUMBERS = frozenset(
    stem(word) for word in listed("two three four five six seven eight nine ten eleven twelve")
)
_NUMBER_TWICE = re.compile(r"(?<![\w.,-])([$£€₹]?\d[\d.,:]*\b[%]?),?\s\1(?![\w.,:%-]*\d)(?!\w)")
_GOES_ON = re.compile(r"\s(?:is|are|was|were|has|have|can|will|costs?|starts?|begins?|comes?|takes?|runs?)\b")
# So many words may have a word three times, and a term of the source twice.
_MANY_WORDS = 24
_SUBJECTS = frozenset({"you", "we", "they", "i", "he", "she", "it"})
_PRESENTS = frozenset(
    {"this is", "it is", "it's a", "that is", "here is", "there is", "this was", "here are", "these are"}
)


def bad_beginning(text: str, source: str, known: frozenset[str]) -> Span | None:
    """A text that begins with a mark, or in lower case where source and brief do not write it so."""
    if not text:
        return (0, 0)
    if text[0] in _NO_START and not source.startswith(text[0]):
        return (0, 1)
    found = words(text)
    small = found and found[0].start == 0 and text[0].islower() and not source[:1].islower()
    if small and not _is_written_small(found[0], text, source, known):
        return (0, found[0].end)
    return None if _LOWER_START.search(source) else _small_sentence(text)


def _small_sentence(text: str) -> Span | None:
    for match in _LOWER_START.finditer(text):
        if not _is_shortened(text, match.start() - 1):
            return match.span()
    return None


def _is_written_small(first: Word, text: str, source: str, known: frozenset[str]) -> bool:
    """Whether source or brief write the word like this, and it is a name or has a capital inside."""
    if first.text not in known or first.low in FUNCTION_WORDS:
        return False
    if not first.text.islower() or first.low in NAMES:
        return True
    return not is_known(first.low) and is_english(f"{source} {text}")


def _is_shortened(text: str, stop: int) -> bool:
    """Whether the full stop at ``stop`` belongs to an abbreviation ("a.m.", "etc.")."""
    return text[stop] == "." and bool(_ABBREVIATION.search(text[max(0, stop - 8) : stop]))


def bad_end(text: str, *, story: bool) -> Span | None:
    """A text that stops in mid-sentence: on a comma, dash, article, conjunction or such."""
    tail = text.rstrip()
    if re.search(r"[,;:&+/(\[{–—-]$", tail):
        return (len(tail) - 1, len(tail))
    if tail.endswith(("...", "…")):
        # A headline of a story may trail off on purpose; an ad that does was cut.
        return None if story else (len(tail) - 1, len(tail))
    found = words(tail)
    if (
        not found
        or tail[found[-1].start - 1 : found[-1].start].isdigit()
        or tail[found[-1].end :].strip("\"'”’)].!?。！？")
        or tail.endswith("?")
    ):
        return None
    last = found[-1]
    low = last.text.lower().replace("’", "'")
    span = (last.start, last.end)
    rare = low in _NEVER_LAST or low in _RARELY_LAST
    if not rare or _WHOLE_END.search(tail, max(0, last.start - 12), last.end):
        return None
    if low in _FINE_BEFORE_STOP and tail[last.end :].lstrip("\"'”’)")[:1] in {".", "!"}:
        return None
    begins = max(tail.rfind(mark, 0, last.start) for mark in ".!?:;") + 1
    # "What we stand for" is whole, "We stand for" is not: what begins the sentence relates to nothing.
    first = _FIRST_WORD.match(tail, begins)
    told = begins if not first or first.group().strip().lower() not in _SUBJECTS else first.end()
    relative = bool(_RELATIVE.search(tail, told, last.start))
    if low in _NEVER_LAST:
        # "That's who we are", "what it is": a subject before a verb that ends the sentence.
        verb = low in {"is", "are", "was", "were", "am", "be", "been", "between"}
        whole = (verb and relative) or tail[: last.start].lower().endswith("in ")
        return None if whole or (low == "be" and _is_for(f"{tail[: last.end]} ")) else span
    return None if relative or _is_for(tail[: last.start]) else span


def lone_article(text: str) -> Span | None:
    """An article or possessive in mid-sentence with no noun behind it: "by the of us"."""
    match = _LONE.search(text)
    return match.span() if match else None


def _is_for(head: str) -> bool:
    """Whether ``head`` ends in a thing and what it is for: "a bed to come home ", "the place to be "."""
    begins = max(head.rfind(mark) for mark in ".!?:;,–—") + 1
    verb = _TO_VERB.search(head, begins)
    if not verb or verb[1].lower() in NAMES or not is_known(verb[1]):
        return False
    thing = words(head[begins : verb.start()])
    return bool(thing) and all(w.low not in FUNCTION_WORDS or w.low in _IN_NOUN_PHRASE for w in thing)


def unbalanced(text: str) -> Span | None:
    """A quote or bracket without its fellow."""
    stack: list[tuple[str, int]] = []
    for at, char in enumerate(text):
        if char in _PAIRS:
            stack.append((_PAIRS[char], at))
        elif char in _PAIRS.values():
            if not stack or stack[-1][0] != char:
                return (at, at + 1)
            stack.pop()
    if stack:
        return (stack[-1][1], stack[-1][1] + 1)
    # An inch mark follows a digit.
    straight = [m.start() for m in re.finditer(r'(?<!\d)"|(?<=\d)"(?=\s|$|[.,])', text)]
    if len(straight) % 2 and not re.search(r'\d"', text):
        return (straight[-1], straight[-1] + 1)
    opened = _SINGLE_OPEN.search(text)
    if opened and not _SINGLE_CLOSE.search(text, opened.end()):
        return opened.span()
    return None


def bad_spacing(text: str, source: str) -> Span | None:
    """A space before a comma or stop, or none behind one; of French, with its space before "!", only some."""
    for match in _SPACING.finditer(text):
        around = text[max(0, match.start() - 3) : match.end() + 3].strip()
        if around in source or (match.group() == ".," and _is_shortened(text, match.start())):
            continue
        if _SPACED_ABROAD.fullmatch(match.group()) and not is_english(f"{source} {text}"):
            continue
        return match.span()
    return None


def _repeated_word(text: str, source: str) -> Span | None:
    found = words(text)
    for left, right in pairwise(found):
        between = text[left.end : right.start]
        if (
            left.low == right.low
            and between.strip(" ,.") == ""
            and left.low not in {"so", "very", "bye", "no", "that", "had", "knock"}
        ):
            if f"{left.low}{between}{right.low}" in source.lower():
                continue
            # "Lands between you. You eat", "3 lessons. Lessons are £9": the next sentence goes on from it.
            if "." in between and (left.low in FUNCTION_WORDS or _GOES_ON.match(text, right.end)):
                continue
            return (left.start, right.end)
    number = _NUMBER_TWICE.search(text)
    return number.span() if number and number.group() not in source else None


def repeated(text: str, source: str) -> Span | None:
    """A content word three times, a pair or row of words twice, a clause twice, "This is … This is …".

    What the source itself repeats may be repeated as often.
    """
    if span := _repeated_word(text, source):
        return span
    whole = (0, len(text))
    tokens = words(text)
    stems, given = [s for s in content_stems(text) if s not in _NUMBERS], Counter(content_stems(source))
    counts = Counter(s for s in stems if len(s) > 2)
    is_long = len(tokens) >= _MANY_WORDS
    if any(count >= (4 if is_long else 3) and count > given[s] for s, count in counts.items()):
        return whole
    pairs, terms = Counter(pairwise(stems)), set(pairwise(content_stems(source))) if is_long else set()
    if any(
        count > 1 + (pair in terms) and pair[0] != pair[1] and min(given[s] for s in pair) < 2
        for pair, count in pairs.items()
    ):
        return whole
    lows = [w.low for w in tokens]
    rows = Counter(tuple(lows[i : i + 4]) for i in range(len(lows) - 3))
    if any(count >= 2 and not FUNCTION_WORDS.issuperset(row) for row, count in rows.items()):
        return whole
    clauses = [part.strip().casefold() for part in _CLAUSES.split(text)]
    if any(count >= 2 and " " in part for part, count in Counter(clauses).items()):
        return whole
    starts = Counter(" ".join(w.low for w in words(part)[:2]) for part in re.split(r"[.!?]\s+", text))
    if any(count >= 2 and start in _PRESENTS for start, count in starts.items()):
        return whole
    return None
