"""Heads computed together give what heads computed apart do."""

from __future__ import annotations

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from adwright.models import quiet
from adwright.models.attention import NAME, grouped_attention


def network(implementation: str) -> LlamaForCausalLM:
    quiet()
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=60, hidden_size=48, intermediate_size=48, num_hidden_layers=2, num_attention_heads=6,
        num_key_value_heads=2, attn_implementation=implementation,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


@torch.no_grad()
@pytest.mark.parametrize("padding", [0, 3])
def test_a_token_attends_as_before(padding: int) -> None:
    model = network("sdpa")
    ids = torch.randint(3, 60, (4, 9), generator=torch.Generator().manual_seed(1))
    mask = torch.ones(4, 10, dtype=torch.long)
    mask[:2, :padding] = 0
    logits = []
    for grouped in (False, True):
        if grouped:
            with grouped_attention(model):
                assert model.config._attn_implementation == NAME
                first = model(input_ids=ids, attention_mask=mask[:, :9], use_cache=True)
                after = model(
                    input_ids=ids[:, :1], attention_mask=mask, past_key_values=first.past_key_values
                )
        else:
            first = model(input_ids=ids, attention_mask=mask[:, :9], use_cache=True)
            after = model(input_ids=ids[:, :1], attention_mask=mask, past_key_values=first.past_key_values)
        logits.append(torch.cat([first.logits[:, -1:], after.logits], dim=1))
    assert torch.allclose(*logits, atol=1e-5)
    assert model.config._attn_implementation == "sdpa"


def test_another_attention_is_left_alone() -> None:
    model = network("eager")
    with grouped_attention(model):
        assert model.config._attn_implementation == "eager"
