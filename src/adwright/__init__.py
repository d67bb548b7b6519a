"""adwright learns to write ads from results.

The verbs of the command line are functions of this package, with the same names and options:
``adwright.data_import``, ``adwright.train_sft``, ``adwright.generate`` … (see ``adwright.verbs``).
They load on first use, so that ``import adwright`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

VERBS = (
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
)

__all__ = ["VERBS", "__version__"]


def __getattr__(name: str) -> Any:
    if name in VERBS:
        return getattr(import_module("adwright.verbs"), name)
    raise AttributeError(f"module 'adwright' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *VERBS])
