"""The simulated market's hidden truth: how likely a person of an audience is to click on a text.

Log odds of a click = the advertiser's base + saturate(appeal - AVERAGE) + penalties + taste.

*Appeal* sums the features of ``APPEAL``: each is measured on the text between 0 and 1 (``length`` is
a loss), has a weight in log odds, and may weigh more or less for one of six segments of audience.
Gains over the average text saturate (at most ``CEILING``), so that no heap of good features wins.

*Penalties* (``PENALTIES``) do not saturate: texts off the topic, with invented numbers or claims,
stuffed, shouted, cut off or incoherent lose badly, whatever appeal they gather.

*Taste* is an unexplained part, fixed for each text (standard deviation ``TASTE``).

What the truth leaves out: meaning beyond words, images, prices' real competitiveness, people who learn.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from types import MappingProxyType

from adwright.data.market_language import plain
from adwright.data.market_reading import Ground, measure
from adwright.records import Brief

__all__ = [
    "APPEAL",
    "AVERAGE",
    "CEILING",
    "PENALTIES",
    "SEGMENTS",
    "TASTE",
    "TRUTH_VERSION",
    "Feature",
    "log_odds",
    "segment_of",
]

TRUTH_VERSION = 1
AVERAGE = 0.4
"""Mean appeal of the corpus' texts and their everyday edits: the base rates belong to such a text."""
CEILING = 0.45
"""Log odds that appeal can add over the average, at most."""
TASTE = 0.05
FATIGUE = -0.10
"""Log odds for each doubling of the weeks in which the same text was shown before."""


@dataclass(frozen=True)
class Feature:
    """One thing that audiences respond to.

    Attributes:
        name: its name in ``explain``.
        weight: log odds for a full measure of it.
        meaning: what is measured.
        by_segment: what a segment adds to the weight.
    """

    name: str
    weight: float
    meaning: str
    by_segment: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


SEGMENTS: dict[str, tuple[str, ...]] = {
    "bargain": ("price-conscious", "bargain", "budget", "deal", "student", "saver"),
    "quality": ("quality-minded", "quality", "few good", "care about", "culture", "sensitive"),
    "family": ("with children", "famil", "parent", "kid", "child", "toddler", "baby"),
    "busy": (
        "short of time",
        "busy",
        "commut",
        "office",
        "worker",
        "working",
        "owner",
        "manager",
        "self-employed",
        "freelanc",
        "employ",
        "business",
        "driver",
    ),
    "beginner": ("new to it", "first", "beginner", "new ", "never", "starting", "learn", "trying"),
    "keen": (
        "well informed",
        "keen",
        "club",
        "fans",
        "garden",
        "cyclist",
        "rider",
        "runner",
        "walker",
        "hiker",
        "who cook",
    ),
}
"""Segments of audience and the words by which an audience is known for one; the first that fits counts."""

APPEAL: tuple[Feature, ...] = (
    Feature("reader", 0.24, "speaks to the reader: you, your", {"family": 0.04, "keen": -0.06}),
    Feature(
        "imperative",
        0.14,
        "opens with a verb that invites: try, book, watch",
        {"busy": 0.06, "quality": -0.06},
    ),
    Feature(
        "question",
        0.08,
        "opens with a short question",
        {"beginner": 0.12, "family": 0.06, "bargain": -0.06, "busy": -0.08},
    ),
    Feature("action", 0.16, "closes with a call to action", {"busy": 0.05, "keen": -0.05}),
    Feature(
        "offer_first",
        0.07,
        "a number or 'free' among the first five words",
        {"bargain": 0.14, "quality": -0.10},
    ),
    Feature("price", 0.04, "names a price or says free", {"bargain": 0.12, "quality": -0.08}),
    Feature(
        "detail",
        0.16,
        "rests on 2 (headline) or 3 facts of the brief; fewer or many more are worth less",
        {"quality": 0.12, "keen": 0.10, "family": -0.06},
    ),
    Feature(
        "warmth",
        0.20,
        "warm words: love, home, together, enjoy",
        {"family": 0.14, "bargain": -0.08, "busy": -0.08},
    ),
    Feature(
        "senses",
        0.08,
        "words to see, hear, smell, taste or feel",
        {"quality": 0.10, "keen": 0.06, "bargain": -0.05},
    ),
    Feature("contrast", 0.07, "sets one thing against another: not, instead, without"),
    Feature("time", 0.04, "says when or how fast: minutes, today, ready", {"busy": 0.14, "quality": -0.04}),
    Feature("urgency", 0.04, "an end that is near: until, last, left", {"bargain": 0.06, "quality": -0.08}),
    Feature(
        "reassurance",
        0.05,
        "takes a risk away: free returns, cancel, beginners, learn",
        {"beginner": 0.14, "keen": -0.06},
    ),
    Feature("flat", -0.22, "corporate words: solutions, quality service, available", {"keen": -0.06}),
    Feature("company_first", -0.12, "opens with the brand, or with we and our", {"quality": 0.06}),
    Feature("passive", -0.06, "a passive verb"),
    Feature("length", -0.09, "squared log ratio to the placement's best length", {"busy": -0.03}),
    Feature("season", 0.10, "words of the season that it is; of another season they count against it"),
)

PENALTIES: tuple[Feature, ...] = (
    Feature("off_topic", -1.40, "too few words of product, facts and brand"),
    Feature("stray", -0.25, "names another product, or a name that the brief lacks; each"),
    Feature("invented_number", -0.40, "a number that the brief does not hold; each"),
    Feature("invented_claim", -0.30, "a promise or a date that the brief does not hold; each"),
    Feature("repetition", -0.18, "a word more than twice, a pair of words or a sentence again; each"),
    Feature(
        "stuffing", -0.12, "a number, or a warm or second-person word, beyond what the length bears; each"
    ),
    Feature("shouting", -0.22, "exclamation marks after the first, runs of marks, capitals, symbols; each"),
    Feature("list", -0.60, "the brief's facts copied out, as a share of the text beyond half"),
    Feature(
        "incoherent", -0.45, "spreads beyond 1.3 by which its word order is less likely than human texts'"
    ),
    Feature("cut_off", -0.30, "stops in mid-sentence, or a description without a closing mark"),
)


def segment_of(audience: str) -> str:
    """The segment that an audience, in free words, belongs to; "" (no leaning) for an empty one."""
    audience = plain(audience).lower()
    if not audience or audience in SEGMENTS:
        return audience
    for segment, words in SEGMENTS.items():
        if words[0] in audience:
            return segment
    for segment, words in SEGMENTS.items():
        if any(f" {w}" in f" {audience} " for w in words):
            return segment
    names = list(SEGMENTS)
    return names[hashlib.sha256(audience.encode("utf-8", "replace")).digest()[0] % len(names)]


def log_odds(
    text: str, brief: Brief, audience: str, week: int | None = None, shown: int = 0
) -> dict[str, float]:
    """Contributions to the log odds of a click, base apart, by feature; their sum is what counts.

    Args:
        text: any text.
        brief: what it advertises.
        audience: free words, or the name of a segment.
        week: ISO week, 1 to 53; without it there is no season.
        shown: weeks in which the same text was shown before.
    """
    measured = measure(text, Ground.of(brief), week)
    segment = segment_of(audience)
    parts = {f.name: (f.weight + f.by_segment.get(segment, 0.0)) * measured[f.name] for f in APPEAL}
    over = sum(parts.values()) - AVERAGE
    parts["average"] = -AVERAGE
    parts["saturation"] = _saturate(over) - over
    parts |= {f.name: f.weight * measured[f.name] for f in PENALTIES}
    parts["fatigue"] = FATIGUE * math.log2(1 + shown)
    parts["taste"] = TASTE * _taste(text)
    return parts


def _saturate(gain: float) -> float:
    return CEILING * math.tanh(gain / CEILING) if gain > 0 else gain


def _taste(text: str) -> float:
    digest = hashlib.sha256(plain(text).lower().encode("utf-8", "replace")).digest()
    share = (int.from_bytes(digest[:6], "big") + 0.5) / 2**48
    return NormalDist().inv_cdf(share)
