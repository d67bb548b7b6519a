"""Whether probabilities mean what they say, and how to make them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar

from adwright.errors import NotEnoughDataError

__all__ = ["Bin", "both_orders", "expected_calibration_error", "fit_temperature", "reliability"]

Floats = NDArray[np.float64]
TEMPERATURES = (0.02, 100.0)


@dataclass(frozen=True)
class Bin:
    """Mean prediction and mean outcome of one bin of a reliability plot.

    ``weight`` is the bin's share of all weight; the weights of all bins sum to 1.
    """

    predicted: float
    observed: float
    weight: float


def both_orders(p: ArrayLike, outcome: ArrayLike) -> tuple[Floats, Floats]:
    """Each pair in both orders, shape (2 · pairs,).

    Pairs stand with the winner first, so that every outcome is 1 and calibration would only
    measure accuracy. The pair (loser, winner), with 1 - p and 1 - outcome, restores the balance.
    """
    p, outcome = np.asarray(p, dtype=float), np.asarray(outcome, dtype=float)
    return np.concatenate([p, 1 - p]), np.concatenate([outcome, 1 - outcome])


def reliability(
    p: ArrayLike, outcome: ArrayLike, weights: ArrayLike | None = None, *, bins: int = 10
) -> tuple[Bin, ...]:
    """Bins of about equal weight, by rising prediction; equal predictions are in one bin.

    Were ties cut by the order of rows, a bin would show the order, not whether the prediction holds.

    Args:
        p: predictions 0 to 1, shape (rows,).
        outcome: 0 or 1, or the probability of 1, shape (rows,).
        weights: shape (rows,), or all one.
        bins: at most so many; fewer where there are fewer rows.

    Raises:
        NotEnoughDataError: no rows, or weights that sum to nothing.
    """
    p, outcome = np.asarray(p, dtype=float), np.asarray(outcome, dtype=float)
    w = np.ones_like(p) if weights is None else np.asarray(weights, dtype=float)
    if p.size == 0 or w.sum() <= 0:
        raise NotEnoughDataError("no predictions to compare with outcomes")
    w = w / w.sum()
    # Rounded, so that p and 1 - (1 - p) are equal.
    tie = np.unique(np.round(p, 12), return_inverse=True)[1]
    mass = np.bincount(tie, w)
    which = np.minimum(((np.cumsum(mass) - mass / 2) * bins).astype(int), bins - 1)[tie]
    found = []
    for number in np.unique(which):
        inside = which == number
        share = float(w[inside].sum())
        if share > 0:
            predicted, observed = (float(np.sum(w[inside] * x[inside]) / share) for x in (p, outcome))
            found.append(Bin(predicted, observed, share))
    return tuple(found)


def expected_calibration_error(
    p: ArrayLike, outcome: ArrayLike, weights: ArrayLike | None = None, *, bins: int = 10
) -> float:
    """Weighted mean of |prediction - outcome| over bins of equal mass (Naeini et al., AAAI 2015).

    Args and errors: those of :func:`reliability`.
    """
    return sum(b.weight * abs(b.predicted - b.observed) for b in reliability(p, outcome, weights, bins=bins))


def fit_temperature(logit_diff: ArrayLike, p_win: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Temperature T with which sigmoid(logit_diff / T) is calibrated (Guo et al., ICML 2017).

    Minimises Σ w [p log(1 + e^(-d/T)) + (1 - p) log(1 + e^(d/T))], which is convex in 1/T.

    Args:
        logit_diff: d = score(winner) - score(loser), in logits, shape (pairs,).
        p_win: probability that the winner truly is, shape (pairs,).
        weights: shape (pairs,), or all one.

    Returns:
        T in 0.02 to 100; 100 says that the scores carry nothing, and makes every chance about one half.

    Raises:
        NotEnoughDataError: no pairs with weight, or all differences are zero.
    """
    d, p = np.asarray(logit_diff, dtype=float), np.asarray(p_win, dtype=float)
    w = np.ones_like(d) if weights is None else np.asarray(weights, dtype=float)
    if d.size == 0 or not np.any((d != 0) & (w > 0)):
        raise NotEnoughDataError(
            "no pairs with different scores to fit a temperature on",
            fix="give pairs of texts that the model tells apart",
        )

    def loss(log_inverse: float) -> float:
        z = d * np.exp(log_inverse)
        return float(np.sum(w * (p * np.logaddexp(0, -z) + (1 - p) * np.logaddexp(0, z))))

    bounds = (-np.log(TEMPERATURES[1]), -np.log(TEMPERATURES[0]))
    best = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6}).x
    candidates = [float(best), *bounds]
    return float(np.exp(-min(candidates, key=loss)))
