"""The command line in this process, and a run folder with tiny untrained reward models."""

import json
import shutil
from dataclasses import dataclass
from typing import Any

import pytest
import torch
import yaml
from transformers import AutoTokenizer, BertConfig, BertModel

from adwright.cli import main
from adwright.config import Recipe
from adwright.models import encoder_folder
from adwright.reward import RewardModel, RewardNetwork
from adwright.runs import write_json
from tests.training.launched import tiny_writer

POLICIES = ("human", "base", "sft", "best_of_n", "rlpf", "served")


@dataclass
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def cli(capsys):
    """Runs ``adwright`` with these arguments."""

    def call(*arguments):
        code = main([str(a) for a in arguments])
        return Answer(code, *capsys.readouterr())

    return call


def tiny_encoder(folder):
    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(encoder_folder(), local_files_only=True)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(tokenizer), **sizes)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def network(encoder, seed):
    made = RewardNetwork(str(encoder), seed=seed)
    torch.nn.init.normal_(made.head.weight, std=2.0)
    return made


def figures(policy):
    i = POLICIES.index(policy)
    span = {"value": 0.4 + 0.05 * i, "low": 0.3 + 0.05 * i, "high": 0.5 + 0.05 * i}
    return {
        "win_vs_human": None if policy == "human" else span,
        "win_vs_sft": None if policy == "sft" else span,
        "true_ctr_lift": span,
        "faithfulness": 0.8,
        "copy_rate": 0.01,
        "breach_rate": 0.02,
    }


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    """A run folder as the loop leaves it, but for the writers: nothing in it was trained."""
    root = tmp_path_factory.mktemp("runs")
    encoder, run = root / "encoder", root / "demo-12345678"
    tiny_encoder(encoder)
    for role in ("proxy", "independent"):
        members = [network(encoder, seed) for seed in range(2)]
        for k, member in enumerate(members):
            member.save(run / "reward" / role / f"member-{k}")
        RewardModel(members).save(run / "reward" / role)
        RewardModel(members).averaged().save(run / "reward" / role / "average" / "member-0")
        RewardModel(members[:1]).save(run / "reward" / role / "average")
    config = Recipe(name="demo").model_dump(mode="json")
    (run / "recipe.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    policies = {name: figures(name) for name in POLICIES}
    (run / "evaluation").mkdir()
    write_json(
        run / "evaluation/evaluation.json", {"policies": policies, "sources": 12, "second_human": None}
    )
    (run / "sample").mkdir()
    shown = [{"text": "Bags that\x1b[31m last [bold]", "beats": 0.61, "origin": "edit"}]
    write_json(run / "sample/variations.json", {"text": "Handmade bags.", "variations": shown})
    record = {
        "kind": "run",
        "name": "demo",
        "status": "done",
        "config": config,
        "seed": 0,
        "versions": {"python": "3.11"},
        "started": "2026-01-02T03:04:05+00:00",
        "seconds": 600.0,
        "stages": [{"name": "pairs", "seconds": 1.5, "outputs": "ab", "figures": {"pairs": 12}}],
        "figures": {"win_vs_human": {"value": 0.6, "low": 0.5, "high": 0.7}},
    }
    write_json(run / "run.json", record)
    return run


@pytest.fixture(scope="session")
def tiny_recipe(tmp_path_factory):
    """A recipe whose models are tiny and untrained, so that a whole run takes seconds."""
    root = tmp_path_factory.mktemp("tiny")
    writer, encoder = root / "writer", root / "encoder"
    tiny_encoder(encoder)
    loaded = tiny_writer()
    loaded.model.save_pretrained(writer)
    loaded.tokenizer.save_pretrained(writer)
    lora = {"r": 2, "alpha": 4}
    fields = {
        "name": "tiny",
        "sample_text": "Handmade leather bags from Florence.",
        "market": {"tests": 90, "advertisers": 24, "placements": ["headline", "description"]},
        "pairs": {"valid_share": 0.15, "independent_share": 0.3},
        "writer": {"model": str(writer), "max_new_tokens": 6},
        "sft": {"examples": 8, "batch_size": 4, "valid_examples": 4, "similarity": 0, "lora": lora},
        "reward": {"encoder": str(encoder), "reader": str(writer)},
        "rl": {
            "steps": 2,
            "prompts_per_step": 2,
            "samples": 2,
            "evaluate_every": 1,
            "evaluate_sources": 3,
            "lora": lora,
        },
        "evaluation": {"sources": 4, "best_of": 2},
        "generate": {"samples": 4},
    }
    (root / "tiny.yaml").write_text(yaml.safe_dump(fields), encoding="utf-8")
    return root / "tiny.yaml"


@pytest.fixture
def run(finished_run, tmp_path):
    """A copy of the finished run, to damage or change."""
    return shutil.copytree(finished_run, tmp_path / "runs" / finished_run.name)


@pytest.fixture(scope="session")
def market(tmp_path_factory):
    """A small simulated market."""
    folder = tmp_path_factory.mktemp("market") / "market"
    assert main(["data", "market", "--out", str(folder), "--tests", "150"]) == 0
    return folder
