"""Click rates of texts that were shown in the same test.

The rates of one test's texts are close to each other, and single counts are noisy, so each is
shrunk towards its test by an empirical-Bayes model with one parameter, the true spread ``tau``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from adwright.errors import NotEnoughDataError

__all__ = ["EmpiricalBayes", "Posterior", "Rate", "noise_ceiling", "two_proportion_p"]

Floats = NDArray[np.float64]
TAU_FLOOR = 1e-3


@dataclass(frozen=True)
class Rate:
    """Sufficient statistics of a rate; they add up."""

    clicks: int = 0
    impressions: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.clicks <= self.impressions:
            raise ValueError(f"clicks must be 0 to impressions: {self.clicks} of {self.impressions}")

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.clicks + other.clicks, self.impressions + other.impressions)

    @property
    def value(self) -> float:
        """Clicks per impression.

        Raises:
            NotEnoughDataError: nothing was shown.
        """
        if self.impressions == 0:
            raise NotEnoughDataError("a rate of no impressions", fix="leave out texts that were never shown")
        return self.clicks / self.impressions


def two_proportion_p(
    clicks_a: ArrayLike, impressions_a: ArrayLike, clicks_b: ArrayLike, impressions_b: ArrayLike
) -> Floats:
    """Two-sided p-values of equal rates, by the z test with pooled variance.

    Args:
        clicks_a, impressions_a, clicks_b, impressions_b: counts, shapes that broadcast.

    Returns:
        p-values of the broadcast shape; NaN where the pooled rate is 0 or 1 and the statistic
        does not exist.
    """
    ca, na, cb, nb = (np.asarray(x, dtype=float) for x in (clicks_a, impressions_a, clicks_b, impressions_b))
    pooled = (ca + cb) / (na + nb)
    variance = pooled * (1 - pooled) * (1 / na + 1 / nb)
    sd = np.sqrt(np.where(variance > 0, variance, np.nan))
    return np.asarray(2 * ndtr(-np.abs(ca / na - cb / nb) / sd), dtype=float)


def _by_test(tests: Any) -> tuple[NDArray[np.intp], int]:
    names, index = np.unique(np.asarray(tests), return_inverse=True)
    return index.reshape(-1), len(names)


def _log_rates(clicks: ArrayLike, impressions: ArrayLike) -> tuple[Floats, Floats, Floats]:
    c, n = np.asarray(clicks, dtype=float), np.asarray(impressions, dtype=float)
    return c, n, np.log((c + 0.5) / (n + 1))


@dataclass(frozen=True)
class Posterior:
    """Log rates of texts: mean + sd · a normal draw of the text's own + shared · one draw of its test.

    Attributes:
        mean: shape (texts,).
        sd: uncertainty of the text's own, shape (texts,).
        shared: uncertainty that it takes from its test's mean, shape (texts,). Texts that are
            shrunk equally take it equally, and it cancels in their difference.
    """

    mean: Floats
    sd: Floats
    shared: Floats

    def difference(self, i: Any, j: Any) -> tuple[Floats, Floats]:
        """Mean and sd of log rate i - log rate j.

        Args:
            i, j: positions (or masks) of texts of the same test, pair by pair.

        Returns:
            mean and sd, shape (pairs,).
        """
        variance = self.sd[i] ** 2 + self.sd[j] ** 2 + (self.shared[i] - self.shared[j]) ** 2
        return self.mean[i] - self.mean[j], np.sqrt(variance)

    def p_better(self, i: Any, j: Any) -> Floats:
        """Probability that text i truly has a higher rate than text j; see :meth:`difference`."""
        mean, sd = self.difference(i, j)
        return np.asarray(ndtr(mean / sd), dtype=float)


@dataclass(frozen=True)
class EmpiricalBayes:
    """Within a test, log rates of texts ~ Normal(the test's mean, tau²).

    A text's observed log rate is y = log((c + ½) / (n + 1)), with sampling variance v = 1 / (n p)
    (delta method for Poisson counts). ``tau`` comes from the pooled method of moments with
    precision weights (DerSimonian and Laird, 1986, summed over tests), where p is the test's
    common rate. The unweighted moment with v = 1 / (c + ½) was tried and finds tau = 0 where
    clicks are few, because the estimate of v then depends on the noise in y.

    Attributes:
        tau: spread of true log rates within a test, at least 0.001.
        tests: number of tests, of two texts or more, that it was fitted on.
    """

    tau: float
    tests: int = 0

    @classmethod
    def fit(cls, clicks: ArrayLike, impressions: ArrayLike, tests: Any) -> EmpiricalBayes:
        """Estimate ``tau`` over all tests.

        Args:
            clicks, impressions, tests: one entry per text, shape (texts,).

        Raises:
            NotEnoughDataError: no test has two texts.
        """
        c, n, y = _log_rates(clicks, impressions)
        index, count = _by_test(tests)
        sizes = np.bincount(index, minlength=count)
        if not (sizes > 1).any():
            raise NotEnoughDataError(
                "no test has two texts, so rates cannot be compared",
                fix="give tests of at least two different texts",
            )
        rate = (np.bincount(index, c, count) + 0.5) / (np.bincount(index, n, count) + 1)
        w = n * rate[index]
        total = np.bincount(index, w, count)
        mean = np.bincount(index, w * y, count) / total
        heterogeneity = np.sum(w * (y - mean[index]) ** 2) - np.sum(sizes - 1)
        scale = np.sum(total - np.bincount(index, w**2, count) / total)
        return cls(float(np.sqrt(max(heterogeneity / scale, TAU_FLOOR**2))), int(np.sum(sizes > 1)))

    def posterior(self, clicks: ArrayLike, impressions: ArrayLike, tests: Any) -> Posterior:
        """Posterior of each text's log rate, normal (Morris, JASA 78, 1983: the mean estimated too).

        With B = tau² / (tau² + v) and w = 1 / (tau² + v): given the test's mean, a text's rate has
        mean m + B (y - m) and variance B v. That mean is itself Normal(m, 1 / Σ w), m = Σ w y / Σ w,
        and a text takes 1 - B of it. A difference of two texts thus has variance
        B_i v_i + B_j v_j + (B_i - B_j)² / Σ w; v is taken at the shrunk rate.

        Args:
            clicks, impressions, tests: one entry per text, shape (texts,); whole tests.
        """
        c, n, y = _log_rates(clicks, impressions)
        index, count = _by_test(tests)
        common = ((np.bincount(index, c, count) + 0.5) / (np.bincount(index, n, count) + 1))[index]
        first = self.tau**2 / (self.tau**2 + 1 / (n * common))
        v = 1 / (n * np.exp(first * y + (1 - first) * np.log(common)))
        w = 1 / (v + self.tau**2)
        total = np.bincount(index, w, count)[index]
        mean = np.bincount(index, w * y, count)[index] / total
        shrink = self.tau**2 * w
        return Posterior(mean + shrink * (y - mean), np.sqrt(shrink * v), (1 - shrink) / np.sqrt(total))


def noise_ceiling(p_win: ArrayLike) -> float:
    """Expected accuracy of a perfect model against observed winners: the mean of ``p_win``.

    A model that knows the true rates names the true winner, and the label names the observed one;
    they agree with probability P(the observed winner truly wins). That stays p_win where it is
    below one half (more impressions can shrink the observed order into the opposite one), so
    max(p, 1 - p) would overstate the ceiling.

    Raises:
        NotEnoughDataError: there are no pairs.
    """
    p = np.asarray(p_win, dtype=float)
    if p.size == 0:
        raise NotEnoughDataError("no pairs to take a noise ceiling of")
    return float(p.mean())
