"""Every verb of the command line as a function of the same name and options.

Each returns plain data (dictionaries and lists that can be written as JSON) and raises
adwright.errors.AdwrightError for what a user can put right. Paths may be strings.
"""

from __future__ import annotations

from adwright.verbs.data import data_import, data_inspect, data_market, data_pairs
from adwright.verbs.loop import evaluate, reward_evaluate, run, train_reward, train_rl, train_sft
from adwright.verbs.models import models_list, models_pull
from adwright.verbs.rating import rate
from adwright.verbs.runs import runs_compare, runs_list, runs_show
from adwright.verbs.writing import generate, score

__all__ = [
    "data_import",
    "data_inspect",
    "data_market",
    "data_pairs",
    "evaluate",
    "generate",
    "models_list",
    "models_pull",
    "rate",
    "reward_evaluate",
    "run",
    "runs_compare",
    "runs_list",
    "runs_show",
    "score",
    "train_reward",
    "train_rl",
    "train_sft",
]
