"""Light edits of a person's own text: what is served when nothing of the model's passes.

Every edit only moves, adds or drops whole pieces that the person or the brief wrote: sentences, a
fact, the brand, a call to action that fits the goal. Only those that fit the placement and pass the
filters are returned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from adwright.records import Brief
from adwright.text import filters
from adwright.text.amounts import amounts
from adwright.text.claims import unsupported
from adwright.text.diversity import is_copy
from adwright.text.lexicon import FUNCTION_WORDS, MONTHS, WEEKDAYS
from adwright.text.limits import LIMITS, measure
from adwright.text.words import content_stems, is_english, is_known, is_title_case, plain, words

__all__ = ["light_edits"]

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^a-z])")
_CALL = re.compile(
    r"^(?:book|order|buy|sign up|apply|visit|get|download|check|try|join|call|come|see|shop|start|find|ask"
    r"|drop|order|subscribe|reserve|learn|enrol|register|pick|send|text)\b",
    re.IGNORECASE,
)
_HAS_CALL = re.compile(
    r"\b(?:book|order|buy|sign up|apply|visit|download|join|enrol|register|subscribe|reserve|shop (?:now"
    r"|online)|get in touch|ask us|drop in)\b",
    re.IGNORECASE,
)
# A sentence that leans on the one before: it cannot open a text.
_LEANS = re.compile(
    r"^(?:it|it's|its|they|they're|their|them|this|that|these|those|then|and|but|so|or|also|there|he|she"
    r"|his|her|after|each|both|one"
    r"|takes|includes|works|tells|connects|checks|comes|runs|makes|fits|starts|ships|suits|covers|helps"
    r"|lets|keeps|gives|has|is|can"
    r"|plus|now|sow|make|choose|just|only|same|if|which|with|not|no)\b(?!\s\d+[^\w])",
    re.IGNORECASE,
)
# Warnings and conditions: such a piece is never dropped.
_WARNS = re.compile(
    r"\b(?:risks?|terms|conditions?|appl(?:y|ies)|subject|excl\w*|excep\w*|only|minimum|maximum|over|under|then"
    r"|after|until|till|required?|needed|not|unless|if|eligible|selected|extra)\b",
    re.IGNORECASE,
)
# What may restrict an offer: a number, day, group of people, way to buy or pay; a piece that leans on it.
_RESTRICTS = re.compile(
    r"\d|^(?:for|in|at|on|with|without|by|from|to|of|within|per|as|and|or|but)\b"
    r"|\b(?:from|by|before|when|while|within|per|each|every|up to|must|may|new|existing|members?|customers?"
    r"|clients?|students?|seniors?|adults?|kids|children|guests|couples|groups?|weekends?|nights?|mornings?"
    r"|evenings?|online|in[- ]store|collection|voucher|code|deposit|contract|instalments?|fees?|costs?"
    r"|capital|credit|rates?|loan|repay\w*|\w*days?)\b",
    re.IGNORECASE,
)
_CALLS: tuple[tuple[str, str], ...] = (
    (r"appl", "Apply now"),
    (r"install|download", "Get the app"),
    (r"subscri|newsletter", "Subscribe today"),
    (r"sign-?up|enrol|regist|trial|member|new client", "Sign up today"),
    (r"ticket", "Book your tickets"),
    (r"book|reserv|appointment", "Book today"),
    (r"quote|lead|enquir|inquir|consult|call", "Ask us today"),
    (r"drop", "Drop in this week"),
    (r"visit|footfall|walk-in", "Come and see us"),
    (r"order|sale|purchase|shop|mailbox|customer", "Order yours today"),
)
_MOST_EDITS = 8


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def _stopped(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _open(text: str) -> str:
    """Without the full stop, so that something can follow."""
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lowered(text: str, brief: Brief) -> str:
    """With a small first letter, if the first word is a common one in sentence case."""
    found = words(text)
    if not found or found[0].start != 0 or is_title_case(text):
        return text
    first = found[0]
    own = {
        w.text
        for part in (brief.brand, brief.product, *brief.facts)
        for w in words(part)
        if w.text[0].isupper()
    }
    is_name = (
        first.text in own or first.low in WEEKDAYS or first.low in MONTHS or first.low in {"i", "i'm", "i've"}
    )
    if is_name or not is_known(first.low) or first.text[1:] != first.text[1:].lower():
        return text
    return text[0].lower() + text[1:]


def _unused_facts(text: str, brief: Brief) -> list[str]:
    """Facts short enough to stand as a fragment, whose words and numbers the text does not have yet."""
    have, values = set(content_stems(text)), {a.value for a in amounts(text)}
    unused = []
    for fact in map(plain, brief.facts):
        said = set(content_stems(fact))
        told = {a.value for a in amounts(fact)}
        if not 2 <= len(fact.split()) <= 9 or told & values or fact.endswith((",", ";", ":")):
            continue
        if (
            not said
            or len(said & have) > 0.34 * len(said)
            or fact.split()[0].lower() in {"and", "or", "but", "with"}
        ):
            continue
        unused.append(fact.rstrip("."))
    return unused


def _call_for(brief: Brief, text: str) -> str:
    if _HAS_CALL.search(text) or any(_CALL.match(part) for part in _sentences(text)[1:]):
        return ""
    return next((call for pattern, call in _CALLS if re.search(pattern, brief.goal, re.IGNORECASE)), "")


def _reordered(text: str) -> Iterator[str]:
    """Another sentence first; a call to action stays last."""
    parts = _sentences(text)
    calls = [p for p in parts[1:] if _CALL.match(p)]
    body = [p for p in parts if p not in calls]
    if len(body) + len(calls) != len(parts) or any(p.endswith("?") for p in body) or _LEANS.match(body[0]):
        return
    leaning = any(_LEANS.match(part) for part in body[1:])
    for i in range(1, len(body)):
        # A sentence that leans on its forerunner must stay behind it.
        if _LEANS.match(body[i]) or len(content_stems(body[i])) < 2 or (leaning and i + 1 < len(body)):
            continue
        rest = body[:i] + body[i + 1 :]
        yield " ".join(_stopped(part) for part in [body[i], *rest, *calls])


def _fronted(text: str, brief: Brief) -> Iterator[str]:
    """The last short fragment behind a comma, put in front: "Wetsuit included: half-day kayak hire £25"."""
    if len(_sentences(text)) > 1 or text.endswith("?"):
        return
    head, comma, tail = _open(text).rpartition(", ")
    plain_tail = 1 < len(tail.split()) <= 4 and not re.match(
        r"(?:and|or|but|then|with|for|so|plus|from|to)\b", tail, re.I
    )
    if (
        comma
        and plain_tail
        and len(head.split()) >= 3
        and ":" not in text
        and " and " not in tail
        and head.count(",") < 2
    ):
        yield f"{_capital(tail)}: {_lowered(head, brief)}"


def _may_drop(piece: str, rest: str) -> bool:
    """Whether a piece can go without the rest promising more than it did.

    A warning never goes. Beside an offer (an amount or a claim) nothing goes that may restrict it; what
    offers nothing needs no condition.
    """
    if _WARNS.search(piece):
        return False
    offers = bool(amounts(rest) or unsupported(rest, ""))
    return not offers or not (amounts(piece) or _RESTRICTS.search(piece))


def _shortened(text: str) -> Iterator[str]:
    """Without the last sentence, or without the last or a middle fragment between commas."""
    return (rest for piece, rest in _divided(text) if _may_drop(piece, rest))


def _divided(text: str) -> Iterator[tuple[str, str]]:
    """A sentence or fragment that the text can do without as a sentence, and the rest."""
    parts = _sentences(text)
    if len(parts) > 1:
        yield parts[-1], " ".join(parts[:-1])
        return
    head, comma, tail = _open(text).rpartition(", ")
    if (
        comma
        and len(tail.split()) <= 5
        and len(head.split()) >= 4
        and not re.search(r"\b(?:and|or|but|then)\b", tail)
    ):
        yield tail, head
    pieces = text.split(", ")
    for i in range(1, len(pieces) - 1):
        if not any(
            re.search(r"\b(?:and|or|but|to|with|for)$|^(?:and|or|but|then)\b", piece)
            for piece in pieces[i - 1 : i + 2]
        ):
            yield pieces[i], ", ".join(pieces[:i] + pieces[i + 1 :])


def _proposals(text: str, brief: Brief) -> Iterator[str]:
    facts, call, brand = _unused_facts(text, brief), _call_for(brief, text), plain(brief.brand)
    named = bool(brand) and {w.low for w in words(brand) if w.low not in FUNCTION_WORDS} & {
        w.low for w in words(text)
    }
    question = text.endswith("?")
    for fact in facts[:3]:
        yield f"{_stopped(text)} {_capital(fact)}" + (
            "." if len(_sentences(text)) > 1 or text.endswith(".") else ""
        )
    yield from _fronted(text, brief)
    yield from _reordered(text)
    if brand and not named and not question and ":" not in text:
        yield f"{brand}: {_lowered(text, brief)}"
    if call:
        yield f"{_stopped(text)} {call}."
    for shorter in _shortened(text):
        for fact in facts[:3]:
            yield f"{_stopped(shorter)} {_capital(fact)}."
        if brand and not named and ":" not in shorter and not question:
            yield f"{brand}: {_lowered(shorter, brief)}"
        if call:
            yield f"{_stopped(shorter)} {call}."
        yield shorter
    for reordered in _reordered(text):
        if brand and not named:
            yield f"{brand}: {_lowered(reordered, brief)}"
        if len(_sentences(reordered)) > 2:
            yield from _shortened(reordered)
    for fact in facts[:3]:
        if not question and ":" not in text:
            yield f"{_capital(fact)}: {_lowered(text, brief)}"


def light_edits(text: str, brief: Brief) -> list[str]:
    """Safe variations of the person's own text, the likeliest to please first; at most eight.

    Only English texts are edited. Each fits the placement, passes ``filters.check`` against the text
    itself and the brief, and differs from the text and from the others.
    """
    text = plain(text)
    if not text or not is_english(text):
        return []
    chosen: list[str] = []
    for proposal in _proposals(text, brief):
        if len(chosen) == _MOST_EDITS:
            break
        if measure(proposal, brief.placement) > LIMITS[brief.placement].max_chars:
            continue
        if any(is_copy(proposal, other) for other in chosen):
            continue
        if filters.passes(proposal, text, brief, similarity=1.0):
            chosen.append(proposal)
    return chosen
