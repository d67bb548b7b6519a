"""The loop's stages, from folders to folders, and the loop itself.

Names load on first use: importing, looking at and pairing data must not wait for torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adwright.pipeline.judge import evaluation_stage
    from adwright.pipeline.loop import run_folder, run_recipe
    from adwright.pipeline.sample import sample_stage
    from adwright.pipeline.stages import composed, reward_stage, rl_stage, sft_stage
    from adwright.pipeline.tables import import_stage, load_pairs, market_stage, pairs_stage, truth_of

__all__ = [
    "composed",
    "evaluation_stage",
    "import_stage",
    "load_pairs",
    "market_stage",
    "pairs_stage",
    "reward_stage",
    "rl_stage",
    "run_folder",
    "run_recipe",
    "sample_stage",
    "sft_stage",
    "truth_of",
]

PLACES = {
    "composed": "stages",
    "evaluation_stage": "judge",
    "import_stage": "tables",
    "load_pairs": "tables",
    "market_stage": "tables",
    "pairs_stage": "tables",
    "reward_stage": "stages",
    "rl_stage": "stages",
    "run_folder": "loop",
    "run_recipe": "loop",
    "sample_stage": "sample",
    "sft_stage": "stages",
    "truth_of": "tables",
}
"""The module of this package in which each name stands (PEP 562)."""


def __getattr__(name: str) -> Any:
    if name in PLACES:
        return getattr(import_module(f"adwright.pipeline.{PLACES[name]}"), name)
    raise AttributeError(f"module 'adwright.pipeline' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
