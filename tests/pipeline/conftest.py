"""One small run of the whole loop on the real models, shared by all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from adwright.config import Recipe
from adwright.pipeline import run_recipe

TINY = {
    "name": "tiny",
    "sample_text": "Handmade leather bags from Florence. Free returns for 30 days.",
    "sample_brief": {
        "brand": "Ottavia",
        "facts": ["handmade in Florence", "free returns for 30 days"],
        "placement": "description",
    },
    "market": {"tests": 90, "advertisers": 24, "placements": ["headline", "description"]},
    "pairs": {"valid_share": 0.15, "independent_share": 0.3},
    "writer": {"max_new_tokens": 12},
    "sft": {"examples": 8, "batch_size": 4, "valid_examples": 4, "lora": {"r": 4, "alpha": 8}},
    "reward": {"batch_tests": 4},
    "rl": {
        "steps": 2,
        "prompts_per_step": 2,
        "samples": 2,
        "evaluate_every": 1,
        "evaluate_sources": 3,
        "lora": {"r": 4, "alpha": 8},
    },
    "evaluation": {"sources": 4, "best_of": 2},
    "generate": {"samples": 4},
}


@pytest.fixture(scope="session")
def tiny_recipe() -> Recipe:
    return Recipe.model_validate(TINY)


@pytest.fixture(scope="session")
def tiny_run(tiny_recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    said: list[str] = []
    run = run_recipe(tiny_recipe, tmp_path_factory.mktemp("runs"), said.append)
    assert len(said) == 7
    return run
