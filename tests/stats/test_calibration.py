import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from adwright.errors import NotEnoughDataError
from adwright.stats import both_orders, expected_calibration_error, fit_temperature, reliability

chances = st.lists(st.floats(0, 1), min_size=1, max_size=60)


def test_calibrated_predictions_have_little_error_and_inflated_ones_have_much():
    rng = np.random.default_rng(0)
    p = rng.uniform(size=20_000)
    outcome = rng.uniform(size=p.size) < p
    assert expected_calibration_error(p, outcome) < 0.015
    assert expected_calibration_error(expit(3 * np.log(p / (1 - p))), outcome) > 0.1


def test_error_by_hand_with_weights():
    assert expected_calibration_error([0.2, 0.8], [0, 1], bins=2) == pytest.approx(0.2)
    assert expected_calibration_error([0.2, 0.8], [0, 0], [3, 1], bins=1) == pytest.approx(0.35)


@pytest.mark.parametrize(
    ("p", "outcome", "error"),
    [
        ([0.3] * 10, [1] * 3 + [0] * 7, 0),
        ([0.3] * 10, [0] * 7 + [1] * 3, 0),
        ([0.3] * 10, [1] * 6 + [0] * 4, 0.3),
        ([0.2] * 5 + [0.8] * 5, [1, 0, 0, 0, 0, 1, 1, 1, 1, 0], 0),
        (*both_orders([0.5] * 10, [1] * 10), 0),
        (*both_orders([0.3] * 3 + [0.7] * 7, [1] * 10), 0),
        (*both_orders([0.3] * 5 + [0.7] * 5, [1] * 10), 0.2),
    ],
)
def test_equal_predictions_are_judged_together_whatever_their_order(p, outcome, error):
    assert expected_calibration_error(p, outcome) == pytest.approx(error)
    order = np.random.default_rng(0).permutation(len(p))
    assert expected_calibration_error(np.array(p)[order], np.array(outcome)[order]) == pytest.approx(error)


def test_ties_share_a_bin_and_the_rest_are_still_divided():
    found = reliability([0.5] * 50 + list(np.linspace(0.6, 0.9, 50)), np.ones(100))
    assert found[0].weight == pytest.approx(0.5)
    assert found[0].predicted == 0.5
    assert [b.weight for b in found[1:]] == pytest.approx([0.1] * 5)
    assert [b.weight for b in reliability(np.linspace(0, 1, 100), np.ones(100))] == pytest.approx([0.1] * 10)


@given(chances, st.integers(1, 12))
def test_bins_hold_all_weight_in_rising_order(p, bins):
    found = reliability(p, np.zeros(len(p)), bins=bins)
    assert sum(b.weight for b in found) == pytest.approx(1)
    assert [b.predicted for b in found] == sorted(b.predicted for b in found)
    assert len(found) <= bins


def test_both_orders_make_winners_and_losers_equal():
    p, outcome = both_orders([0.9, 0.6], [1, 1])
    np.testing.assert_allclose(p, [0.9, 0.6, 0.1, 0.4])
    assert outcome.mean() == 0.5


def test_no_predictions_are_refused():
    with pytest.raises(NotEnoughDataError):
        reliability([], [])
    with pytest.raises(NotEnoughDataError):
        expected_calibration_error([0.5], [1], [0])


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_the_temperature_is_found(temperature):
    rng = np.random.default_rng(1)
    d = 2 * rng.standard_normal(5000)
    assert fit_temperature(temperature * d, expit(d)) == pytest.approx(temperature, rel=1e-3)


def test_a_temperature_makes_hard_labels_calibrated():
    rng = np.random.default_rng(2)
    truth = 2 * rng.standard_normal(20_000)
    won = np.where(rng.uniform(size=truth.size) < expit(truth), 1, -1)
    d = 3 * truth * won
    t = fit_temperature(d, np.ones_like(d))
    assert t == pytest.approx(3, rel=0.05)
    assert expected_calibration_error(*both_orders(expit(d / t), np.ones_like(d))) < 0.02


def test_weights_choose_the_pairs():
    d = np.array([1.0, 1.0])
    p = expit([1.0, 0.25])
    assert fit_temperature(d, p, [1, 0]) == pytest.approx(1, rel=1e-3)
    assert fit_temperature(d, p, [0, 1]) == pytest.approx(4, rel=1e-3)


def test_scores_that_say_nothing_get_the_highest_temperature():
    assert fit_temperature([2.0, -2.0, 2.0], [0.1, 0.9, 0.1]) == pytest.approx(100)


@pytest.mark.parametrize("d", [[], [0.0, 0.0]])
def test_a_temperature_of_nothing_is_refused(d):
    with pytest.raises(NotEnoughDataError, match="temperature"):
        fit_temperature(d, [0.7] * len(d))
