import itertools
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adwright.config import PairsConfig
from adwright.data.splits import assign_role, assign_splits, assign_stories, check_leaks, near_duplicates
from adwright.data.table import validate
from adwright.errors import TableError


def table(rows):
    """An ad table of (test_id, text) or (test_id, text, split)."""
    frame = pd.DataFrame([(*row, "")[:3] for row in rows], columns=["test_id", "text", "split"])
    return validate(frame.assign(impressions=100, clicks=1), "t")


def many(tests, split="", start=0):
    return [
        (f"t{i:04d}", f"story{i} version {v} of {i}x{v}", split)
        for i in range(start, start + tests)
        for v in "ab"
    ]


def shingles(text):
    words = text.split()
    return set(itertools.pairwise(words)) or set(words)


def components(count, edges):
    label = list(range(count))
    for a, b in edges:
        old, new = label[a], label[b]
        label = [new if x == old else x for x in label]
    return {frozenset(i for i in range(count) if label[i] == x) for x in label}


@settings(max_examples=150)
@given(
    st.lists(
        st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), min_size=1, max_size=9).map(" ".join),
        max_size=12,
    ),
    st.sampled_from([0.0, 0.3, 0.5, 0.6, 0.9, 1.0]),
)
def test_near_duplicates_are_those_of_all_comparisons(texts, threshold):
    every = [
        (i, j)
        for i, j in itertools.combinations(range(len(texts)), 2)
        if len(shingles(texts[i]) & shingles(texts[j]))
        > threshold * len(shingles(texts[i]) | shingles(texts[j]))
    ]
    found = near_duplicates(texts, threshold)
    assert components(len(texts), found) == components(len(texts), every)


def test_twenty_thousand_texts_are_joined_quickly():
    rng = np.random.default_rng(0)
    words = np.array([f"w{i}" for i in range(3000)])
    chance = 1 / np.arange(1, 3001)
    drawn = rng.choice(words, size=(20_000, 12), p=chance / chance.sum())
    texts = [" ".join(row) for row in drawn]
    texts[19_999] = texts[5] + " more"
    started = time.process_time()
    found = near_duplicates(texts, 0.6)
    assert time.process_time() - started < 15
    assert (19_999, 5) in found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("夏季特价，全场手工皮包五折起", "夏季特价全场手工皮包五折起"),
        ("夏季特价，全场手工皮包五折起", "夏季特价，全场手工皮包六折起。"),
        ("夏季特价，全场手工皮包五折起", "夏季特价，全场手工皮包五折"),
        ("新款iPhone 15手机壳，买一送一", "新款 iPhone 15 手机壳：买一送一！"),
        ("夏の特価、手作り革バッグ", "夏の特価・手作り革バッグ"),
        ("ﾃﾞｻﾞｲﾝ家具の夏ｾｰﾙ開催中", "ﾃﾞｻﾞｲﾝ家具の夏ｾｰﾙ、開催中"),
        ("무료 배송 이벤트 지금 시작", "무료배송 이벤트, 지금 시작!"),
        ("𠮷野家の牛丼をお届けします", "𠮷野家の牛丼をお届けします！"),
        ("Free repairs for life on every bag", "Free repairs for life on every coat"),
    ],
)
def test_near_duplicates_are_found_in_scripts_without_spaces_too(one, other):
    assert near_duplicates([one, other], 0.6) == [(1, 0)]
    assert assign_stories(table([("a", one), ("b", other)]), 0.6).tolist() == ["a", "a"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("夏季特价，全场手工皮包五折起", "冬季上新，纯羊毛围巾全国包邮"),
        ("夏季特价，全场手工皮包五折起", "夏季特价，儿童凉鞋买一送一"),
        ("夏の特価、手作り革バッグ", "夏の新作、リネンのシャツ"),
        ("Free repairs for life", "Free returns within a month"),
        ("a-b c-d", "ab cd"),
    ],
)
def test_texts_that_say_different_things_stay_apart_in_every_script(one, other):
    assert near_duplicates([one, other], 0.6) == []
    assert assign_stories(table([("a", one), ("b", other)]), 0.6).tolist() == ["a", "b"]


def test_the_same_chinese_text_with_other_punctuation_is_a_leak():
    rows = [("a", "夏季特价，全场五折", "train"), ("b", "夏季特价 全场五折！", "test")]
    with pytest.raises(TableError, match="a text is on more than one side"):
        check_leaks(table(rows).assign(story=["a", "b"]))


def test_tests_that_share_a_text_or_nearly_are_one_story():
    frame = table(
        [
            ("b", "The quick brown fox jumps over the lazy dog today"),
            ("c", "the quick brown fox jumps over the lazy DOG, today!"),
            ("d", "The quick brown fox jumps over the lazy dog tonight"),
            ("d", "A bridge to the next"),
            ("e", "A bridge to the next"),
            ("f", "Nothing in common with them"),
            ("g", "!!!"),
            ("h", "???"),
        ]
    )
    assert assign_stories(frame, 0.6).tolist() == ["b", "b", "b", "b", "b", "f", "g", "h"]
    assert assign_stories(frame, 0.95).tolist() == ["b", "b", "d", "d", "d", "f", "g", "h"]


def test_a_story_that_is_known_joins_its_tests():
    frame = table([("a", "one thing"), ("b", "quite another"), ("c", "a third")])
    frame["story"] = ["s", "s", ""]
    stories = assign_stories(frame, 0.6)
    assert stories.tolist() == ["a", "a", "c"]
    assert assign_stories(frame.assign(story=stories), 0.6).tolist() == ["a", "a", "c"]


def test_stories_do_not_depend_on_the_order_of_rows():
    frame = table([*many(30), ("zz", "story3 version a of 3xa"), ("zz", "story9 version a of 9xa")])
    stories = assign_stories(frame, 0.6)
    shuffled = frame.sample(frac=1, random_state=1)
    assert assign_stories(shuffled, 0.6).sort_index().tolist() == stories.tolist()


def split(frame, seed=0, **settings):
    config = PairsConfig(**settings)
    frame = frame.assign(story=assign_stories(frame, config.near_duplicate))
    frame["split"] = assign_splits(frame, config, seed)
    return frame.assign(role=assign_role(frame, config, seed))


def test_shares_are_about_those_of_the_configuration():
    frame = split(table(many(2000)))
    shares = frame["split"].value_counts(normalize=True)
    assert shares["test"] == pytest.approx(0.2, abs=0.03)
    assert shares["valid"] == pytest.approx(0.08 * 0.8, abs=0.02)
    for name in ("train", "valid"):
        roles = frame["role"][frame["split"] == name].value_counts(normalize=True)
        assert roles["independent"] == pytest.approx(0.2, abs=0.08)
    assert set(frame["role"][frame["split"] == "test"]) == {""}
    check_leaks(frame)


def test_the_seed_decides_and_a_story_keeps_its_side_when_others_come():
    few, more = split(table(many(200))), split(table(many(300)))
    assert few["split"].tolist() == more["split"].tolist()[:400]
    assert few["role"].tolist() == more["role"].tolist()[:400]
    assert split(table(many(200)), seed=1)["split"].tolist() != few["split"].tolist()


def test_a_split_of_the_table_stands_and_valid_is_carved_from_train():
    frame = split(table(many(100, "train") + many(30, "test", start=100)))
    assert (frame["split"][200:] == "test").all()
    assert set(frame["split"][:200]) == {"train", "valid"}


def test_a_valid_split_of_the_table_stands_too_and_rows_without_are_train():
    given = table(many(20, "train") + many(5, "valid", 20) + many(5, "test", 25) + many(5, "", 30))
    frame = split(given)
    assert frame["split"].tolist() == ["train"] * 40 + ["valid"] * 10 + ["test"] * 10 + ["train"] * 10


def test_a_table_of_train_and_rows_without_gets_its_test_from_those():
    given = table(many(100, "train") + many(100, "", start=100))
    side = split(given)["split"]
    assert set(side[:200]) == {"train", "valid"}
    assert (side[200:] == "test").mean() == pytest.approx(0.2, abs=0.1)
    assert set(side[200:]) == {"train", "valid", "test"}


@pytest.mark.parametrize("sides", [("train",), ("train", "valid"), ("valid",)])
def test_no_test_is_taken_from_rows_that_the_table_puts_elsewhere(sides):
    rows = [row for number, side in enumerate(sides) for row in many(20, side, 20 * number)]
    assert "test" not in set(split(table(rows))["split"])


def test_a_story_on_both_sides_of_the_table_is_test():
    rows = [*many(50, "train"), *many(5, "test", 50), ("x", "story0 version a of 0xa", "test")]
    frame = split(table(rows))
    assert (frame["split"][frame["story"] == "t0000"] == "test").all()
    check_leaks(frame)


def test_small_shares_still_get_a_story_and_large_ones_leave_one():
    assert set(split(table(many(5)), valid_share=0.01, test_share=0.01)["split"]) == {
        "train",
        "valid",
        "test",
    }
    assert "proxy" in set(split(table(many(5)), independent_share=0.999)["role"])


@pytest.mark.parametrize("column", ["story", "test_id", "text"])
def test_leaks_are_found(column):
    frame = split(table(many(40)))
    train, test = frame.index[frame["split"] == "train"][0], frame.index[frame["split"] == "test"][0]
    frame.loc[test, column] = frame.loc[train, column]
    with pytest.raises(TableError, match="more than one side"):
        check_leaks(frame)


def test_two_roles_of_one_story_are_a_leak():
    frame = split(table(many(40)))
    frame.loc[frame.index[frame["role"] == "proxy"][0], "role"] = "independent"
    with pytest.raises(TableError, match="independent, train/proxy"):
        check_leaks(frame)
    check_leaks(frame.drop(columns="role"))
