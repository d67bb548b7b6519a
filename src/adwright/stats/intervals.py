"""95% intervals of means and ratios over clusters (stories, advertisers), not single rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from adwright.errors import NotEnoughDataError
from adwright.records import Interval

__all__ = ["TAIL", "cluster_mean", "ratio_lift"]

Floats = NDArray[np.float64]
TAIL = 0.025


def _clusters(clusters: Any, size: int) -> tuple[NDArray[np.intp], int]:
    names, index = np.unique(np.asarray(clusters), return_inverse=True)
    if index.size != size:
        raise ValueError(f"{size} values and {index.size} cluster labels")
    if len(names) < 2:
        raise NotEnoughDataError(
            f"an interval needs at least 2 clusters, there {'is 1' if len(names) else 'are none'}",
            fix="give data from more stories or advertisers",
        )
    return index.reshape(-1), len(names)


def _around(value: float, residuals: Floats, total: float, index: NDArray[np.intp], count: int) -> Interval:
    sums = np.bincount(index, residuals, count)
    variance = count / (count - 1) * np.sum(sums**2) / total**2
    half = float(student.isf(TAIL, count - 1) * np.sqrt(variance))
    return Interval(value, value - half, value + half)


def cluster_mean(values: ArrayLike, clusters: Any, weights: ArrayLike | None = None) -> Interval:
    """Weighted mean with a cluster-robust interval.

    m = Σ w x / Σ w, variance = G / (G - 1) · Σ_g (Σ_{i in g} w (x - m))² / (Σ w)², and the t quantile
    with G - 1 degrees of freedom (Cameron and Miller, Journal of Human Resources 50, 2015).

    Args:
        values: shape (rows,).
        clusters: label of each row's cluster, shape (rows,).
        weights: shape (rows,), or all one.

    Raises:
        NotEnoughDataError: fewer than 2 clusters, or weights that sum to nothing.
    """
    x = np.asarray(values, dtype=float)
    index, count = _clusters(clusters, x.size)
    w = np.ones_like(x) if weights is None else np.asarray(weights, dtype=float)
    total = float(w.sum())
    if total <= 0:
        raise NotEnoughDataError("a mean over weights that are all zero")
    mean = float(np.sum(w * x) / total)
    return _around(mean, w * (x - mean), total, index, count)


def ratio_lift(numerator_a: ArrayLike, numerator_b: ArrayLike, clusters: Any) -> Interval:
    """Relative lift of mean a over mean b, the two measured on the same rows.

    r = Σ a / Σ b with the delta method on cluster sums: variance = G / (G - 1) · Σ_g (Σ a - r Σ b)² / (Σ b)²
    (Deng, Knoblich and Lu, KDD 2018); the lift is r - 1.

    Args:
        numerator_a, numerator_b: outcomes of the two arms by row, shape (rows,).
        clusters: label of each row's cluster, shape (rows,).

    Raises:
        NotEnoughDataError: fewer than 2 clusters, or mean b is not positive.
    """
    a, b = np.asarray(numerator_a, dtype=float), np.asarray(numerator_b, dtype=float)
    index, count = _clusters(clusters, a.size)
    total = float(b.sum())
    if total <= 0:
        raise NotEnoughDataError(
            "a relative lift over a mean that is not positive", fix="report the difference instead"
        )
    ratio = float(a.sum()) / total
    lift = _around(ratio, a - ratio * b, total, index, count)
    return Interval(lift.value - 1, lift.low - 1, lift.high - 1)
