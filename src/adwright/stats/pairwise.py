"""How often a score prefers the text that won."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adwright.errors import NotEnoughDataError
from adwright.stats.intervals import TAIL, cluster_mean

__all__ = ["accuracy"]

SUBSETS = {"all": 1.0, "p05": 0.05, "p01": 0.01}


def accuracy(
    score_diff: ArrayLike, p_value: ArrayLike, story: Any, weights: ArrayLike | None = None
) -> dict[str, dict[str, Any]]:
    """Share of pairs whose winner has the higher score, for all pairs and the significant ones.

    Args:
        score_diff: score(observed winner) - score(loser), shape (pairs,); a tie counts one half.
        p_value: two-sided p of equal rates, shape (pairs,); NaN is in "all" only.
        story: cluster of each pair for the 95% interval, shape (pairs,).
        weights: shape (pairs,), or all one.

    Returns:
        ``{"all": …, "p05": …, "p01": …}``, each ``{"accuracy", "low", "high", "pairs"}``. What cannot be
        computed is None, and "reason" says why.

    Raises:
        ValueError: score differences that are not numbers.
    """
    d, p, stories = np.asarray(score_diff, dtype=float), np.asarray(p_value, dtype=float), np.asarray(story)
    if np.isnan(d).any():
        raise ValueError("score differences contain NaN")
    right = np.where(d == 0, 0.5, (d > 0).astype(float))
    w = np.ones_like(right) if weights is None else np.asarray(weights, dtype=float)
    found = {}
    for name, limit in SUBSETS.items():
        inside = np.ones(d.size, dtype=bool) if name == "all" else p < limit
        found[name] = _subset(right[inside], stories[inside], w[inside])
    return found


def _subset(
    right: NDArray[np.float64], stories: NDArray[Any], weights: NDArray[np.float64]
) -> dict[str, Any]:
    result: dict[str, Any] = {"accuracy": None, "low": None, "high": None, "pairs": int(right.size)}
    if weights.sum() <= 0:
        return result | {"reason": "no pairs"}
    result["accuracy"] = float(np.average(right, weights=weights))
    try:
        interval = cluster_mean(right, stories, weights)
    except NotEnoughDataError as error:
        return result | {"reason": error.what}
    low, high = max(interval.low, 0.0), min(interval.high, 1.0)
    # All right or all wrong has no variance to estimate: the exact binomial bound over stories instead.
    bound = TAIL ** (1 / len(np.unique(stories)))
    if interval.value == 1.0:
        low = bound
    elif interval.value == 0.0:
        high = 1 - bound
    return result | {"low": low, "high": high}
