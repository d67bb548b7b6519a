"""The simulated market: an ad account's history whose truth is known.

Fictional advertisers test texts on audiences, week by week. A hidden truth (``market_truth``) gives the
click probability of *any* text for any audience, so that what a policy writes can be judged by what it
would really earn. Shown counts are drawn as a platform's are: impressions, then clicks by chance.

It leaves out what only the real world has: see docs/market.md.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from adwright.config import MarketConfig
from adwright.data.market_language import plain, words_of
from adwright.data.market_truth import TRUTH_VERSION, log_odds
from adwright.data.market_world import Test, World, build_world
from adwright.errors import InputError, RunError
from adwright.records import TABLE_COLUMNS, Brief
from adwright.runs import read_json, write_json

__all__ = ["Market", "make_market"]

FILE = "market.json"
USUAL_RATE = 0.02
"""Click rate of an average text of a brand that is not of this market."""
SPREAD = 0.35
"""Standard deviation of log impressions, row by row."""


@dataclass(frozen=True)
class Market:
    """A market, made by ``make_market``; configuration and seed say all about it."""

    config: MarketConfig
    seed: int
    world: World = field(repr=False)

    def table(self, advance: Callable[[], None] = lambda: None) -> pd.DataFrame:
        """The account's history as an ad table (``records.TABLE_COLUMNS``); ``advance`` hears of each test.

        "split" is empty; tests of one family share a story.
        """
        rng, rows = np.random.default_rng([self.seed, 2]), []
        for test in self.world.tests:
            rows += self._rows(test, rng)
            advance()
        frame = pd.DataFrame(rows)
        frame.insert(0, "row_id", [f"r{i + 1:06d}" for i in range(len(frame))])
        return frame[list(TABLE_COLUMNS)]

    def families(self) -> dict[str, int]:
        """test_id → the corpus entry that its brief goes back to: tests of one family tell the same story."""
        return {test.id: test.campaign.family for test in self.world.tests}

    def truth(
        self,
        texts: Sequence[str],
        briefs: Sequence[Brief],
        audiences: Sequence[str] | None = None,
        period: str | None = None,
    ) -> np.ndarray:
        """True click probabilities, before a test's luck: shape (len(texts),), each in (0, 1).

        Args:
            texts: any texts.
            briefs: what each advertises; ``brief.brand`` tells the advertiser, and so the base rate.
            audiences: to whom each is shown; else ``brief.audience``. Free words.
            period: ISO week "2025-W07"; brings in the season, and fatigue from this market's earlier weeks.

        Raises:
            InputError: lengths differ, or the period is no ISO week.
        """
        whom = [b.audience for b in briefs] if audiences is None else list(audiences)
        if not len(texts) == len(briefs) == len(whom):
            raise InputError(
                f"{len(texts)} texts, {len(briefs)} briefs and {len(whom)} audiences",
                fix="give one brief and one audience for each text",
            )
        week = None if period is None else _week(period)
        odds = [sum(self._parts(t, b, a, week).values()) for t, b, a in zip(texts, briefs, whom, strict=True)]
        chances: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(np.array(odds, dtype=float), -12.0, 0.0)))
        return chances

    def explain(self, text: str, brief: Brief, period: str | None = None) -> dict[str, float]:
        """Contributions to the log odds of a click, by feature, which add up; "base" is the advertiser's."""
        return self._parts(text, brief, brief.audience, None if period is None else _week(period))

    def save(self, folder: str | Path) -> None:
        """Write ``market.json``; the market can be made again from it."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        saved = {"config": self.config.model_dump(), "seed": self.seed, "truth": TRUTH_VERSION}
        write_json(folder / FILE, saved)

    @classmethod
    def load(cls, folder: str | Path) -> Market:
        """The market that was saved in a folder.

        Raises:
            NotFoundError: there is none.
            RunError: the file is damaged, or of another version of the truth.
        """
        path = Path(folder) / FILE
        saved: Any = read_json(path)
        try:
            if saved["truth"] != TRUTH_VERSION:
                raise RunError(
                    f"a market of truth version {saved['truth']}, and this is {TRUTH_VERSION}",
                    where=str(path),
                    fix="make the market again",
                )
            return make_market(MarketConfig.model_validate(saved["config"]), int(saved["seed"]))
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(f"not a market: {error}", where=str(path), fix="make the market again") from error

    def _rows(self, test: Test, rng: np.random.Generator) -> list[dict[str, Any]]:
        advertiser, n = test.campaign.advertiser, len(test.texts)
        rates = np.minimum(0.5, test.luck * self.truth(test.texts, [test.brief] * n, period=test.period))
        size = np.log(self.config.impressions) - SPREAD**2 / 2
        impressions = np.maximum(1, np.rint(np.exp(rng.normal(size, SPREAD, n)))).astype(int)
        clicks = rng.binomial(impressions, rates)
        conversions = rng.binomial(clicks, advertiser.conversion_rate)
        brief = test.brief.model_dump_json()
        return [
            {
                "test_id": test.id,
                "text": text,
                "impressions": int(impressions[i]),
                "clicks": int(clicks[i]),
                "conversions": int(conversions[i]),
                "spend": round(float(clicks[i]) * advertiser.cost, 2),
                "advertiser": advertiser.name,
                "audience": test.brief.audience,
                "period": test.period,
                "brief": brief,
                "flagged": False,
                "story": f"family-{test.campaign.family:03d}",
                "split": "",
            }
            for i, text in enumerate(test.texts)
        ]

    def _parts(self, text: str, brief: Brief, audience: str, week: int | None) -> dict[str, float]:
        shown = 0 if week is None else bisect_left(self._shown.get(_key(text), []), week)
        return {"base": self._base(brief.brand), **log_odds(text, brief, audience, week, shown)}

    def _base(self, brand: str) -> float:
        words = [w.removesuffix("'s") for w in words_of(plain(brand))]
        rate = next((self._rates[w] for w in words if w in self._rates), USUAL_RATE)
        return float(np.log(rate / (1 - rate)))

    @cached_property
    def _rates(self) -> dict[str, float]:
        return {a.name.lower(): a.click_rate for a in self.world.advertisers}

    @cached_property
    def _shown(self) -> dict[str, list[int]]:
        """The weeks in which a text was shown, in order, once each."""
        weeks: dict[str, set[int]] = {}
        for test in self.world.tests:
            for text in test.texts:
                weeks.setdefault(_key(text), set()).add(test.week)
        return {text: sorted(found) for text, found in weeks.items()}


def make_market(config: MarketConfig, seed: int) -> Market:
    """Draw a market: the same configuration and seed give the same market on every machine."""
    return Market(config, seed, build_world(config, np.random.default_rng([seed, 1])))


def _key(text: str) -> str:
    return plain(text).lower()


def _week(period: str) -> int:
    year, _, week = period.partition("-W")
    if not (year.isdigit() and week.isdigit() and 1 <= int(week) <= 53):
        raise InputError(f"{period!r} is no ISO week", fix='write it as "2025-W07"')
    return int(week)
