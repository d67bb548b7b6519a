"""Networks, ensemble, calibration and composition of rewards."""

from adwright.reward.accuracy import calibration_of, pairwise_accuracy
from adwright.reward.choose import choose
from adwright.reward.compose import ComposedReward, refused
from adwright.reward.context import context_of
from adwright.reward.ensemble import RewardModel
from adwright.reward.faithfulness import Faithfulness, judge
from adwright.reward.network import RewardNetwork

__all__ = [
    "ComposedReward",
    "Faithfulness",
    "RewardModel",
    "RewardNetwork",
    "calibration_of",
    "choose",
    "context_of",
    "judge",
    "pairwise_accuracy",
    "refused",
]
