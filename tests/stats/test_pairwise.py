import numpy as np
import pytest

from adwright.stats import accuracy


def test_accuracy_by_subset_and_ties_count_one_half():
    found = accuracy([1, -1, 0, 2], [0.5, 0.04, 0.001, 0.002], ["a", "b", "c", "d"])
    assert found["all"]["accuracy"] == pytest.approx(2.5 / 4)
    assert found["p05"]["accuracy"] == pytest.approx(1.5 / 3)
    assert found["p01"]["accuracy"] == pytest.approx(1.5 / 2)
    assert [found[name]["pairs"] for name in ("all", "p05", "p01")] == [4, 3, 2]
    assert 0 <= found["all"]["low"] < found["all"]["accuracy"] < found["all"]["high"] <= 1


def test_weights_count():
    assert accuracy([1, -1], [1, 1], ["a", "b"], [3, 1])["all"]["accuracy"] == 0.75


def test_what_cannot_be_computed_says_why():
    found = accuracy([1, 1], [0.02, 0.9], ["a", "a"])
    assert found["p05"] == {"accuracy": 1.0, "low": None, "high": None, "pairs": 1} | {
        "reason": found["p05"]["reason"]
    }
    assert "2 clusters" in found["p05"]["reason"]
    assert found["p01"]["accuracy"] is None
    assert found["p01"]["reason"] == "no pairs"
    assert accuracy([], [], [])["all"]["reason"] == "no pairs"


def test_all_right_or_all_wrong_is_not_certainty():
    stories = [str(i) for i in range(10)]
    right = accuracy([1] * 10, [1] * 10, stories)["all"]
    wrong = accuracy([-1] * 10, [1] * 10, stories)["all"]
    assert (right["low"], right["high"]) == (pytest.approx(0.025**0.1), 1.0)
    assert (wrong["low"], wrong["high"]) == (0.0, pytest.approx(1 - 0.025**0.1))


def test_scores_that_are_not_numbers_are_refused():
    with pytest.raises(ValueError, match="NaN"):
        accuracy([float("nan")], [1], ["a"])


def test_the_interval_is_clustered_by_story_and_covers_the_truth():
    rng = np.random.default_rng(0)
    inside = []
    for _ in range(400):
        story = np.repeat(np.arange(60), 8)
        chance = np.clip(0.6 + 0.2 * rng.standard_normal(60), 0, 1)[story]
        diff = np.where(rng.uniform(size=story.size) < chance, 1.0, -1.0)
        found = accuracy(diff, np.ones(story.size), story)["all"]
        inside.append(found["low"] <= 0.599 <= found["high"])
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)
