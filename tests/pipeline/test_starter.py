"""A run that learns from the corpus: what it leaves, and what goes on from it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from adwright.config import Recipe
from adwright.data import load_corpus
from adwright.errors import NotFoundError
from adwright.models import trainable
from adwright.models.loading import load_writer
from adwright.pipeline import run_recipe
from adwright.pipeline.plan import plan
from adwright.runs import read_json
from adwright.verbs import generate, runs_compare

FIELDS = {
    "name": "starter-tiny",
    "learn": "corpus",
    "writer": {"max_new_tokens": 8},
    "sft": {
        "examples": 8,
        "valid_examples": 4,
        "batch_size": 4,
        "lora": {"r": 2, "alpha": 4},
    },
    "evaluation": {"sources": 2},
}


@pytest.fixture(scope="module")
def starter_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    said: list[str] = []
    run = run_recipe(Recipe.model_validate(FIELDS), tmp_path_factory.mktemp("starters"), said.append)
    assert len(said) == 2
    return run


def test_it_imitates_train_and_writes_for_test(starter_run: Path) -> None:
    examples = pd.read_parquet(starter_run / "sft" / "examples.parquet")
    assert len(examples) == 8
    assert set(examples["source"]) <= {e.text for e in load_corpus("train")}
    lines = (starter_run / "evaluation" / "samples.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert {row["writer"] for row in rows} == {"starter", "base"}
    assert {row["source"] for row in rows} == {e.text for e in load_corpus("test")[:2]}
    assert len(rows) == 2 * 2 * 2
    policies = read_json(starter_run / "evaluation" / "evaluation.json")["policies"]
    passing = [row["passes"] for row in rows if row["writer"] == "starter"]
    assert policies["starter"]["passing"] == sum(passing) / len(passing)
    assert read_json(starter_run / "run.json")["status"] == "done"
    assert not (starter_run / "report.html").exists()


def test_the_plan_says_the_same_amounts(starter_run: Path, tmp_path: Path) -> None:
    stages = {
        stage["name"]: stage["amounts"] for stage in plan(Recipe.model_validate(FIELDS), tmp_path)["stages"]
    }
    assert stages.keys() == {"sft", "evaluation"}
    assert stages["sft"]["examples"] == 8
    assert stages["evaluation"]["samples"] == 8


def test_training_goes_on_from_its_adapter(starter_run: Path) -> None:
    adapter = starter_run / "sft" / "adapter"
    network = trainable(load_writer("embedded").model, adapter)
    names = [name for name, weight in network.named_parameters() if weight.requires_grad]
    assert names
    assert all("lora_" in name for name in names)
    assert network.peft_config["default"].r == 2


def test_an_adapter_that_is_not_there_is_a_clear_fault(tmp_path: Path) -> None:
    recipe = Recipe.model_validate({"name": "lost", "sft": {"start": str(tmp_path / "nowhere")}})
    with pytest.raises(NotFoundError, match=r"no adapter at .*nowhere"):
        plan(recipe, tmp_path)


def test_it_compares_with_itself_and_is_not_taken_for_a_loop(
    starter_run: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    figures = runs_compare(starter_run, starter_run)["figures"]
    assert figures.keys() == {"starter", "base"}
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").symlink_to(starter_run.parent)
    with pytest.raises(NotFoundError, match="no finished run"):
        generate("Handmade leather bags")
