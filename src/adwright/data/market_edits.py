"""Everyday edits of an ad text, as the people of a marketing team make them between two tests.

Each edit takes a grammatical text and gives a grammatical one, or the text unchanged where it does not
apply. No edit brings in a name, number or promise that the brief lacks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from adwright.data.market_language import sentences
from adwright.data.market_lexicon import ACTIONS, UNCOUNTED
from adwright.records import Brief, Placement

__all__ = ["EDITS", "LIMITS", "edited"]

LIMITS: dict[Placement, tuple[int, int]] = {
    "headline": (25, 60),
    "description": (36, 96),
    "primary_text": (60, 190),
    "search_headline": (8, 30),
    "story_headline": (20, 110),
}
"""Least and most characters that people write for a placement."""

Edit = Callable[[str, Brief, np.random.Generator], str]

_CALLS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("application", ("Apply today.", "Apply now.", "Come and meet us.")),
    ("donation", ("Give today.", "Please give now.", "Join in and help.")),
    (
        "trial|sign-up|install|download|subscri|switch|mailbox|server|host|filing",
        ("Try it today.", "Sign up now.", "Start today.", "See how it works."),
    ),
    ("visit|attendance|walk", ("Come and see us.", "Come and say hello.", "Bring a friend.")),
    (
        "book|ticket|enquir|ride|lead|call|drop|customer",
        ("Book today.", "Book yours now.", "Get in touch today.", "Call us today."),
    ),
    ("", ("Order yours today.", "Get yours today.", "Choose yours today.", "See it for yourself.")),
)
_SHORT_CALLS = ("Try it", "See it", "Book now", "Order now", "Join us")
_SHORT_WARM = ("You'll love it", "Enjoy it", "Feel good", "Feel at home")
_SHORT_FLAT = ("Available now", "Contact us", "Quality service")
_WARM = (
    "You'll love it.",
    "Treat yourself.",
    "A little joy for you.",
    "Enjoy it together.",
    "Happy days at home.",
)
_WARM_OPENINGS = (
    "Made for people you love. ",
    "Enjoy a little time together. ",
    "You deserve this. ",
    "Feel at home. ",
)
_FLAT = (
    "Available now.",
    "Contact us for details.",
    "Quality service.",
    "Our professional team is pleased to assist.",
    "Visit our website for information.",
    "Terms and conditions apply.",
    "Quality products for customers.",
)
_FLAT_OPENINGS = (
    "Now available: ",
    "Quality and service. ",
    "For our customers: ",
    "Product information: ",
    "Professional quality. ",
)
_FORMAL: tuple[tuple[str, str], ...] = (
    (r"\bbuy\b", "purchase"),
    (r"\b(?:pick|choose)(?! up)\b", "select"),
    (r"\bget(?= (?:a|an|the|your|two|[£$€0-9]))", "receive"),
    (r"\bask us\b", "contact us"),
    (r"\babout(?= [0-9])", "approximately"),
    (r"\bstart(?= (?:at|from|on))", "commence"),
    (r"\bstarts(?= (?:at|from|on))", "commences"),
    (r"(?<!still )\bcosts(?= [£$€])", "is priced at"),
    (r"\bhelp(?= (?:our|the|your))", "assist"),
)
_SAME: tuple[tuple[str, str], ...] = (
    (r"\bevery(?= (?:day|week|month|morning|[A-Z][a-z]+day))", "each"),
    (r"\buntil\b", "till"),
    (r"\babout(?= [0-9])", "around"),
    (r"\bcosts(?= [£$€])", "is"),
    (r"\bCome to\b", "Visit"),
    (r"\bcovers\b", "pays for"),
    (r"\bany time\b", "whenever you like"),
    (r"\bfor free\b", "at no cost"),
)

_TAILS = frozenset((*_WARM, *_FLAT, *(f"{t}." for t in (*_SHORT_CALLS, *_SHORT_WARM, *_SHORT_FLAT)))) | {
    call for _, calls in _CALLS for call in calls
}


def edited(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """The text after one everyday edit, or itself where the one drawn does not apply or fit."""
    new = EDITS[int(rng.integers(len(EDITS)))](text, brief, rng)
    new = " ".join(new.split())
    low, high = LIMITS[brief.placement]
    return new if low <= len(new) <= high else text


def _draw(options: Sequence[str], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]


def _closed(text: str) -> str:
    return text if text[-1] in ".?!" else text + "."


def _with_tail(
    text: str, tails: Sequence[str], short: Sequence[str], brief: Brief, rng: np.random.Generator
) -> str:
    """One more short sentence; a headline has room for the short ones only, and no last full stop.

    A text that has such a sentence already stays as it is.
    """
    if _closed(sentences(text)[-1]) in _TAILS:
        return text
    return f"{_closed(text)} {_draw(short if brief.placement == 'headline' else tails, rng)}"


def _calls(sentence: str) -> bool:
    return sentence.split()[0].lower().strip(",") in ACTIONS


def add_action(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Close with a call to action that fits the goal."""
    if _calls(sentences(text)[-1]):
        return text
    goal = brief.goal.lower()
    calls = next(calls for pattern, calls in _CALLS if re.search(pattern, goal))
    short = ("Apply now",) if calls[0].startswith("Apply") else _SHORT_CALLS
    return _with_tail(text, calls, short, brief, rng)


def drop_action(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Leave out a closing call."""
    parts = sentences(text)
    return " ".join(parts[:-1]) if len(parts) > 1 and _calls(parts[-1]) else text


def drop_sentence(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Shorten by one sentence, not the first."""
    parts = sentences(text)
    if len(parts) < 3:
        return text
    del parts[int(rng.integers(1, len(parts)))]
    return " ".join(parts)


def drop_clause(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Shorten by what follows the last comma, if that is a short phrase at the end."""
    head, comma, tail = text.rpartition(", ")
    short = bool(comma) and len(tail.split()) <= 6
    if not short or re.search(r"[.?!:,]|\b(?:and|or)\b", tail.rstrip(".?!")):
        return text
    if re.search(r",[^.?!]*$", head) or len(head.split()) < 4:
        return text
    return head if brief.placement == "headline" else _closed(head)


def ask_first(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Open with a question about the product."""
    if "?" in text or (noun := noun_phrase(brief.product)) == "":
        return text
    return f"{_draw(('Looking for', 'Need', 'Thinking of', 'Want'), rng)} {noun}? {text}"


def noun_phrase(product: str) -> str:
    """The product with its article, as it follows "Looking for"; "" where that would read badly."""
    product = re.sub(r" \(.*\)|,.*", "", product)
    head = re.split(r" (?:with|for|by|in|at|centred|to) ", product)[0].split()[-1]
    named = product[:1].isupper() and not re.match(r"EV|MOT", product)
    if named or " eat " in product or len(product) > 42:
        return ""
    if head.endswith(UNCOUNTED) or (head.endswith("s") and not head.endswith("ss")):
        return product
    return f"{'an' if re.match(r'[aeioAEIO](?!ne)|8|MOT', product) else 'a'} {product}"


def price_first(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Bring the price, or the sentence with it, to the front."""
    parts = sentences(text)
    priced = [i for i, s in enumerate(parts) if re.search(r"[£$€][0-9]", s)]
    if priced and priced[0] > 0 and _movable(parts[priced[0]], parts[priced[0] - 1]):
        return " ".join([_closed(parts[priced[0]]), *parts[: priced[0]], *parts[priced[0] + 1 :]])
    match = re.fullmatch(r"([^.?!,]{12,}), ([£$€][0-9][0-9.,]*)", text)
    if match is None or _named(text, brief):
        return text
    return f"{match[2]}: {match[1][0].lower() + match[1][1:]}"


def _movable(sentence: str, before: str) -> bool:
    """Whether a sentence can open the text: it stands alone and answers no question."""
    leans = re.match(r"(?:It|That|They|Then|After|And|Or)\b", sentence)
    return len(sentence.split()) > 2 and not leans and not before.endswith("?")


def brand_first(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Open with the company's name, if the text does not say it."""
    if brief.brand.split()[0] in text or brief.brand.split()[-1] in text:
        return text
    return f"{brief.brand}: {text}"


def your(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Speak to the reader: the product becomes theirs."""
    head = re.escape(re.sub(r" (?:with|for|by|in|at|to) .*", "", brief.product).split()[-1])
    return re.sub(rf"\b(?:a|an|the|our)( (?:[a-z-]+ )?{head}\b)", r"your\1", text, count=1)


def nobodys(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Speak to nobody: "your" becomes "the"."""
    changed = re.sub(r"\byour\b(?! (?:own|first|next|favou?rite|door|home|body))", "the", text)
    return re.sub(r"\bYour\b(?! (?:own|first|next))", "The", changed)


def formal(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Put office words in place of plain ones."""
    return _swapped(text, _FORMAL)


def same(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Put one plain word in place of another."""
    return _swapped(text, _SAME)


def _swapped(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for pattern, word in pairs:
        text = re.sub(pattern, word, text)
        text = re.sub(pattern.replace(r"\b", r"(?:^|(?<=[.?!] ))", 1), word.capitalize(), text, flags=re.I)
    return text


def flat_tail(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Close with an office phrase."""
    return _with_tail(text, _FLAT, _SHORT_FLAT, brief, rng)


def flat_opening(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Open with an office phrase."""
    opening = _draw(_FLAT_OPENINGS, rng)
    lowered = opening.endswith(": ") and not _named(text, brief)
    return opening + (text[0].lower() + text[1:] if lowered else text)


def _named(text: str, brief: Brief) -> bool:
    """Whether the first word keeps its capital inside a sentence."""
    first = text.split()[0].rstrip(",.:'s")
    return first.isupper() or first in brief.grounds() or first.startswith("I'")


def warm_tail(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Close warmly."""
    return _with_tail(text, _WARM, _SHORT_WARM, brief, rng)


def warm_opening(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Open warmly."""
    return _draw(_WARM_OPENINGS, rng) + text


def exclaim(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Close with an exclamation mark, now and then."""
    return text if text[-1] in "?!" or rng.random() < 0.6 else text.rstrip(".") + "!"


def drop_question(text: str, brief: Brief, rng: np.random.Generator) -> str:
    """Leave out an opening question."""
    parts = sentences(text)
    return " ".join(parts[1:]) if len(parts) > 1 and parts[0].endswith("?") else text


EDITS: tuple[Edit, ...] = (
    add_action,
    add_action,
    drop_action,
    drop_sentence,
    drop_clause,
    ask_first,
    price_first,
    brand_first,
    your,
    nobodys,
    nobodys,
    formal,
    formal,
    same,
    flat_tail,
    flat_tail,
    flat_opening,
    warm_tail,
    warm_tail,
    warm_opening,
    exclaim,
    drop_question,
)
"""All edits; those that people make more often stand twice."""
