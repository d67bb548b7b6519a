"""A half-precision copy of the policy to draw from, its adapter folded into the weights."""

from __future__ import annotations

import copy
from typing import Any

import torch
from peft.tuners.lora import LoraLayer

from adwright.models import drawing_dtype

__all__ = ["MergedCopy"]


class MergedCopy:
    """What rollouts and looks are drawn from: half the bytes of the weights to read, and no adapter layers.

    Args:
        network: the model as it is before an adapter is put around it.
    """

    def __init__(self, network: Any) -> None:
        self.network = copy.deepcopy(network).to(getattr(torch, drawing_dtype())).eval()

    @torch.no_grad()
    def refreshed(self, policy: Any) -> Any:
        """The copy, with the adapter of ``policy`` (a peft model around the same network) as it is now."""
        for name, layer in policy.get_base_model().named_modules():
            if isinstance(layer, LoraLayer):
                update = sum(layer.get_delta_weight(adapter) for adapter in layer.active_adapters)
                self.network.get_submodule(name).weight.copy_(layer.get_base_layer().weight + update)
        return self.network
