"""Networks, ensemble, calibration and composition of rewards."""

from adwright.reward.accuracy import calibration_of, differences, pairwise_accuracy
from adwright.reward.choose import choose
from adwright.reward.compose import ComposedReward, refused
from adwright.reward.context import context_of
from adwright.reward.ensemble import Member, RewardModel, load_member
from adwright.reward.faithfulness import Faithfulness, judge
from adwright.reward.linear import LinearReward, features
from adwright.reward.network import RewardNetwork

__all__ = [
    "ComposedReward",
    "Faithfulness",
    "LinearReward",
    "Member",
    "RewardModel",
    "RewardNetwork",
    "calibration_of",
    "choose",
    "context_of",
    "differences",
    "features",
    "judge",
    "load_member",
    "pairwise_accuracy",
    "refused",
]
