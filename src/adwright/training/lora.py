"""The low-rank adapter of a recipe, as peft wants it."""

from __future__ import annotations

from peft import LoraConfig

from adwright.config import LoraSettings

__all__ = ["lora_config"]


def lora_config(settings: LoraSettings) -> LoraConfig:
    """An adapter on every linear layer."""
    return LoraConfig(
        r=settings.r, lora_alpha=settings.alpha, lora_dropout=settings.dropout, target_modules="all-linear"
    )
