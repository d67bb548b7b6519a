"""Attention for drawing token by token: query heads that share keys are computed together.

transformers repeats the cached keys and values for every query head at every token. With one query a
sample, the heads of a group can stand where the positions of a query would, and nothing is repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

__all__ = ["grouped_attention"]

NAME = "adwright_grouped"


def _grouped(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """transformers' attention interface: query [n, heads, q, d]; key and value [n, groups, length, d]."""
    n, heads, positions, width = query.shape
    if positions > 1:
        output, _ = sdpa_attention_forward(module, query, key, value, attention_mask, **options)
        return output, None
    groups = key.shape[1]
    out = torch.nn.functional.scaled_dot_product_attention(
        query.view(n, groups, heads // groups, width),
        key,
        value,
        attn_mask=attention_mask,
        scale=options.get("scaling"),
    )
    return out.reshape(n, 1, heads, width), None


ALL_ATTENTION_FUNCTIONS.register(NAME, _grouped)
ALL_MASK_ATTENTION_FUNCTIONS.register(NAME, ALL_MASK_ATTENTION_FUNCTIONS["sdpa"])


@contextmanager
def grouped_attention(model: Any) -> Iterator[None]:
    """Let ``model`` (of transformers) attend so for a while, if it attends by SDPA otherwise."""
    before = model.config._attn_implementation
    if before != "sdpa":
        yield
        return
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(before)
