"""The loop's stages, from folders to folders, and the loop itself."""

from adwright.pipeline.judge import evaluation_stage
from adwright.pipeline.loop import run_folder, run_recipe
from adwright.pipeline.sample import sample_stage
from adwright.pipeline.stages import (
    composed,
    import_stage,
    load_pairs,
    market_stage,
    pairs_stage,
    reward_stage,
    rl_stage,
    sft_stage,
    truth_of,
)

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
