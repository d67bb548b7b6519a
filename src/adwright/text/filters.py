"""Sense before score: whatever a reward would say, only a text that passes here is ranked or shown.

A text must break no guardrail, make no claim of its own, keep what the source is about, invent no
name or number, keep numbers where they belong, and be whole, unrepeated, well-spelt English. Every
rule is pure Python over words and patterns, well under a millisecond a text, so that the same rules
serve inside the reward of RL.

Rules of grammar and spelling are for English; where the source is not English, those that need an
English dictionary stand aside. Claims are known in English and Chinese, and in no other language.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from adwright.records import Brief, Finding
from adwright.text import claims, guardrails, sentences
from adwright.text.amounts import amounts
from adwright.text.diversity import is_copy
from adwright.text.facts import invented, kept, names, numbers
from adwright.text.lexicon import ACRONYMS, FUNCTION_WORDS, GENERIC_WORDS, UNITS
from adwright.text.placed import moved, role_changed
from adwright.text.words import content_stems, is_english, is_known, plain, stem, words

__all__ = ["FILTER_RULES", "GUARDRAILS", "check", "overlap", "passes"]

FILTER_RULES: dict[str, str] = {
    "too short": "fewer than three words",
    "copy": "the source again, but for case, punctuation or a few letters",
    "claim": "claims what neither text nor brief claims: free, discount, guarantee, rank, deadline …",
    "name lost": "keeps fewer than half of the source's names, nor brand, number or fact of the brief",
    "name invented": "names somebody, something or some day that is neither in the source nor in the brief",
    "number invented": "a number that is neither in the source nor in the brief",
    "number role": "a price as a percentage or count, a discount as a price, or the other way round",
    "number moved": "a number of the source beside other words: another measure, or said of another thing",
    "meaning": "is about something else: too little similarity, or too few words of source and brief",
    "repetition": "a word three times, a row of words or a clause twice",
    "beginning": "begins with a mark or in lower case",
    "unfinished": "stops in mid-sentence, on a comma, conjunction or such, or has an article without a noun",
    "unbalanced": "a quote or bracket without its fellow",
    "spacing": "a space before a comma or full stop, or none behind",
    "spelling": "a word that is neither in the dictionary nor in source and brief",
}

GUARDRAILS = frozenset(guardrails.RULES) | {"claim"}
"""Rules that nothing may be traded off against; the others say what a text is worth to a reader."""

_GENERIC = frozenset(map(stem, GENERIC_WORDS))
# Share and count of content words that a text must have from source and brief. Measured: 0.77 of second
# human headlines of an Upworthy test reach the one for stories, 0.06 of headlines of other tests do; of the
# corpus' ads 0.997 reach the one for ads, 0.04 of ads for other products do.
_LEAST_AD, _LEAST_STORY = (0.2, 2), (0.1, 1)
_LEAST_NAMES = 0.5


@dataclass(frozen=True)
class _Grounds:
    """What a text may rest on, read once a source."""

    claims: str
    everything: str
    lows: frozenset[str]
    written: frozenset[str]
    stems: frozenset[str]
    values: frozenset[str]
    english: bool


@lru_cache(maxsize=4096)
def _read(source: str, brief: Brief) -> _Grounds:
    supports = plain(f"{source} . {brief.grounds()}")
    everything = " . ".join(part for part in (supports, plain(brief.audience), plain(brief.goal)) if part)
    found = words(everything)
    return _Grounds(
        claims=supports,
        everything=everything,
        lows=frozenset(w.low for w in found) | frozenset(w.text.lower() for w in found),
        written=frozenset(w.text for w in found),
        stems=frozenset(content_stems(everything)),
        values=numbers(everything),
        english=is_english(everything),
    )


def overlap(text: str, source: str, brief: Brief) -> tuple[float, int]:
    """Share of the text's content words (numbers among them) that source and brief have, and their count."""
    grounds = _read(source, brief)
    mine = set(content_stems(text)) | {str(a) for a in amounts(text)}
    told = mine - (_GENERIC - set(content_stems(brief.product)))
    shared = {word for word in told if word in grounds.stems or word in grounds.values}
    # Long words that begin alike are one word to a reader: "photo" and "photograph".
    heads = {s[:5] for s in grounds.stems if len(s) >= 5}
    shared |= {word for word in told if len(word) >= 5 and word[:5] in heads}
    return (len(shared) / len(mine) if mine else 0.0), len(shared)


def _whole(text: str, rule: str, message: str) -> Finding:
    return Finding(rule, 0, len(text), message)


def _span_of(text: str, piece: str) -> tuple[int, int]:
    at = text.casefold().find(piece.casefold())
    return (at, at + len(piece)) if at >= 0 else (0, len(text))


def _meaning(text: str, source: str, brief: Brief, similarity: float | None, least: float) -> Finding | None:
    if similarity is not None:
        if similarity >= least:
            return None
        return _whole(
            text,
            "meaning",
            f"similarity {similarity:.2f} to the source, {least:.2f} is needed: keep to its subject",
        )
    share, shared = overlap(text, source, brief)
    story = brief.placement == "story_headline"
    least_share, least_shared = _LEAST_STORY if story else _LEAST_AD
    if share >= least_share and shared >= min(least_shared, len(set(content_stems(source))) or 1):
        return None
    return _whole(
        text, "meaning", f"shares {shared} content words with source and brief: keep to their subject"
    )


def _names(text: str, source: str, brief: Brief, grounds: _Grounds) -> list[Finding]:
    found = []
    strange = invented(text, grounds.everything)
    for name in sorted(strange.names):
        start, end = _span_of(text, name)
        found.append(Finding("name invented", start, end, f'"{name}" is in neither text nor brief: drop it'))
    share = kept(source, text).names
    if share < _LEAST_NAMES and not _is_recognisable(text, brief, grounds):
        lost = ", ".join(sorted(names(source))[:3])
        found.append(_whole(text, "name lost", f"does not say whom or what it is about ({lost}): name it"))
    for value in sorted(strange.numbers):
        if value.rstrip("%") not in {v.rstrip("%") for v in grounds.values}:
            hit = next(a for a in amounts(text) if str(a) == value)
            found.append(
                Finding(
                    "number invented", hit.start, hit.end, f'"{value}" is in neither text nor brief: drop it'
                )
            )
    return found


def _is_recognisable(text: str, brief: Brief, grounds: _Grounds) -> bool:
    """Whether the text names the brand, or tells a number or, of a product, two words of its facts."""
    lows = {w.low for w in words(text)}
    if (
        brief.brand
        and {w.low for w in words(brief.brand) if w.low not in FUNCTION_WORDS and len(w.low) > 2} & lows
    ):
        return True
    if numbers(text) & grounds.values:
        return True
    facts = {
        stem(w.low)
        for part in (brief.product, *brief.facts, plain(brief.excerpt))
        for w in words(part)
        if w.low not in FUNCTION_WORDS
    }
    return len(facts & set(content_stems(text))) >= 2


def _amounts(text: str, grounds: _Grounds) -> list[Finding]:
    roles = role_changed(text, grounds.everything)
    found = [
        Finding(
            "number role",
            a.start,
            a.end,
            f'"{text[a.start : a.end]}" plays another part in the brief: check it',
        )
        for a in roles
    ]
    for amount in moved(text, grounds.everything):
        if amount not in roles:
            message = (
                f'"{text[amount.start : amount.end]}" is said of something else in the brief: put it back'
            )
            found.append(Finding("number moved", amount.start, amount.end, message))
    return found


def _spelling(text: str, grounds: _Grounds) -> Finding | None:
    if not grounds.english:
        return None
    strange = names(text, grounds.everything)
    for word in words(text):
        low = word.text.lower().replace("’", "'")
        if (
            len(low) < 2
            or low in grounds.lows
            or word.low in grounds.lows
            or word.low in ACRONYMS
            or word.text in strange
        ):
            # A lone letter is a word cut short, unless it is one of these or stands by a number.
            if (
                len(low) == 1
                and low not in "aiox&"
                and low not in UNITS
                and word.text not in grounds.written
                and not _beside_sign(text, word.start, word.end)
            ):
                return Finding(
                    "spelling", word.start, word.end, f'"{word.text}" is no word: check the spelling'
                )
            continue
        if text[word.start - 1 : word.start].isdigit() or is_known(low) or stem(low) in grounds.stems:
            continue
        return Finding(
            "spelling", word.start, word.end, f'"{word.text}" is not in the dictionary: check the spelling'
        )
    return None


def _beside_sign(text: str, start: int, end: int) -> bool:
    before, behind = text[max(0, start - 1) : start], text[end : end + 1]
    return bool(re.match(r"[\w'’.&-]", behind) or re.match(r"[\w'’.&°-]", before))


def _form(text: str, source: str, brief: Brief, grounds: _Grounds) -> list[Finding]:
    story = brief.placement == "story_headline"
    spans: list[tuple[str, tuple[int, int] | None, str]] = [
        ("repetition", sentences.repeated(text, source), "says the same again: say it once"),
        ("unbalanced", sentences.unbalanced(text), "close the quote or bracket, or drop it"),
        ("spacing", sentences.bad_spacing(text, source), "check the space around this mark"),
        (
            "beginning",
            sentences.bad_beginning(text, source, grounds.written),
            "begin with a capital letter, figure or quote",
        ),
    ]
    if grounds.english:
        spans.append(("unfinished", sentences.bad_end(text, story=story), "finish the sentence"))
        lone = sentences.lone_article(text)
        spans.append(("unfinished", lone, "say what the article belongs to, or drop it"))
    return [Finding(rule, span[0], span[1], message) for rule, span, message in spans if span is not None]


def _size(text: str, source: str) -> list[Finding]:
    if (
        sum(2 if len(w.text) == 1 else 1 for w in words(text)) + len(amounts(text)) < 3
        and len(content_stems(text)) < 3
    ):
        return [_whole(text, "too short", "fewer than three words: say more")]
    return (
        [_whole(text, "copy", "this is the source again: change more of it")] if is_copy(text, source) else []
    )


def _steps(
    text: str, source: str, brief: Brief, similarity: float | None, least: float
) -> list[Callable[[], list[Finding]]]:
    """The rules from cheap to dear, so that ``passes`` may stop at the first objection."""
    grounds = _read(source, brief)
    story = brief.placement == "story_headline"

    def listed(finding: Finding | None) -> list[Finding]:
        return [finding] if finding else []

    return [
        lambda: _size(text, source),
        lambda: _form(text, source, brief, grounds),
        lambda: listed(_meaning(text, source, brief, similarity, least)),
        lambda: _names(text, source, brief, grounds),
        lambda: _amounts(text, grounds),
        lambda: listed(_spelling(text, grounds)),
        lambda: guardrails.check(text, brief, source),
        lambda: claims.unsupported(text, grounds.claims, story=story),
    ]


def check(
    text: str, source: str, brief: Brief, similarity: float | None = None, least_similarity: float = 0.35
) -> list[Finding]:
    """Everything to object to in a text, in the order of its place in the text.

    Args:
        text: the text to judge, cleaned (``prompts.clean``).
        source: the person's text that it stands for.
        brief: what is advertised; claims rest on it and on the source alone.
        similarity: cosine of the sentence embeddings of text and source, -1 to 1; without it,
            meaning is judged by shared words.
        least_similarity: below it, the text is about something else.

    Returns:
        findings with the rules of ``FILTER_RULES`` and ``guardrails.RULES``; empty if the text is fit.
    """
    found = [f for step in _steps(text, source, brief, similarity, least_similarity) for f in step()]
    return sorted(found, key=lambda f: (f.start, f.end, f.rule))


def passes(
    text: str, source: str, brief: Brief, similarity: float | None = None, least_similarity: float = 0.35
) -> bool:
    """Whether ``check`` finds nothing; faster, since it stops at the first objection."""
    return not any(step() for step in _steps(text, source, brief, similarity, least_similarity))
