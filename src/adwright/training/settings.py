"""What the trainers of imitation and RL are told alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig

from adwright.config import LoraSettings
from adwright.models import has_bfloat16

__all__ = ["lora_config", "trainer_settings"]


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
