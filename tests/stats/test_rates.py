import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from adwright.errors import NotEnoughDataError
from adwright.stats import (
    EmpiricalBayes,
    Rate,
    both_orders,
    expected_calibration_error,
    noise_ceiling,
    two_proportion_p,
)

counts = st.tuples(st.integers(0, 50), st.integers(50, 500))


def simulate(seed, tests=1500, texts=4, shown=3000, ctr=0.015, tau=0.25):
    """Truth and counts of tests: true log rates, clicks, impressions, test labels."""
    rng = np.random.default_rng(seed)
    log_rate = np.log(ctr) + 0.5 * rng.standard_normal((tests, 1)) + tau * rng.standard_normal((tests, texts))
    impressions = rng.poisson(shown, (tests, texts)) + 1
    clicks = rng.binomial(impressions, np.exp(log_rate))
    labels = np.repeat([f"t{i}" for i in range(tests)], texts)
    return log_rate.ravel(), clicks.ravel(), impressions.ravel(), labels


def pairs_of(values):
    """Positions of texts that stand side by side, and so in one test."""
    at = np.arange(len(values))
    return at[0::2], at[1::2]


@given(counts, counts, counts)
def test_rates_add_up_in_any_order(a, b, c):
    one, two, three = Rate(*a), Rate(*b), Rate(*c)
    assert (one + two) + three == three + (two + one)
    assert (one + two).value == (a[0] + b[0]) / (a[1] + b[1])


def test_rate_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="clicks"):
        Rate(3, 2)
    with pytest.raises(NotEnoughDataError):
        _ = Rate().value


def test_two_proportion_p_by_hand():
    # pooled 0.15, sd = sqrt(0.15 * 0.85 * 0.02) = 0.050498, z = 0.1 / 0.050498 = 1.9803
    assert two_proportion_p(20, 100, 10, 100) == pytest.approx(2 * norm.sf(1.980295), rel=1e-5)
    assert two_proportion_p([20, 5], [100, 50], [10, 5], [100, 50])[1] == 1.0


def test_two_proportion_p_is_nan_where_it_does_not_exist():
    assert np.isnan(two_proportion_p([0, 9], [10, 9], [0, 5], [20, 5])).all()


def test_two_proportion_p_is_uniform_under_equal_rates():
    rng = np.random.default_rng(0)
    a, b = rng.binomial(3000, 0.02, (2, 20_000))
    p = two_proportion_p(a, 3000, b, 3000)
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.006)


@pytest.mark.parametrize(("shown", "ctr", "tau"), [(3000, 0.015, 0.25), (6000, 0.03, 0.1), (300, 0.01, 0.25)])
def test_tau_is_found(shown, ctr, tau):
    _, clicks, impressions, tests = simulate(1, shown=shown, ctr=ctr, tau=tau)
    model = EmpiricalBayes.fit(clicks, impressions, tests)
    assert model.tau == pytest.approx(tau, rel=0.12)
    assert model.tests == 1500


def test_tau_has_a_floor_where_all_texts_are_alike():
    _, clicks, impressions, tests = simulate(2, tau=0.0, tests=200)
    assert 0.001 <= EmpiricalBayes.fit(clicks, impressions, tests).tau < 0.06


def test_fit_needs_a_test_of_two_texts():
    with pytest.raises(NotEnoughDataError, match="two texts"):
        EmpiricalBayes.fit([1, 2], [10, 20], ["a", "b"])


@pytest.mark.parametrize(
    ("shown", "ctr", "tau"),
    [
        (3000, 0.015, 0.25),
        (300, 0.01, 0.25),
        (3000, 0.015, 0.5),
        ((20_000, 300), 0.02, 0.3),
        ((300, 20_000), 0.02, 0.3),
        ((3000, 3000, 3000, 100), 0.02, 0.3),
        ((20_000, 300, 20_000, 1000), 0.02, 0.3),
    ],
)
def test_p_better_is_calibrated_and_differences_are_covered(shown, ctr, tau):
    texts = np.size(shown) if np.size(shown) > 1 else 4
    truth, clicks, impressions, tests = simulate(
        3, tests=16_000 // texts, texts=texts, shown=shown, ctr=ctr, tau=tau
    )
    found = EmpiricalBayes.fit(clicks, impressions, tests).posterior(clicks, impressions, tests)
    i, j = pairs_of(truth)
    right = truth[i] > truth[j]
    p = found.p_better(i, j)
    assert expected_calibration_error(*both_orders(p, right)) < 0.02
    assert np.maximum(p, 1 - p).mean() == pytest.approx(np.mean((p > 0.5) == right), abs=0.012)
    mean, sd = found.difference(i, j)
    covered = np.abs(mean - (truth[i] - truth[j])) < 1.96 * sd
    assert covered.mean() == pytest.approx(0.95, abs=0.015)


def test_the_tests_mean_is_uncertain_where_texts_are_shrunk_unequally():
    model = EmpiricalBayes(0.3)
    equal = model.posterior([40, 40], [2000, 2000], ["a", "a"])
    assert equal.difference(0, 1)[1] == pytest.approx(np.hypot(*equal.sd))
    unequal = model.posterior([400, 6], [20_000, 300], ["a", "a"])
    # By hand, at the common rate 0.02: v = 1/400 and 1/6, w = 1/(v + 0.09), B = 0.09 w.
    v = 1 / np.array([400, 6])
    w = 1 / (v + 0.09)
    b = 0.09 * w
    assert unequal.difference(0, 1)[1] ** 2 == pytest.approx(
        np.sum(b * v) + (b[0] - b[1]) ** 2 / w.sum(), rel=0.02
    )
    assert unequal.difference(0, 1)[1] > 1.1 * np.hypot(*unequal.sd)
    assert unequal.p_better(0, 1) == pytest.approx(1 - unequal.p_better(1, 0))


@pytest.mark.parametrize("shown", [3000, (20_000, 300, 20_000, 300)])
def test_noise_ceiling_is_what_a_perfect_model_reaches(shown):
    truth, clicks, impressions, tests = simulate(4, tests=4000, shown=shown)
    found = EmpiricalBayes.fit(clicks, impressions, tests).posterior(clicks, impressions, tests)
    i, j = pairs_of(truth)
    rate = clicks / impressions
    differ = rate[i] != rate[j]
    won = rate[i] > rate[j]
    p_win = np.where(won, found.p_better(i, j), found.p_better(j, i))[differ]
    perfect = (won == (truth[i] > truth[j]))[differ].mean()
    assert noise_ceiling(p_win) == pytest.approx(perfect, abs=0.012)


def test_noise_ceiling_counts_what_is_below_one_half_as_it_is():
    assert noise_ceiling([0.9, 0.4]) == pytest.approx(0.65)
    with pytest.raises(NotEnoughDataError):
        noise_ceiling([])


@given(st.permutations(list(range(12))))
def test_posterior_does_not_depend_on_the_order_of_rows(order):
    truth, clicks, impressions, tests = simulate(5, tests=3)
    model = EmpiricalBayes(0.25)
    found = model.posterior(clicks, impressions, tests)
    again = model.posterior(clicks[order], impressions[order], tests[order])
    for name in ("mean", "sd", "shared"):
        np.testing.assert_allclose(getattr(again, name), getattr(found, name)[order])
    assert truth.shape == found.mean.shape


def test_posterior_shrinks_more_where_less_was_shown():
    model = EmpiricalBayes(0.2)
    found = model.posterior([10, 1000], [100, 20_000], ["a", "a"])
    raw = np.log(np.array([10.5, 1000.5]) / np.array([101, 20_001]))
    assert abs(found.mean[0] - raw[0]) > 5 * abs(found.mean[1] - raw[1])
    assert found.sd[0] > found.sd[1]
    assert found.shared[0] > found.shared[1]
