from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adwright.data.corpus import load_corpus
from adwright.data.market import Market
from adwright.data.market_truth import APPEAL, PENALTIES, SEGMENTS, segment_of
from adwright.errors import InputError
from adwright.records import Brief

HUMAN = [(text, entry.brief) for entry in load_corpus("market") for text in entry.texts()]
TENT = Brief(
    product="two-person tent",
    brand="Norvale",
    facts=("€179", "weighs 1.9 kg", "pitches in 6 minutes", "free delivery in Ireland"),
    audience="couples who camp at weekends",
    placement="description",
)
GOOD = "Pitch your two-person tent in 6 minutes and enjoy the evening together. €179. Order today."


def rate(market: Market, text: str, brief: Brief = TENT, **context: str) -> float:
    audiences = [context["audience"]] if "audience" in context else None
    return float(market.truth([text], [brief], audiences, context.get("period"))[0])


def relative(market: Market, change) -> np.ndarray:
    """True rates of changed human texts, as shares of their own."""
    briefs = [brief for _, brief in HUMAN]
    before = market.truth([text for text, _ in HUMAN], briefs)
    return market.truth([change(text, brief) for text, brief in HUMAN], briefs) / before


class TestTruth:
    @settings(max_examples=150)
    @given(
        text=st.text(max_size=300),
        brief=st.builds(Brief, product=st.text(max_size=30), audience=st.text(max_size=30)),
    )
    def test_any_text_has_a_probability(self, market, text, brief):
        (p,) = market.truth([text], [brief], period="2025-W30")
        assert np.isfinite(p)
        assert 0 < p < 1

    def test_contributions_add_up(self, market):
        parts = market.explain(GOOD, TENT, "2025-W25")
        assert 1 / (1 + np.exp(-sum(parts.values()))) == pytest.approx(rate(market, GOOD, period="2025-W25"))
        assert {f.name for f in (*APPEAL, *PENALTIES)} < set(parts)

    def test_no_texts_no_probabilities(self, market):
        assert market.truth([], []).shape == (0,)

    def test_each_text_needs_a_brief(self, market):
        with pytest.raises(InputError, match="2 texts, 1 briefs"):
            market.truth(["a", "b"], [TENT])

    @pytest.mark.parametrize("period", ["2025-W60", "May", "2025-05", ""])
    def test_a_period_is_a_week(self, market, period):
        with pytest.raises(InputError, match="ISO week"):
            market.truth([GOOD], [TENT], period=period)

    def test_good_writing_pays(self, market):
        plain_text = "Norvale two-person tent. Weighs 1.9 kg, €179. Available now."
        assert 1.3 < rate(market, GOOD) / rate(market, plain_text) < 3

    def test_the_best_natural_text_is_a_third_above_the_average(self, market):
        gains = []
        for campaign in market.world.campaigns:
            rates = market.truth(campaign.texts, [campaign.brief] * len(campaign.texts))
            gains.append(rates.max() / rates.mean())
        assert 1.2 < np.mean(gains) < 1.5

    def test_gains_are_bounded(self, market):
        heap = (
            "Love your weekend together? Order your €179 tent today: no worry, free delivery in Ireland, "
            "fresh warm sunrise, ready in 6 minutes. Enjoy it together. Order yours today."
        )
        assert rate(market, heap) / 0.02 < 1.7

    def test_off_topic_loses(self, market):
        rng = np.random.default_rng(1)
        others = relative(market, lambda text, brief: HUMAN[int(rng.integers(len(HUMAN)))][0])
        assert np.median(others) < 0.2
        pleasant = relative(
            market, lambda text, brief: "Enjoy a little time together at home. You'll love it. Try it today."
        )
        assert np.median(pleasant) < 0.5

    @pytest.mark.parametrize(
        ("change", "most"),
        [
            (lambda t, b: t + " Love love love love your home.", 0.6),
            (lambda t, b: t + " " + t, 0.6),
            (lambda t, b: t.rstrip(".!") + "!!!", 0.6),
            (lambda t, b: t.upper(), 0.5),
            (lambda t, b: ", ".join(b.facts), 0.7),
            (lambda t, b: t.rstrip(".?!") + ". 70% off today.", 0.85),
            (lambda t, b: " ".join(np.random.default_rng(len(t)).permutation(t.split())), 0.7),
            (lambda t, b: t[: len(t) // 2], 0.8),
            (lambda t, b: t + " 1 2 3 4 5 6 7 8 9", 0.2),
            (lambda t, b: t + " ★☆✨🔥", 0.6),
            (lambda t, b: b.product, 0.9),
        ],
        ids=[
            "stuffed",
            "twice",
            "marks",
            "capitals",
            "facts",
            "number",
            "salad",
            "half",
            "numbers",
            "symbols",
            "product",
        ],
    )
    def test_tricks_lose(self, market, change, most):
        shares = relative(market, change)
        assert np.median(shares) < most
        assert np.mean(shares < 1) > 0.85

    @pytest.mark.parametrize(
        ("text", "feature"),
        [
            ("Pitch it in 3 minutes: a two-person tent for €179. Order today.", "invented_number"),
            ("Pitch your two-person tent in 6 minutes for €6. Order today.", "invented_number"),
            ("Pitch your award-winning two-person tent in 6 minutes for €179.", "invented_claim"),
            ("Order your two-person tent by October for €179 and pitch it.", "invented_claim"),
            ("Pitch your two-person tent from Ravensby in 6 minutes, €179.", "stray"),
            ("Pitch your two-person tent and wear our €179 sneakers.", "stray"),
            ("Pitch your two-person tent in 6 minutes and go to the", "cut_off"),
        ],
    )
    def test_what_the_brief_lacks_costs_trust(self, market, text, feature):
        assert market.explain(text, TENT)[feature] < 0
        assert market.explain(GOOD, TENT)[feature] == 0

    def test_audiences_rank_texts_differently(self, market):
        priced = "€179 for the two-person tent, free delivery in Ireland. Weighs 1.9 kg."
        warm = "Enjoy a warm, dry weekend together. The two-person tent weighs 1.9 kg, up in 6 minutes."
        lead = {
            s: np.log(rate(market, priced, audience=s) / rate(market, warm, audience=s)) for s in SEGMENTS
        }
        assert lead["bargain"] > 0.1
        assert lead["family"] < -0.1
        assert lead["quality"] < -0.1
        assert rate(market, warm, audience="family") > rate(market, warm, audience="bargain")

    def test_the_brief_says_the_audience(self, market):
        families = TENT.model_copy(update={"audience": "families with children"})
        assert rate(market, GOOD, families) == rate(market, GOOD, audience="family")

    def test_seasons_matter(self, market):
        text = "Camp on the beach this summer: a two-person tent for €179, up in 6 minutes."
        assert rate(market, text, period="2025-W28") > 1.08 * rate(market, text, period="2025-W03")

    def test_the_same_text_again_tires(self, market):
        shown = [(text, test) for test in market.world.tests for text in test.texts]
        text, first = min(shown, key=lambda pair: pair[1].week)
        assert market.explain(text, first.brief, f"2025-W{first.week:02d}")["fatigue"] == 0
        assert market.explain(text, first.brief, "2025-W53")["fatigue"] < 0
        assert market.explain(text, first.brief)["fatigue"] == 0
        often = max((t for t, _ in shown), key=[t for t, _ in shown].count)
        assert market.explain(often, TENT, "2025-W53")["fatigue"] <= -0.15

    def test_the_brand_tells_the_base(self, market):
        advertiser = market.world.advertisers[0]
        own = TENT.model_copy(update={"brand": f"{advertiser.name} Outdoors"})
        assert np.exp(market.explain(GOOD, own)["base"]) == pytest.approx(advertiser.click_rate, rel=0.05)
        assert np.exp(market.explain(GOOD, TENT)["base"]) == pytest.approx(0.02, rel=0.05)

    @pytest.mark.parametrize(
        ("audience", "segment"),
        [
            ("", ""),
            ("families with children under school age", "family"),
            ("price-conscious parents", "bargain"),
            ("office workers nearby", "busy"),
            ("adults who know some Spanish, quality-minded", "quality"),
            ("bargain", "bargain"),
            ("club and park tennis players", "keen"),
            ("adults who have never sewn", "beginner"),
        ],
    )
    def test_segments(self, audience, segment):
        assert segment_of(audience) == segment

    def test_an_unknown_audience_falls_into_some_segment_for_good(self):
        assert segment_of("xyzzy") in SEGMENTS
        assert segment_of("xyzzy") == segment_of("XYZZY")


def test_the_documentation_lists_the_truth():
    page = (Path(__file__).parents[2] / "docs" / "market.md").read_text(encoding="utf-8")
    for feature in (*APPEAL, *PENALTIES):
        leanings = ", ".join(f"{s} {w:+.2f}" for s, w in feature.by_segment.items())
        assert f"| `{feature.name}` | {feature.meaning} | {feature.weight:+.2f} | {leanings} |" in page
