"""How good a reward model is on tests it has not seen: accuracy by significance, calibration."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import binomtest

from adwright.reward.context import context_of
from adwright.reward.ensemble import RewardModel
from adwright.stats import Bin, accuracy, both_orders, expected_calibration_error, reliability

__all__ = ["calibration_of", "differences", "pairwise_accuracy"]


def differences(model: RewardModel, pairs: pd.DataFrame) -> np.ndarray:
    """score(winner) - score(loser) of each pair, in calibrated logits, shape [pairs]."""
    contexts = [context_of(b, c) for b, c in zip(pairs["brief"], pairs["context"], strict=True)]
    return model.against(list(pairs["winner"]), list(pairs["loser"]), contexts)[0]


def pairwise_accuracy(apart: np.ndarray, pairs: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """How often the winner scores higher, of all pairs and of those that are significant.

    Args:
        apart: what :func:`differences` gives for the pairs.

    Returns:
        ``{"all": {"accuracy", "low", "high", "pairs"}, "p05": …, "p01": …}``, intervals by story.
    """
    return accuracy(apart, pairs["p_value"].to_numpy(), pairs["story"].to_numpy())


def calibration_of(apart: np.ndarray) -> dict[str, Any]:
    """Expected calibration error of the chance to win, against what was observed, and its bins.

    A bin holds one order of each of its pairs, so that the error is not the accuracy's in disguise (see
    stats.both_orders); its interval is Wilson's for a share, and takes the pairs as independent.

    Args:
        apart: what :func:`differences` gives for the pairs.

    Returns:
        ``{"ece", "bins": [{"predicted", "observed", "low", "high", "pairs"}]}``.
    """
    predicted, observed = both_orders(expit(apart), np.ones(len(apart)))
    bins = reliability(predicted, observed)
    return {
        "ece": expected_calibration_error(predicted, observed),
        "bins": [_bin(b, round(b.weight * len(predicted))) for b in bins],
    }


def _bin(found: Bin, pairs: int) -> dict[str, Any]:
    span = binomtest(round(found.observed * pairs), pairs).proportion_ci(method="wilson")
    return {
        "predicted": found.predicted,
        "observed": found.observed,
        "low": float(span.low),
        "high": float(span.high),
        "pairs": pairs,
    }
