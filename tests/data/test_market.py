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

from adwright.config import MarketConfig
from adwright.data.corpus import load_corpus
from adwright.data.market import Market, make_market
from adwright.data.market_edits import EDITS, LIMITS, noun_phrase
from adwright.data.market_language import numbers_held, numbers_in, plain
from adwright.errors import NotFoundError, RunError
from adwright.records import TABLE_COLUMNS, Brief

HUMAN = [(text, entry.brief) for entry in load_corpus("market") for text in entry.texts()]


@pytest.fixture(scope="module")
def table(market):
    return market.table()


class TestTable:
    def test_it_is_an_ad_table(self, market, table):
        assert list(table.columns) == list(TABLE_COLUMNS)
        assert table.row_id.is_unique
        assert table.test_id.nunique() == market.config.tests
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

    def test_the_same_seed_gives_the_same_table(self, market, table):
        again = make_market(market.config, 3).table()
        assert again.equals(table)
        assert not make_market(market.config, 4).table().text.equals(table.text)

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
            market.truth([t], [b], period=p)[0]
            for t, b, p in zip(table.text, briefs, table.period, strict=True)
        ]
        tests = {test.id: test.luck for test in market.world.tests}
        expected = np.array(told) * table.test_id.map(tests).to_numpy() * table.impressions.to_numpy()
        scaled = (table.clicks.to_numpy() - expected) / np.sqrt(expected)
        assert abs(scaled.mean()) < 4 / np.sqrt(len(table))
        assert 0.9 < scaled.std() < 1.1

    def test_impressions_and_rates_are_as_asked(self, market, table):
        assert table.impressions.mean() == pytest.approx(market.config.impressions, rel=0.05)
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
        entries = load_corpus("market")
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
        entries = load_corpus("market")
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


class TestFolder:
    def test_a_saved_market_is_the_same(self, market, tmp_path):
        market.save(tmp_path / "market")
        again = Market.load(tmp_path / "market")
        assert again.config == market.config
        assert again.seed == market.seed
        assert again.world == market.world
        text, brief = HUMAN[0]
        assert again.truth([text], [brief]) == market.truth([text], [brief])

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
