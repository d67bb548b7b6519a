"""What a run would do, without doing it: stages, amounts, models, and what is missing.

Amounts are upper bounds from the recipe and the data file; early stopping and filters may do with
less. How long it takes is left out: it depends on the machine.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch

from adwright.config import PairsConfig, Recipe, SFTConfig
from adwright.data import import_table, load_corpus
from adwright.models import list_models
from adwright.pipeline.loop import run_folder
from adwright.pipeline.starter import DRAWS
from adwright.runs import partial

__all__ = ["plan"]

EMBEDDED = "embedded"
POLICIES_DRAWN_MANY = 2  # imitation and RLPF; the untrained writer writes one text a source
SHOWN_STAGES = {"market": "data", "import": "data"}
EMBEDDED_AS = {"reader": "writer"}
"""The embedded model that does another's work: the linear reward member reads the writer's layers."""

Entry = dict[str, Any]


def plan(recipe: Recipe, root: Path) -> dict[str, Any]:
    """Check a recipe's files and models and say what running it amounts to.

    Args:
        recipe: what would be run.
        root: where run folders stand.

    Returns:
        ``name``, ``seed``, ``path`` (the run's folder), ``stages`` (each ``name``, ``state`` "done",
        "begun" or "to do", ``amounts``), ``models`` (each ``model``, ``used_as``, ``present``),
        ``notes`` (sentences), ``missing`` (each ``what`` and ``fix``), ``ready`` (nothing is missing).

    Raises:
        NotFoundError: the recipe's data file, or the adapter that it starts from, is not there.
        TableError: it cannot be read as an ad table.
    """
    folder = run_folder(recipe, root)
    if recipe.learn == "corpus":
        amounts = _from_corpus(recipe)
    else:
        amounts = {**_data(recipe), **_training(recipe), **_judging(recipe)}
    models = [
        _model(recipe.writer.model, "writer"),
        _model(recipe.reward.encoder, "encoder"),
        _model(recipe.reward.reader, "reader"),
    ]
    missing = _absent(models) + _hardware(recipe)
    return {
        "name": recipe.name,
        "seed": recipe.seed,
        "path": str(folder),
        "stages": [
            {"name": name, "state": _state(folder, name), "amounts": found} for name, found in amounts.items()
        ],
        "models": models,
        "notes": _notes(recipe),
        "missing": missing,
        "ready": not missing,
    }


def _from_corpus(recipe: Recipe) -> dict[str, Entry]:
    rewrites = sum(len(entry.texts()) - 1 for entry in load_corpus("train"))
    sources = min(recipe.evaluation.sources, len(load_corpus("test")))
    return {
        "sft": _imitation(recipe.sft, min(recipe.sft.examples, rewrites)),
        "evaluation": {"sources": sources, "samples": 2 * DRAWS * sources},
    }


def _imitation(config: SFTConfig, examples: int) -> Entry:
    return {"examples": examples, "updates": -(-examples // config.batch_size) * config.epochs}


def _data(recipe: Recipe) -> dict[str, Entry]:
    if recipe.data is None:
        tests = recipe.market.tests
        return {
            "market": {"advertisers": recipe.market.advertisers, "tests": tests},
            "pairs": {"tests": tests},
        }
    frame, _ = import_table(Path(recipe.data))
    found = {"rows": len(frame), "tests": int(frame["test_id"].nunique())}
    return {"import": found, "pairs": _pairs(frame, recipe.pairs)}


def _pairs(frame: Any, config: PairsConfig) -> Entry:
    kept = frame[frame["impressions"] >= config.min_impressions]
    if config.drop_flagged:
        kept = kept[~kept["flagged"]]
    texts = kept.groupby("test_id")["text"].nunique()
    return {"tests": int((texts > 1).sum()), "pairs": int((texts * (texts - 1) // 2).sum())}


def _training(recipe: Recipe) -> dict[str, Entry]:
    sft, reward, rl = recipe.sft, recipe.reward, recipe.rl
    looks = rl.steps // rl.evaluate_every + 1
    return {
        "sft": _imitation(sft, sft.examples),
        "reward": {"networks": reward.networks + reward.independent_networks, "epochs": reward.epochs},
        "rl": {
            "updates": rl.steps,
            "samples": rl.steps * rl.prompts_per_step * rl.samples,
            "looks": looks,
            "samples_of_looks": looks * rl.evaluate_sources,
        },
    }


def _judging(recipe: Recipe) -> dict[str, Entry]:
    sources = recipe.evaluation.sources
    return {
        "evaluation": {
            "sources": sources,
            "samples": sources * (1 + POLICIES_DRAWN_MANY * recipe.evaluation.best_of),
        },
        "sample": {"samples": recipe.generate.samples},
    }


def _state(folder: Path, stage: str) -> str:
    place = folder / SHOWN_STAGES.get(stage, stage)
    if (place / "run.json").is_file():
        return "done"
    return "begun" if partial(place).is_dir() else "to do"


def _model(name: str, used_as: str) -> Entry:
    if name == EMBEDDED:
        kind = EMBEDDED_AS.get(used_as, used_as)
        known = [m for m in list_models() if m["name"] == EMBEDDED and m["kind"] == kind]
        return {"model": name, "used_as": used_as, "present": any(m["present"] for m in known)}
    if Path(name).is_dir():
        present = (Path(name) / "config.json").is_file() and any(Path(name).glob("*.safetensors"))
    else:
        cached = [Path(m["path"]) for m in list_models() if m["name"] == name and m["kind"] == "cached"]
        present = any(any(path.glob("snapshots/*/*.safetensors")) for path in cached)
    return {"model": name, "used_as": used_as, "present": present}


def _absent(models: list[Entry]) -> list[Entry]:
    """What is missing of the models, each model once."""
    faults = [_fault(model["model"], model["used_as"]) for model in models if not model["present"]]
    return list({fault["what"]: fault for fault in faults}.values())


def _fault(name: str, used_as: str) -> Entry:
    if name == EMBEDDED:
        kind = EMBEDDED_AS.get(used_as, used_as)
        return {"what": f"the embedded {kind} is not installed", "fix": "run 'make env'"}
    if Path(name).is_dir():
        return {
            "what": f"no config.json and safetensors in {name}",
            "fix": "name a folder saved by transformers",
        }
    return {
        "what": f"the {used_as} {name} is not downloaded",
        "fix": f"run 'adwright models pull {name}'; if it is a closed model, first accept its terms at "
        f"https://huggingface.co/{name} and log in with 'hf auth login'",
    }


def _hardware(recipe: Recipe) -> list[Entry]:
    if not recipe.rl.vllm:
        return []
    missing = []
    if find_spec("vllm") is None:
        missing.append(
            {
                "what": "rl.vllm is true, but vLLM is not installed",
                "fix": "install the extra: pip install -e '.[gpu]'; or set rl.vllm to false",
            }
        )
    if not torch.cuda.is_available():
        missing.append(
            {
                "what": "rl.vllm is true, but there is no GPU",
                "fix": "use a machine with a GPU, or set rl.vllm to false",
            }
        )
    return missing


def _notes(recipe: Recipe) -> list[str]:
    if recipe.writer.model == EMBEDDED or torch.cuda.is_available():
        return []
    return ["There is no GPU here: a writer larger than the embedded one trains very slowly."]
