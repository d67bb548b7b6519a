"""One linear file per stage: imitation (sft), reward models (reward), RLPF (rl)."""

from adwright.training.merged_copy import MergedCopy
from adwright.training.ranks import by_main, meet
from adwright.training.reward import bradley_terry_loss, fit_ensemble, reward_tests
from adwright.training.rl import train_rl_adapter
from adwright.training.sft import sft_examples, train_sft_adapter
from adwright.training.shared_prompt import packed_log_probs
from adwright.training.starter import starter_examples

__all__ = [
    "MergedCopy",
    "bradley_terry_loss",
    "by_main",
    "fit_ensemble",
    "meet",
    "packed_log_probs",
    "reward_tests",
    "sft_examples",
    "starter_examples",
    "train_rl_adapter",
    "train_sft_adapter",
]
