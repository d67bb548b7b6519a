"""How the simulated market's audiences read a text: each feature of ``market_truth``, measured."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from adwright.data import market_lexicon as lexicon
from adwright.data.corpus import load_corpus
from adwright.data.market_language import (
    fluency,
    numbers_held,
    numbers_in,
    plain,
    sentences,
    stem,
    stems_of,
    tokens,
    words_of,
)
from adwright.records import Brief, Placement

__all__ = ["BEST_LENGTH", "Ground", "measure"]

BEST_LENGTH: dict[Placement, int] = {
    "headline": 44,
    "description": 74,
    "primary_text": 122,
    "search_headline": 26,
    "story_headline": 70,
}
"""Characters that suit the placement best."""

_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being|gets?)\s+(?:\w+ly\s+)?\w{2,}(?:ed|en|wn)\b", re.I)
_PRICE = re.compile(r"[£$€]\s?[0-9]|\bfree\b|[0-9]p\b|%", re.I)
_MARKS = re.compile(r"[!?.,;:]{2,}")
_SAID_NAMES = lexicon.DATES | lexicon.SHORT_DATES | frozenset({"i", "i'm", "i'll", "i've", "ok", "am", "pm"})


@dataclass(frozen=True)
class Ground:
    """What a brief gives a text to stand on, read once per brief."""

    product: frozenset[str]
    facts: tuple[frozenset[str], ...]
    fact_numbers: tuple[frozenset[str], ...]
    brand: frozenset[str]
    brand_words: tuple[str, ...]
    numbers: frozenset[str]
    words: frozenset[str]
    stems: frozenset[str]
    verbatim: tuple[str, ...]
    placement: Placement

    @classmethod
    def of(cls, brief: Brief) -> Ground:
        """The ground of a brief (cached)."""
        return _ground(brief)

    @property
    def short(self) -> bool:
        """Whether the placement is one line, which bears less."""
        return self.placement not in {"description", "primary_text"}


@lru_cache(maxsize=4096)
def _ground(brief: Brief) -> Ground:
    passages = [plain(f) for f in brief.facts] + [plain(s) for s in sentences(brief.excerpt)]
    whole = plain(brief.grounds())
    return Ground(
        product=frozenset(stems_of(plain(brief.product))),
        facts=tuple(frozenset(stems_of(f)) for f in passages),
        fact_numbers=tuple(numbers_held(f) for f in passages),
        brand=frozenset(stems_of(plain(brief.brand))),
        brand_words=tuple(words_of(plain(brief.brand))),
        numbers=numbers_held(whole),
        words=frozenset(p for w in words_of(whole) for p in {w, *w.split("-")}),
        stems=frozenset(stems_of(whole)),
        verbatim=tuple(f.lower() for f in passages if len(f) > 6),
        placement=brief.placement,
    )


@lru_cache(maxsize=65536)
def measure(text: str, ground: Ground, week: int | None) -> dict[str, float]:
    """Measures of all features of one text, by name; do not change the result."""
    text = plain(text)
    words = words_of(text)
    return {
        **_manner(text, words, ground),
        **_substance(text, words, ground),
        "season": _season(words, week),
        **_trust(text, words, ground),
        **_form(text, words, ground),
    }


def _manner(text: str, words: list[str], ground: Ground) -> dict[str, float]:
    parts = sentences(text)
    opening = parts[0] if parts else ""
    first = words[0] if words else ""
    flat = sum(w in lexicon.FLAT and w not in ground.words for w in words)
    branded = bool(ground.brand_words) and words[: len(ground.brand_words)] == list(ground.brand_words)
    company = branded or first in {"we", "our", "we're", "we've"}
    return {
        "reader": _enough(sum(w in lexicon.READER for w in words), 1 if ground.short else 2),
        "imperative": float(first in lexicon.IMPERATIVES),
        "question": float(opening.endswith("?") and len(words_of(opening)) <= 12 and len(parts) > 1),
        "action": float(_calls(parts)),
        "warmth": _enough(_kinds(words, lexicon.WARMTH), 1.5 if ground.short else 2),
        "senses": _enough(_kinds(words, lexicon.SENSES), 1.5),
        "contrast": float(any(w in lexicon.CONTRAST for w in words)),
        "flat": _enough(flat, 2),
        "company_first": float(company),
        "passive": float(bool(_PASSIVE.search(text))),
        "length": min(12.0, (math.log(max(len(text), 1) / BEST_LENGTH[ground.placement]) / 0.4) ** 2),
    }


def _calls(parts: list[str]) -> bool:
    """Whether the last of several sentences is a short call that begins with a verb of action."""
    last = words_of(parts[-1]) if len(parts) > 1 else []
    if last and last[0] in {"please", "then", "so", "and"}:
        last = last[1:]
    return bool(last) and last[0] in lexicon.ACTIONS and len(last) <= 10 and not parts[-1].endswith("?")


def _substance(text: str, words: list[str], ground: Ground) -> dict[str, float]:
    stems, numbers = stems_of(text), set(numbers_in(text))
    touched = sum(
        bool(have & numbers) or (bool(fact) and len(fact & stems) >= max(1.0, len(fact) / 2))
        for fact, have in zip(ground.facts, ground.fact_numbers, strict=True)
    )
    worth = (0.0, 0.6, 1.0, 0.9, 0.6) if ground.short else (0.0, 0.45, 0.85, 1.0, 0.9, 0.6)
    lead = " ".join(text.split()[:5])
    promises = sum(w in lexicon.URGENCY for w in words)
    return {
        "detail": worth[min(touched, len(worth) - 1)],
        "offer_first": float(bool(numbers_in(lead)) or "free" in words_of(lead)),
        "price": float(bool(_PRICE.search(text))),
        "time": _enough(_kinds(words, lexicon.TIME), 2),
        "urgency": _enough(promises, 1),
        "reassurance": _enough(_kinds(words, lexicon.REASSURANCE), 2),
        "off_topic": _off_topic(stems, numbers, ground),
    }


def _off_topic(stems: set[str], numbers: set[str], ground: Ground) -> float:
    facts = frozenset().union(*ground.facts) if ground.facts else frozenset()
    held = (
        1.0 * len(stems & ground.product)
        + 0.7 * len(stems & (facts - ground.product))
        + 0.6 * min(1, len(stems & ground.brand))
        + 0.3 * min(2, len(numbers & ground.numbers))
    )
    needed = min(1.8, 1.0 * len(ground.product | facts))
    return max(0.0, 1 - held / needed) ** 1.5 if needed else 0.0


def _season(words: list[str], week: int | None) -> float:
    if week is None:
        return 0.0
    score = 0.0
    for weeks, theme in lexicon.SEASONS.values():
        score += (1.0 if week in weeks else -0.4) * _enough(_kinds(words, theme), 2)
    return max(-1.0, min(1.0, score))


def _trust(text: str, words: list[str], ground: Ground) -> dict[str, float]:
    new = {w for w in words if w not in ground.words and stem(w) not in ground.stems}
    claims = new & lexicon.CLAIMS - ({"free"} if {"nothing", "no"} & ground.words else set())
    dates = set() if ground.words & (lexicon.DATES | {"weekdays"}) else new & lexicon.DATES
    return {
        "invented_number": float(len(set(numbers_in(text)) - ground.numbers)),
        "invented_claim": len(claims) + 0.5 * len(dates),
        "stray": float(len(_foreign(words, ground)) + len(_names(text, ground))),
    }


def _foreign(words: list[str], ground: Ground) -> set[str]:
    return {s for s in map(stem, words) if s in _product_nouns() and s not in ground.stems}


def _names(text: str, ground: Ground) -> set[str]:
    """Capitalised words that neither open a sentence nor stand in the brief."""
    found = set()
    before = "."
    for token in tokens(text):
        if token[0].isupper() and before not in {".", "?", "!", ":"}:
            word = token.lower().removesuffix("'s")
            if word not in ground.words and stem(word) not in ground.stems and word not in _SAID_NAMES:
                found.add(word)
        before = token
    return found


@lru_cache(maxsize=1)
def _product_nouns() -> frozenset[str]:
    """Stems that name products in the corpus, and that texts for other products hardly ever use."""
    entries = load_corpus("market")
    used: Counter[str] = Counter()
    for entry in entries:
        own = stems_of(plain(entry.brief.grounds()))
        used.update(set().union(*(stems_of(plain(t)) for t in entry.texts())) - own)
    named = {s for e in entries for s in stems_of(plain(e.brief.product)) if s.isalpha() and len(s) > 2}
    return frozenset(s for s in named if used[s] == 0)


def _form(text: str, words: list[str], ground: Ground) -> dict[str, float]:
    bears = 1 if ground.short else 2
    numbers = len(numbers_in(text))
    reader = sum(w in lexicon.READER for w in words)
    warm = sum(w in lexicon.WARMTH for w in words)
    return {
        "repetition": _repetition(text, words),
        "stuffing": float(
            max(0, numbers - 2 - 2 * bears) + max(0, reader - 2 * bears - 1) + max(0, warm - 2 * bears)
        ),
        "shouting": _shouting(text, ground),
        "list": max(0.0, _copied(text, ground) - 0.5) * 2,
        "incoherent": min(4.0, max(0.0, fluency().oddness(text) - 1.3)),
        "cut_off": _cut_off(text, words, ground),
    }


def _repetition(text: str, words: list[str]) -> float:
    content = Counter(stem(w) for w in words if w not in lexicon.FUNCTION)
    run = [t.lower() for t in tokens(text)]
    said = [(a, b) for a, b in pairwise(run) if a[0].isalpha() and b[0].isalpha()]
    pairs = Counter(pair for pair in said if not lexicon.FUNCTION.intersection(pair))
    again = Counter(s.lower() for s in sentences(text))
    return float(
        sum(n - 2 for n in content.values() if n > 2)
        + sum(n - 1 for n in pairs.values())
        + 2 * sum(n - 1 for n in again.values())
        + 2 * sum(a == b and a[0].isalnum() for a, b in pairwise(run))
    )


def _shouting(text: str, ground: Ground) -> float:
    capitals = [t.lower() for t in tokens(text) if len(t) > 2 and t.isupper() and t.isalpha()]
    shouted = [t for t in capitals if t not in ground.words]
    symbols = [c for c in text if not (c.isalnum() or c.isspace() or c in "£$€.,:;!?'\"-&%/()+")]
    return float(
        max(0, text.count("!") - 1) + 2 * len(_MARKS.findall(text)) + len(shouted) + min(10, len(symbols))
    )


def _copied(text: str, ground: Ground) -> float:
    """Share of the text's characters that lie in facts copied word for word, three facts or more."""
    lower = text.lower()
    copied = [f for f in ground.verbatim if f in lower]
    return sum(map(len, copied)) / len(text) if len(copied) >= 3 else 0.0


def _cut_off(text: str, words: list[str], ground: Ground) -> float:
    if not words or text[-1:] in ",:;-&":
        return 1.0
    if words[-1] in lexicon.DANGLING and text[-1].isalpha():
        return 1.0
    return float(not ground.short and text[-1] not in ".?!") * 0.5


def _kinds(words: list[str], listed: frozenset[str]) -> int:
    """How many different words of a list occur."""
    return len(listed.intersection(words))


def _enough(count: float, enough: float) -> float:
    return min(1.0, count / enough)
