import numpy as np
import pytest

from adwright.errors import NotEnoughDataError
from adwright.stats import cluster_mean, ratio_lift


def clustered(rng, clusters=40):
    """Values whose clusters differ, with clusters of unequal size; the true mean is 1."""
    sizes = rng.integers(1, 9, clusters)
    labels = np.repeat(np.arange(clusters), sizes)
    return 1 + rng.standard_normal(clusters)[labels] + 0.5 * rng.standard_normal(len(labels)), labels


def test_cluster_mean_by_hand():
    # clusters {1, 3} and {5}: mean 3, residual sums -2 and 2... (1-3)+(3-3) = -2, (5-3) = 2
    # variance = 2/1 * (4 + 4) / 9 = 16/9, half width = t(0.975, 1) * 4/3
    found = cluster_mean([1, 3, 5], ["a", "a", "b"])
    assert found.value == 3
    assert found.high - found.value == pytest.approx(12.7062 * 4 / 3, rel=1e-4)
    assert found.value - found.low == pytest.approx(found.high - found.value)


def test_weights_of_two_are_the_same_as_rows_twice():
    rng = np.random.default_rng(0)
    values, labels = clustered(rng)
    weights = rng.integers(1, 3, len(values))
    weighted = cluster_mean(values, labels, weights)
    repeated = cluster_mean(np.repeat(values, weights), np.repeat(labels, weights))
    assert weighted.as_dict() == pytest.approx(repeated.as_dict())


def test_cluster_mean_covers_the_truth():
    rng = np.random.default_rng(1)
    inside = []
    for _ in range(600):
        found = cluster_mean(*clustered(rng))
        inside.append(found.low <= 1 <= found.high)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)


def test_ratio_lift_covers_the_truth():
    rng = np.random.default_rng(4)
    inside = []
    for _ in range(500):
        size, labels = np.exp(rng.standard_normal(60)), np.repeat(np.arange(60), 3)
        b = rng.poisson(20 * size[labels])
        a = rng.poisson(22 * size[labels])
        found = ratio_lift(a, b, labels)
        inside.append(found.low <= 0.1 <= found.high)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)


def test_ratio_lift_by_hand():
    found = ratio_lift([2, 4], [1, 3], ["a", "b"])
    # r = 1.5, residuals 0.5 and -0.5, variance = 2 * 0.5 / 16
    assert found.value == pytest.approx(0.5)
    assert found.high - found.value == pytest.approx(12.7062 * 0.25, rel=1e-4)


@pytest.mark.parametrize("labels", [["a", "a"], []])
def test_fewer_than_two_clusters_are_refused(labels):
    with pytest.raises(NotEnoughDataError, match="2 clusters"):
        cluster_mean(np.ones(len(labels)), labels)


def test_other_impossible_intervals_are_refused():
    with pytest.raises(NotEnoughDataError, match="zero"):
        cluster_mean([1, 2], ["a", "b"], [0, 0])
    with pytest.raises(NotEnoughDataError, match="not positive"):
        ratio_lift([1, 2], [0, 0], ["a", "b"])
    with pytest.raises(ValueError, match="labels"):
        cluster_mean([1, 2, 3], ["a", "b"])
