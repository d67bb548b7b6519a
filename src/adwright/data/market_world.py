"""The simulated market's fictional advertisers, their campaigns, and the tests that they ran.

An advertiser takes briefs of the starter corpus under a name of its own, with its own prices, counts
and places: a renaming changes brief and texts alike, so that whatever a text says stays true.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from adwright.config import MarketConfig
from adwright.data.corpus import CorpusEntry, load_corpus
from adwright.data.market_edits import LIMITS, edited
from adwright.data.market_language import numbers_held, numbers_in, plain, words_of
from adwright.data.market_lexicon import BRAND_ENDS, BRAND_LEADS, NEW_TOWNS, NUMBER_WORDS, TOWNS
from adwright.records import Brief

__all__ = ["Advertiser", "Campaign", "Test", "World", "build_world"]

YEAR, WEEKS = 2025, 52
EDITED = 12
"""Edited texts that a campaign has besides those of the corpus, at most."""

_PLAIN_BRAND_WORDS = {"The", "Mother", "Casa", "Trattoria"}
_PRICE = re.compile(r"(?<=[£$€])[0-9]+(?:,[0-9]{3})*(?:\.[0-9]{2})?")
_COUNT = re.compile(
    r"(?<![£$€0-9.,:])([1-9][0-9]{0,2},[0-9]{3}|[1-9][0-9]{2})(?= (?!(?:g|ml|km|nights|sq)\b)[a-z])"
)
_MINUTES = re.compile(r"(?<![£$€0-9.,:])([1-9][0-9]?)(?=[ -]minutes?\b)")
_SPOKEN_MONEY = re.compile(r"\b(?:dollars?|pounds?|euros?)\b", re.I)
_MARKS = ("price-conscious", "quality-minded", "with children", "short of time", "new to it", "well informed")
"""What narrows an audience to one of the truth's segments."""


@dataclass(frozen=True)
class Advertiser:
    """A fictional company: its distinctive name, sector, and the rates that its account shows.

    ``click_rate`` is that of an average text, ``conversion_rate`` is per click, ``cost`` is currency
    units a click.
    """

    name: str
    sector: str
    click_rate: float
    conversion_rate: float
    cost: float


@dataclass(frozen=True)
class Campaign:
    """One brief of one advertiser, and the texts that its people have written for it.

    ``family`` is the corpus entry (its index) that brief and texts go back to.
    """

    advertiser: Advertiser
    family: int
    brief: Brief
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Test:
    """Some texts of a campaign, shown to one audience in one week, with one image."""

    __test__ = False  # not a test case of pytest

    id: str
    campaign: Campaign
    brief: Brief
    week: int
    texts: tuple[str, ...]
    luck: float
    """Factor on all click rates of the test: image, hour, competition."""

    @property
    def period(self) -> str:
        """ISO week, "2025-W07"."""
        return f"{YEAR}-W{self.week:02d}"


@dataclass(frozen=True)
class World:
    """All there is in a market before anybody clicks."""

    advertisers: tuple[Advertiser, ...]
    campaigns: tuple[Campaign, ...]
    tests: tuple[Test, ...]


def build_world(config: MarketConfig, rng: np.random.Generator) -> World:
    """Draw advertisers, campaigns and tests."""
    entries = {i: e for i, e in enumerate(load_corpus("market")) if e.brief.placement in config.placements}
    advertisers = _advertisers(config.advertisers, sorted({e.sector for e in entries.values()}), rng)
    campaigns = tuple(c for a in advertisers for c in _campaigns(a, entries, rng))
    order = rng.permutation(len(campaigns))
    turns = [campaigns[int(order[i % len(order)])] for i in range(config.tests)]
    return World(advertisers, campaigns, tuple(_test(i, c, rng) for i, c in enumerate(turns)))


def _advertisers(count: int, sectors: list[str], rng: np.random.Generator) -> tuple[Advertiser, ...]:
    names = [a + b for a in BRAND_LEADS for b in BRAND_ENDS if a[-1] != b[0]]
    order = rng.permutation(len(names))
    turns = [sectors[int(i)] for i in rng.permutation(len(sectors))]
    return tuple(
        Advertiser(
            name=names[int(order[i % len(names)])] + ("" if i < len(names) else str(i // len(names) + 1)),
            sector=turns[i % len(turns)],
            click_rate=float(np.exp(rng.uniform(np.log(0.011), np.log(0.038)))),
            conversion_rate=float(rng.uniform(0.02, 0.09)),
            cost=float(round(rng.uniform(0.25, 1.6), 2)),
        )
        for i in range(count)
    )


def _campaigns(
    advertiser: Advertiser, entries: dict[int, CorpusEntry], rng: np.random.Generator
) -> list[Campaign]:
    families = [i for i, e in entries.items() if e.sector == advertiser.sector]
    count = min(len(families), int(rng.integers(3, 6)))
    chosen = sorted(int(i) for i in rng.choice(families, size=count, replace=False))
    return [_campaign(advertiser, family, entries[family], rng) for family in chosen]


def _campaign(advertiser: Advertiser, family: int, entry: CorpusEntry, rng: np.random.Generator) -> Campaign:
    rename = _renaming(entry, advertiser.name, rng)
    brief = _renamed(entry.brief, rename)
    written = [t for t in map(rename, entry.texts()) if _stands(t, brief)]
    pool = dict.fromkeys(written)
    for _ in range(EDITED * 2):
        text = written[int(rng.integers(len(written)))]
        for _ in range(int(rng.integers(1, 4))):
            text = edited(text, brief, rng)
        if len(pool) < len(written) + EDITED and _stands(text, brief):
            pool[text] = None
    return Campaign(advertiser, family, brief, tuple(pool))


def _stands(text: str, brief: Brief) -> bool:
    """Whether a text fits the placement and its numbers are all the brief's."""
    held = numbers_held(plain(brief.grounds()))
    return len(text) <= LIMITS[brief.placement][1] and held.issuperset(numbers_in(plain(text)))


def _test(index: int, campaign: Campaign, rng: np.random.Generator) -> Test:
    mark = int(rng.integers(len(_MARKS) + 2))
    audience = campaign.brief.audience + (f", {_MARKS[mark]}" if mark < len(_MARKS) else "")
    count = min(len(campaign.texts), int(rng.choice((3, 4, 5, 6), p=(0.3, 0.3, 0.2, 0.2))))
    shown = rng.choice(len(campaign.texts), size=count, replace=False)
    return Test(
        id=f"t{index + 1:05d}",
        campaign=campaign,
        brief=campaign.brief.model_copy(update={"audience": audience}),
        week=int(rng.integers(1, WEEKS + 1)),
        texts=tuple(campaign.texts[int(i)] for i in shown),
        luck=float(np.exp(rng.normal(0.0, 0.15))),
    )


def _renamed(brief: Brief, rename: Callable[[str], str]) -> Brief:
    named = {
        name: rename(getattr(brief, name)) for name in ("product", "brand", "excerpt", "audience", "goal")
    }
    return brief.model_copy(update={**named, "facts": tuple(map(rename, brief.facts))})


class _Renaming:
    """A mapping of names and numbers, used alike on every string of a brief and on its texts."""

    def __init__(self, words: dict[str, str], numbers: dict[str, str]) -> None:
        self._map = words | numbers
        parts = [rf"\b{re.escape(w)}\b" for w in words] + [_standing(n) for n in numbers]
        self._pattern = re.compile("|".join(sorted(parts, key=len, reverse=True)) or r"(?!)")

    def __call__(self, text: str) -> str:
        return self._pattern.sub(lambda m: self._map[m.group()], text)


def _renaming(entry: CorpusEntry, name: str, rng: np.random.Generator) -> _Renaming:
    brief = entry.brief
    strings = [brief.product, *brief.facts, *entry.texts()]
    core = next(w for w in brief.brand.split() if w not in _PLAIN_BRAND_WORDS).removesuffix("'s")
    words = {core: name}
    towns = [int(i) for i in rng.permutation(len(NEW_TOWNS))]
    present = [
        t for t in dict.fromkeys(TOWNS) if t != core and any(re.search(rf"\b{t}\b", s) for s in strings)
    ]
    words |= {old: NEW_TOWNS[towns[i]] for i, old in enumerate(present)}
    return _Renaming(words, _new_numbers(strings, rng))


def _new_numbers(strings: list[str], rng: np.random.Generator) -> dict[str, str]:
    """Old number → new, as written; prices move together, so that their order and ratios stay."""
    factor = float(rng.uniform(0.75, 1.35))
    whole = "\n".join(strings)
    spoken = {NUMBER_WORDS[w] for w in words_of(plain(whole).replace("-", " ")) if w in NUMBER_WORDS}
    changes: dict[str, str] = {}
    prices = sorted(dict.fromkeys(_PRICE.findall(whole)), key=_value)
    new = [_priced(p, factor) for p in prices]
    if not _SPOKEN_MONEY.search(whole) and all(_value(a) < _value(b) for a, b in pairwise(new)):
        changes |= dict(zip(prices, new, strict=True))
    changes |= {c: _counted(c, float(rng.uniform(0.6, 1.6))) for c in dict.fromkeys(_COUNT.findall(whole))}
    for minutes in dict.fromkeys(_MINUTES.findall(whole)):
        old, step = int(minutes), 5 if int(minutes) >= 15 else 1
        changes[minutes] = str(old + step * int(rng.choice((-1, 1, 2) if old > 5 else (1, 2))))
    return _unambiguous(changes, whole, spoken)


def _unambiguous(changes: dict[str, str], whole: str, spoken: set[str]) -> dict[str, str]:
    """Only numbers that are written in one way, stand for one thing, and become none that is there."""
    kept = {}
    for old, new in changes.items():
        said = re.findall(
            rf"(?<![0-9.,:])[£$€]?{re.escape(old)}(?:[ -]minutes?\b)?(?![0-9]|[.,:][0-9])", whole
        )
        kinds = {"price" if s[0] in "£$€" else "minutes" if "minute" in s else "count" for s in said}
        clashes = old in spoken or new in changes or re.search(_standing(new), whole)
        if len(kinds) == 1 and not clashes:
            kept[old] = new
    return kept


def _standing(number: str) -> str:
    """Pattern of a number that stands alone: no part of a longer one, of a decimal or a time."""
    return rf"(?<![0-9.,:]){re.escape(number)}(?![0-9]|[.,:][0-9])"


def _value(number: str) -> float:
    return float(number.replace(",", ""))


def _priced(price: str, factor: float) -> str:
    old = _value(price)
    new = old * factor
    if "." in price:
        return f"{max(0.5, round(new * 10) / 10):.2f}"
    step = 1 if new < 100 else 5 if new < 400 else 10
    rounded = max(1, round(new / step) * step) - (1 if old >= 100 and price.endswith("9") else 0)
    return f"{rounded:,}"


def _counted(count: str, factor: float) -> str:
    old = int(_value(count))
    step = 100 if old >= 1000 else 10
    return f"{max(step, round(old * factor / step) * step):,}"
