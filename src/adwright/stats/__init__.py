"""Rates, intervals, calibration and agreement on arrays: what cannot be computed raises."""

from __future__ import annotations

from adwright.stats.agreement import agreement, cohen_kappa, share
from adwright.stats.calibration import (
    Bin,
    both_orders,
    expected_calibration_error,
    fit_temperature,
    reliability,
)
from adwright.stats.intervals import cluster_mean, ratio_lift
from adwright.stats.pairwise import accuracy
from adwright.stats.rates import EmpiricalBayes, Posterior, Rate, noise_ceiling, two_proportion_p

__all__ = [
    "Bin",
    "EmpiricalBayes",
    "Posterior",
    "Rate",
    "accuracy",
    "agreement",
    "both_orders",
    "cluster_mean",
    "cohen_kappa",
    "expected_calibration_error",
    "fit_temperature",
    "noise_ceiling",
    "ratio_lift",
    "reliability",
    "share",
    "two_proportion_p",
]
