"""Whether stated chances are true: the error, and bins with their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from adwright.reward import calibration_of


def drawn(count: int, sureness: float, seed: int = 0) -> np.ndarray:
    """score(winner) - score(loser) of pairs whose true logits, times ``sureness``, the model states."""
    rng = np.random.default_rng(seed)
    true = rng.normal(0, 1.5, count)
    return sureness * np.where(rng.random(count) < expit(true), true, -true)


def test_bins_hold_every_pair_and_wilsons_interval() -> None:
    found = calibration_of(drawn(2000, 1.0))
    assert sum(b["pairs"] for b in found["bins"]) == 4000  # each pair in both orders
    for one in found["bins"]:
        n, p, z = one["pairs"], one["observed"], 1.959964
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        assert (one["low"], one["high"]) == pytest.approx((middle - half, middle + half), abs=1e-6)


def test_true_chances_lie_in_the_intervals_and_boasted_ones_outside() -> None:
    honest = [b for seed in range(40) for b in calibration_of(drawn(1000, 1.0, seed))["bins"]]
    covered = np.mean([b["low"] <= b["predicted"] <= b["high"] for b in honest])
    assert 0.92 <= covered <= 0.98
    boastful = calibration_of(drawn(4000, 3.0))
    assert boastful["ece"] > 0.1
    sure = boastful["bins"][-1]
    assert sure["high"] < sure["predicted"]
    assert logit(sure["observed"]) == pytest.approx(logit(sure["predicted"]) / 3, rel=0.25)


@pytest.mark.parametrize("apart", [[2.0], [0.0, 0.0], [-1.0, 3.0, 0.5]])
def test_few_pairs_have_wide_intervals(apart: list[float]) -> None:
    for one in calibration_of(np.array(apart))["bins"]:
        assert 0 <= one["low"] <= one["observed"] <= one["high"] <= 1
        assert one["high"] - one["low"] > 0.4
