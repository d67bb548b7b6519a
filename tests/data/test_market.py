from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adwright.config import MarketConfig
from adwright.data.corpus import load_corpus
from adwright.data.market import Market, make_market
from adwright.data.market_edits import EDITS, LIMITS, noun_phrase
from adwright.data.market_language import fluency, numbers_held, numbers_in, plain, sentences, stem
from adwright.data.market_truth import APPEAL, PENALTIES, SEGMENTS, segment_of
from adwright.errors import InputError, NotFoundError, RunError
from adwright.records import TABLE_COLUMNS, Brief

SMALL = MarketConfig(advertisers=30, tests=200, impressions=4000)
HUMAN = [(text, entry.brief) for entry in load_corpus() for text in entry.texts()]
TENT = Brief(
    product="two-person tent",
    brand="Norvale",
    facts=("€179", "weighs 1.9 kg", "pitches in 6 minutes", "free delivery in Ireland"),
    audience="couples who camp at weekends",
    placement="description",
)
GOOD = "Pitch your two-person tent in 6 minutes and enjoy the evening together. €179. Order today."


@pytest.fixture(scope="module")
def market() -> Market:
    return make_market(SMALL, 3)


@pytest.fixture(scope="module")
def table(market):
    return market.table()


def rate(market: Market, text: str, brief: Brief = TENT, **context: str) -> float:
    audiences = [context["audience"]] if "audience" in context else None
    return float(market.truth([text], [brief], audiences, context.get("period"))[0])


def relative(market: Market, change) -> np.ndarray:
    """True rates of changed human texts, as shares of their own."""
    briefs = [brief for _, brief in HUMAN]
    before = market.truth([text for text, _ in HUMAN], briefs)
    return market.truth([change(text, brief) for text, brief in HUMAN], briefs) / before


class TestTable:
    def test_it_is_an_ad_table(self, table):
        assert list(table.columns) == list(TABLE_COLUMNS)
        assert table.row_id.is_unique
        assert table.test_id.nunique() == SMALL.tests
        assert table.groupby("test_id").size().between(3, 6).all()
        assert not table.duplicated(["test_id", "text"]).any()
        assert (table.impressions >= 1).all()
        assert (table.clicks <= table.impressions).all()
        assert (table.conversions <= table.clicks).all()
        assert (table.spend >= 0).all()
        assert not table.flagged.any()
        assert table.story.nunique() > 50
        assert (table.split == "").all()

    def test_within_a_test_only_the_text_differs(self, table):
        same = table.groupby("test_id")[["advertiser", "audience", "period", "brief"]].nunique()
        assert (same == 1).all(axis=None)
        assert table.period.str.fullmatch(r"2025-W[0-5][0-9]").all()
        for brief, audience in zip(table.brief, table.audience, strict=True):
            assert Brief.model_validate_json(brief).audience == audience

    def test_the_same_seed_gives_the_same_table(self, table):
        again = make_market(SMALL, 3).table()
        assert again.equals(table)
        assert not make_market(SMALL, 4).table().text.equals(table.text)

    @pytest.mark.parametrize("seed", ["1", "77"])
    def test_the_table_does_not_hang_on_the_hash_seed(self, seed):
        program = (
            "import hashlib; from adwright.config import MarketConfig;"
            "from adwright.data.market import make_market;"
            "t = make_market(MarketConfig(advertisers=24, tests=90), 5).table();"
            "print(hashlib.sha256(t.to_csv().encode()).hexdigest())"
        )
        here = make_market(MarketConfig(advertisers=24, tests=90), 5).table()
        source = Path(sys.modules["adwright"].__file__).parents[1]
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(source), "OMP_NUM_THREADS": "1"}
        out = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert out.stdout.strip() == hashlib.sha256(here.to_csv().encode()).hexdigest()

    def test_clicks_follow_the_truth(self, market, table):
        briefs = [Brief.model_validate_json(b) for b in table.brief]
        told = [
            rate(market, t, b, period=p) for t, b, p in zip(table.text, briefs, table.period, strict=True)
        ]
        tests = {test.id: test.luck for test in market.world.tests}
        expected = np.array(told) * table.test_id.map(tests).to_numpy() * table.impressions.to_numpy()
        scaled = (table.clicks.to_numpy() - expected) / np.sqrt(expected)
        assert abs(scaled.mean()) < 4 / np.sqrt(len(table))
        assert 0.9 < scaled.std() < 1.1

    def test_impressions_and_rates_are_as_asked(self, table):
        assert table.impressions.mean() == pytest.approx(SMALL.impressions, rel=0.05)
        assert 0.012 < table.clicks.sum() / table.impressions.sum() < 0.035

    def test_texts_of_a_test_differ_enough_to_learn_from(self, market, table):
        rates = np.log(market.truth(list(table.text), [Brief.model_validate_json(b) for b in table.brief]))
        within = table.assign(rate=rates).groupby("test_id").rate
        assert 0.18 < np.sqrt(within.var().mean()) < 0.27
        assert 0.12 < (within.max() - within.mean()).mean() < 0.35

    def test_all_sectors_advertise(self, market):
        full = make_market(MarketConfig(tests=300), 0)
        assert len({a.sector for a in full.world.advertisers}) == 24
        assert len(set(full.families().values())) > 100
        assert set(market.families()) == {test.id for test in market.world.tests}


class TestTexts:
    def test_numbers_are_the_briefs(self, table):
        for text, brief in zip(table.text, table.brief, strict=True):
            held = numbers_held(plain(Brief.model_validate_json(brief).grounds()))
            assert set(numbers_in(plain(text))) <= held, text

    def test_no_name_of_the_corpus_is_left(self, market):
        entries = load_corpus()
        for campaign in market.world.campaigns:
            old = next(
                w
                for w in entries[campaign.family].brief.brand.split()
                if w not in {"The", "Mother", "Casa", "Trattoria"}
            )
            assert campaign.advertiser.name in campaign.brief.brand
            for said in (*campaign.texts, *campaign.brief.facts, campaign.brief.product, campaign.brief.goal):
                assert not re.search(rf"\b{re.escape(old)}\b", said)

    def test_they_look_like_sentences(self, market):
        for campaign in market.world.campaigns:
            low, high = LIMITS[campaign.brief.placement]
            for text in campaign.texts:
                assert 20 <= len(text) <= high, text
                assert text == " ".join(text.split())
                assert not re.search(r"[{}<>_|]|\bNone\b|[.,;:?!]{2}| [.,;:?!]", text), text
                assert not text[0].islower(), text
        assert low > 0

    def test_prices_keep_their_order(self, market):
        entries = load_corpus()
        for campaign in market.world.campaigns:
            before = [_prices(f) for f in entries[campaign.family].brief.facts]
            after = [_prices(f) for f in campaign.brief.facts]
            old, new = list(chain(*before)), list(chain(*after))
            assert len(old) == len(new)
            assert np.array_equal(np.argsort(old, kind="stable"), np.argsort(new, kind="stable"))

    def test_every_edit_does_something(self):
        rng = np.random.default_rng(0)
        for edit in dict.fromkeys(EDITS):
            changed = {edit(text, brief, rng) for text, brief in HUMAN} - {text for text, _ in HUMAN}
            assert len(changed) >= 8, edit

    @pytest.mark.parametrize(
        ("product", "phrase"),
        [
            ("two-person tent", "a two-person tent"),
            ("eye test", "an eye test"),
            ("one-page websites with hosting for cafés", "one-page websites with hosting for cafés"),
            ("website hosting", "website hosting"),
            ("online spreadsheet course", "an online spreadsheet course"),
            ("The Tin Lighthouse puppet show", ""),
            ("EV battery health check", "an EV battery health check"),
            ("MOT and service", "an MOT and service"),
            ("virtual private server (VPS)", "a virtual private server"),
        ],
    )
    def test_articles(self, product, phrase):
        assert noun_phrase(product) == phrase


def _prices(text: str) -> list[float]:
    return [float(p.replace(",", "")) for p in re.findall(r"[£$€]([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)", text)]


class TestTruth:
    @settings(max_examples=150, deadline=None)
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


class TestLanguage:
    def test_numbers(self):
        assert numbers_in("£1,690 at 9:00 or 6:30, six two-person tents, 55 x 4.00") == [
            "£1690",
            "9",
            "6:30",
            "6",
            "2",
            "55",
            "4",
        ]

    def test_kin_have_one_stem(self):
        assert stem("plumber") == stem("plumbing") == stem("Plumber's")
        assert stem("puppies") == stem("puppy")
        assert stem("swimming") == stem("swim")

    def test_sentences(self):
        assert sentences("Wet feet again? Boots, $1.50. Go!") == ["Wet feet again?", "Boots, $1.50.", "Go!"]

    def test_word_order_is_heard(self):
        rng = np.random.default_rng(0)
        human = [plain(text) for text, _ in HUMAN]
        salad = [" ".join(rng.permutation(text.split())) for text in human]
        odd = np.array([fluency().oddness(text) for text in human])
        odder = np.array([fluency().oddness(text) for text in salad])
        assert np.mean(odder > odd) > 0.95


class TestFolder:
    def test_a_saved_market_is_the_same(self, market, tmp_path):
        market.save(tmp_path / "market")
        again = Market.load(tmp_path / "market")
        assert again.config == market.config
        assert again.seed == market.seed
        assert again.world == market.world
        assert rate(again, GOOD) == rate(market, GOOD)

    def test_no_market_there(self, tmp_path):
        with pytest.raises(NotFoundError, match=r"market\.json"):
            Market.load(tmp_path)

    @pytest.mark.parametrize(
        "content",
        [
            '{"truth": 1}',
            "[]",
            "{",
            '{"truth": 0, "config": {}, "seed": 1}',
            '{"truth": 1, "config": {"tests": 0}, "seed": 1}',
        ],
    )
    def test_a_damaged_or_other_market_is_refused(self, tmp_path, content):
        (tmp_path / "market.json").write_text(content)
        with pytest.raises(RunError):
            Market.load(tmp_path)


def test_the_documentation_lists_the_truth():
    page = (Path(__file__).parents[2] / "docs" / "market.md").read_text(encoding="utf-8")
    for feature in (*APPEAL, *PENALTIES):
        leanings = ", ".join(f"{s} {w:+.2f}" for s, w in feature.by_segment.items())
        assert f"| `{feature.name}` | {feature.meaning} | {feature.weight:+.2f} | {leanings} |" in page
