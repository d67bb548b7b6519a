"""What the trainers of imitation and RL are told alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

import torch
from peft import LoraConfig

from adwright.config import LoraSettings
from adwright.models import has_bfloat16
from adwright.runs import ranks, write_json

__all__ = ["lora_config", "on_one_gpu", "save_adapter", "trainer_settings"]

Arguments = TypeVar("Arguments")


def lora_config(settings: LoraSettings) -> LoraConfig:
    """An adapter on every linear layer."""
    return LoraConfig(
        r=settings.r, lora_alpha=settings.alpha, lora_dropout=settings.dropout, target_modules="all-linear"
    )


def trainer_settings(checkpoints: Path, seed: int) -> dict[str, Any]:
    """Arguments of any of TRL's trainers: where it works, on what, and that it reports to nobody."""
    return {
        "output_dir": str(checkpoints),
        "save_total_limit": 2,
        "bf16": has_bfloat16(),
        "use_cpu": not torch.cuda.is_available(),
        "dataloader_pin_memory": False,
        "report_to": "none",
        "disable_tqdm": True,
        "seed": seed,
        "data_seed": seed,
    }


def on_one_gpu(arguments: Arguments) -> Arguments:
    """TRL's arguments, so that a process without a launcher takes the first GPU where it sees several.

    TRL refuses several GPUs in one process (``nn.DataParallel``).
    """
    if ranks() == 1 and arguments.n_gpu > 1:  # type: ignore[attr-defined]
        arguments._n_gpu = 1  # type: ignore[attr-defined]
    return arguments


def save_adapter(model: Any, folder: Path) -> None:
    """Write a peft model's adapter; the same adapter gives the same files.

    peft writes the names of the adapted layers in the order of a set, which is another in each process.
    """
    model.save_pretrained(folder)
    place = folder / "adapter_config.json"
    config = json.loads(place.read_text(encoding="utf-8"))
    write_json(place, config | {"target_modules": sorted(config["target_modules"])})
