from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from adwright.config import PairsConfig
from adwright.data.importers import import_table
from adwright.data.pairs import evaluation_pairs, make_pairs, sources
from adwright.data.splits import check_leaks
from adwright.data.table import read_table, validate, write_table
from adwright.errors import NotEnoughDataError
from adwright.records import PAIR_COLUMNS, Brief, Source
from adwright.stats import EmpiricalBayes, two_proportion_p


def market(tests=120, texts=3, seed=0, **columns):
    """An ad table of simulated tests."""
    rng = np.random.default_rng(seed)
    rate = 0.03 * np.exp(0.3 * rng.standard_normal(tests * texts))
    frame = pd.DataFrame(
        {
            "test_id": np.repeat([f"t{i:03d}" for i in range(tests)], texts),
            "text": [f"product{k // texts} text {k} words{k}" for k in range(tests * texts)],
            "impressions": 2000,
            "clicks": rng.binomial(2000, rate),
            "audience": np.repeat([f"group {i % 4}" for i in range(tests)], texts),
        }
        | columns
    )
    return validate(frame, "market")


def one_test(**columns):
    base = {"test_id": "t", "text": ["a a", "b b"], "impressions": [1000, 1000], "clicks": [30, 20]}
    return validate(pd.DataFrame(base | columns), "f")


def test_pairs_are_all_pairs_within_a_test_winner_first():
    frame = market()
    pairs, table, summary = make_pairs(frame, PairsConfig(), 0)
    assert list(pairs.columns) == [*PAIR_COLUMNS, "role"]
    equal = summary["dropped"].get("pairs with equal rates", 0)
    assert len(pairs) + equal == 120 * 3
    assert (
        pairs["winner_clicks"] / pairs["winner_impressions"]
        > pairs["loser_clicks"] / pairs["loser_impressions"]
    ).all()
    rows = table.set_index("row_id")
    for side in ("winner", "loser"):
        of_row = rows.loc[pairs[f"{side}_row"]]
        assert of_row["text"].tolist() == pairs[side].tolist()
        assert of_row["clicks"].tolist() == pairs[f"{side}_clicks"].tolist()
        assert of_row["test_id"].tolist() == pairs["test_id"].tolist()
        assert of_row["audience"].tolist() == pairs["context"].tolist()
    p = two_proportion_p(*(pairs[c] for c in PAIR_COLUMNS if c.endswith(("clicks", "impressions"))))
    np.testing.assert_allclose(pairs["p_value"], p)
    assert pairs["p_win"].between(0.5, 1).all()


def test_the_table_gets_its_stories_splits_and_roles_without_leaks(tmp_path):
    _, table, _ = make_pairs(market(), PairsConfig(), 0)
    check_leaks(table)
    assert (table["story"] != "").all()
    write_table(table, tmp_path / "table.parquet")
    pd.testing.assert_frame_equal(read_table(tmp_path / "table.parquet"), table)


def test_making_pairs_again_from_the_result_changes_nothing():
    pairs, table, summary = make_pairs(market(), PairsConfig(), 0)
    again, table_again, summary_again = make_pairs(table, PairsConfig(), 0)
    pd.testing.assert_frame_equal(pairs, again)
    pd.testing.assert_frame_equal(table, table_again)
    assert summary == summary_again


def test_the_summary_counts_what_is_there():
    pairs, _, summary = make_pairs(market(), PairsConfig(), 0)
    assert (summary["rows"], summary["tests"], summary["tests_used"], summary["stories"]) == (
        360,
        120,
        120,
        120,
    )
    assert sum(n for roles in summary["pairs"].values() for n in roles.values()) == len(pairs)
    assert set(summary["pairs"]["train"]) == {"proxy", "independent"}
    assert set(summary["pairs"]["test"]) == {"all"}
    assert summary["tau"] == pytest.approx(0.3, abs=0.06)
    assert summary["median_p_win"] == pairs["p_win"].median()
    ceiling = summary["noise_ceiling"]["test"]
    assert 0.5 < ceiling["all"] < ceiling["p05"] < 1


def test_rows_that_are_left_out_are_counted_by_reason():
    frame = market()
    frame.loc[0, "flagged"] = True
    frame.loc[3:4, ["impressions", "clicks"]] = [50, 1]
    _, _, summary = make_pairs(frame, PairsConfig(), 0)
    assert summary["dropped"]["flagged"] == 1
    assert summary["dropped"]["shown less than 100 times"] == 2
    assert summary["dropped"]["alone in its test"] == 1
    assert summary["tests_used"] == 119
    assert summary["rows"] == 360
    kept = make_pairs(frame, PairsConfig(drop_flagged=False, min_impressions=1), 0)[2]
    assert not {"flagged", "alone in its test"} & set(kept["dropped"])


def test_the_table_keeps_what_the_pairs_may_use_and_lone_texts():
    frame = market()
    frame.loc[0, "flagged"] = True
    frame.loc[3:4, ["impressions", "clicks"]] = [50, 1]
    table = make_pairs(frame, PairsConfig(), 0)[1]
    assert table["row_id"].tolist() == [row for row in frame["row_id"] if row not in {"1", "4", "5"}]
    assert (table["test_id"] == "t001").sum() == 1
    flagged_too = make_pairs(frame, PairsConfig(drop_flagged=False), 0)[1]
    assert flagged_too["row_id"].tolist() == [row for row in frame["row_id"] if row not in {"4", "5"}]
    assert len(make_pairs(frame, PairsConfig(drop_flagged=False, min_impressions=1), 0)[1]) == 360


def test_equal_rates_make_no_pair():
    frame = one_test(text=["a", "b", "c"], impressions=[1000, 300, 100], clicks=[30, 9, 4])
    assert evaluation_pairs(frame)["loser"].tolist() == ["a", "b"]
    with pytest.raises(NotEnoughDataError, match="same click rate"):
        evaluation_pairs(one_test(clicks=[20, 20]))


def test_repeated_texts_make_no_pair():
    frame = one_test(text=["a", "a", "b"], impressions=1000, clicks=[30, 20, 10])
    pairs = evaluation_pairs(frame)
    assert sorted(zip(pairs["winner"], pairs["loser"], strict=True)) == [("a", "b"), ("a", "b")]


def test_the_brief_is_the_tests_and_does_not_tell_the_winner():
    briefs = [Brief(product=p).model_dump_json() for p in ("common", "common", "winners own")]
    frame = one_test(text=["a", "b", "c"], impressions=1000, clicks=[10, 20, 30], brief=briefs)
    assert set(evaluation_pairs(frame)["brief"]) == {briefs[0]}


def test_evaluation_pairs_take_all_rows_whatever_their_split():
    frame = market(tests=10, split="test")
    pairs = evaluation_pairs(frame)
    assert list(pairs.columns) == list(PAIR_COLUMNS)
    assert set(pairs["split"]) == {"test"}
    assert pairs["story"].nunique() == 10
    frame["flagged"] = True
    assert len(evaluation_pairs(frame, drop_flagged=False)) == len(pairs)
    with pytest.raises(NotEnoughDataError, match="30 rows flagged"):
        evaluation_pairs(frame)
    with pytest.raises(NotEnoughDataError, match="shown less than 5000 times"):
        evaluation_pairs(frame, drop_flagged=False, min_impressions=5000)


def test_too_few_tests_are_refused_with_what_is_needed():
    with pytest.raises(NotEnoughDataError) as caught:
        make_pairs(one_test(), PairsConfig(), 0)
    assert "1 tests in 1 stories" in caught.value.what
    assert "test" in caught.value.what
    assert "more tests" in caught.value.fix
    with pytest.raises(NotEnoughDataError, match="no test has two texts"):
        make_pairs(market(texts=1), PairsConfig(), 0)


def test_a_table_that_calls_all_its_tests_train_is_told_how_to_get_a_test_split():
    with pytest.raises(NotEnoughDataError, match="no pairs for test") as caught:
        make_pairs(market(split="train"), PairsConfig(), 0)
    assert "leave rows empty" in caught.value.fix
    half = market(split=np.where(np.arange(360) < 180, "train", ""))
    assert set(make_pairs(half, PairsConfig(), 0)[2]["pairs"]) == {"train", "valid", "test"}


def test_a_table_with_splits_of_its_own_needs_no_shares():
    sides = np.repeat(["train", "valid", "test"], [270, 45, 45])
    summary = make_pairs(market(split=sides), PairsConfig(test_share=0.001, valid_share=0.001), 0)[2]
    assert {split: set(roles) for split, roles in summary["pairs"].items()} == {
        "train": {"proxy", "independent"},
        "valid": {"proxy", "independent"},
        "test": {"all"},
    }


def test_stories_on_both_sides_of_the_file_are_noted():
    frame = market(split=["train"] * 240 + ["test"] * 120)
    frame.loc[359, "text"] = frame.loc[0, "text"]
    _, table, summary = make_pairs(frame, PairsConfig(), 0)
    assert summary["notes"] == ["1 stories had rows in train and in test; they are in test as a whole"]
    assert table["split"][0] == "test"


def test_sources_are_human_texts_that_can_be_beaten():
    _, table, _ = make_pairs(market(), PairsConfig(), 0)
    found = sources(table, "train", "proxy", None, 0)
    assert all(isinstance(s, Source) for s in found)
    inside = table[(table["split"] == "train") & (table["role"] == "proxy")]
    assert len(found) == inside["test_id"].nunique()
    best = inside.loc[inside.groupby("test_id")["clicks"].idxmax()].set_index("test_id")["text"]
    for source in found:
        texts = set(inside["text"][inside["test_id"] == source.id])
        assert {source.text, source.second} <= texts
        assert source.text not in (best[source.id], source.second)


def test_sources_stand_on_counts_that_the_configuration_believes():
    """One text of each test was hardly shown, or flagged: it is no source, no second, and no best one."""
    doubtful = np.arange(360) % 3 == 0
    frame = market(impressions=np.where(doubtful, 3, 2000), clicks=np.where(doubtful, 3, 40))
    frame["clicks"] += np.arange(360) % 3
    frame.loc[doubtful, "clicks"] = 3
    flagged = frame.assign(flagged=doubtful, impressions=2000)
    flagged.loc[flagged["test_id"] == "t000", "flagged"] = True
    for given in (frame, flagged):
        table = make_pairs(given, PairsConfig(), 0)[1]
        found = [s for split in ("train", "valid", "test") for s in sources(table, split, None, None, 0)]
        assert {s.id for s in found} == set(given["test_id"][~given["flagged"]])
        told = {text for s in found for text in (s.text, s.second)}
        assert not told & set(given["text"][doubtful])
        worse = set(given["text"][np.arange(360) % 3 == 1])
        assert {s.text for s in found} <= worse
    believed = PairsConfig(drop_flagged=False, min_impressions=1)
    table = make_pairs(flagged, believed, 0)[1]
    assert set(table["text"]) == set(flagged["text"])


def test_sources_are_the_same_for_the_same_seed():
    _, table, _ = make_pairs(market(), PairsConfig(), 0)
    one = sources(table, "train", None, 10, 5)
    shuffled = table.sample(frac=1, random_state=2)
    assert one == sources(shuffled, "train", None, 10, 5)
    assert len(one) == 10
    assert one != sources(table, "train", None, 10, 6)


def test_sources_of_several_texts_and_different_stories_come_first():
    frame = validate(
        pd.DataFrame(
            {
                "test_id": ["a", "b", "c", "c", "d", "d", "e"],
                "text": ["one", "one", "two", "three", "four", "five", "six"],
                "impressions": 100,
                "clicks": [1, 1, 1, 2, 1, 2, 1],
                "story": ["a", "a", "c", "c", "c", "c", "e"],
                "split": "test",
                "brief": '{"product": "p"}',
            }
        ),
        "f",
    )
    found = sources(frame, "test", None, None, 0)
    assert [s.text for s in found[:2]] in (["two", "four"], ["four", "two"])
    assert sorted(s.text for s in found[2:]) == ["one", "six"]
    assert [s.second for s in found[2:]] == ["", ""]
    assert found[0].brief.product == "p"


def test_sources_of_an_empty_side_are_refused():
    with pytest.raises(NotEnoughDataError, match="no texts in valid"):
        sources(one_test(split="test"), "valid", None, 5, 0)


@pytest.fixture(scope="module")
def upworthy(shared):
    return import_table(shared / "data" / "upworthy.parquet")


def test_the_upworthy_archive_gives_the_pairs_that_are_known(upworthy):
    frame, report = upworthy
    assert (report.rows_read, report.rows_kept) == (18_011, 15_198)
    pairs, table, summary = make_pairs(frame, PairsConfig(min_impressions=1), 0)
    check_leaks(table)
    train = pairs[pairs["split"] != "test"]
    assert len(train) == pytest.approx(9936, abs=15)
    assert train["test_id"].nunique() == pytest.approx(1229, abs=4)
    test = pairs[pairs["split"] == "test"]
    assert len(test) == pytest.approx(3344, abs=5)
    assert test["test_id"].nunique() == pytest.approx(391, abs=2)
    assert summary["noise_ceiling"]["test"]["all"] == pytest.approx(0.81, abs=0.01)


def test_upworthy_excerpts_are_passages_and_no_markup(upworthy):
    frame, _ = upworthy
    excerpts = frame["brief"].drop_duplicates().map(lambda b: Brief.model_validate_json(b).excerpt)
    assert excerpts.str.len().max() <= 302
    assert not excerpts.str.contains(r"</?p>|&amp;|&nbsp;|Things that matter. Pass 'em", regex=True).any()
    assert (excerpts != "").mean() > 0.99


def test_p_win_predicts_the_other_half_of_upworthys_clicks(upworthy):
    """Half of each row's clicks is thinned away; p_win of one half must foretell the winner of the other."""
    frame, _ = upworthy
    frame = frame[~frame["flagged"] & (frame.groupby("test_id")["text"].transform("nunique") > 1)]
    rng = np.random.default_rng(0)
    first = rng.binomial(frame["clicks"].to_numpy(), 0.5)
    second = frame["clicks"].to_numpy() - first
    shown, tests = frame["impressions"].to_numpy() / 2, frame["test_id"].to_numpy()
    model = EmpiricalBayes.fit(first, shown, tests)
    known = model.posterior(first, shown, tests)
    i = np.flatnonzero(tests[1:] == tests[:-1])
    j = i + 1
    seen = np.sqrt(known.sd**2 + 1 / (shown * np.exp(known.mean)))
    predicted = replace(known, sd=seen).p_better(i, j)
    rate = second / shown
    happened = np.where(rate[i] == rate[j], 0.5, rate[i] > rate[j])
    likely = np.maximum(predicted, 1 - predicted)
    right = np.where(predicted > 0.5, happened, 1 - happened)
    assert likely.mean() == pytest.approx(right.mean(), abs=0.02)
