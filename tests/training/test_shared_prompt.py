"""Sharing a prompt changes the cost, not the numbers."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

from adwright.models import quiet, sample
from adwright.training import merged_adapter, packed_log_probs


@pytest.fixture
def model() -> Any:
    quiet()
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=60, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, tie_word_embeddings=True, pad_token_id=0,
    )  # fmt: skip
    network = LlamaForCausalLM(config)
    wrapped = get_peft_model(network, LoraConfig(r=4, target_modules="all-linear"))
    for name, parameter in wrapped.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.2)
    return wrapped.eval()


def batch() -> tuple[torch.Tensor, torch.Tensor, int]:
    """Two prompts of different length with three samples each, one of them of a single token."""
    generator = torch.Generator().manual_seed(1)
    prompts = [
        torch.randint(3, 60, (7,), generator=generator),
        torch.randint(3, 60, (4,), generator=generator),
    ]
    lengths = [[5, 1, 3], [4, 5, 2]]
    rows, masks = [], []
    for prompt, sizes in zip(prompts, lengths, strict=True):
        for size in sizes:
            tokens = torch.randint(3, 60, (size,), generator=generator)
            left, right = 7 - len(prompt), 5 - size
            rows.append(torch.cat([torch.zeros(left), prompt, tokens, torch.zeros(right)]).long())
            masks.append(
                torch.cat([torch.zeros(left), torch.ones(len(prompt) + size), torch.zeros(right)]).long()
            )
    return torch.stack(rows), torch.stack(masks), 5


def plain(
    model: Any, ids: torch.Tensor, mask: torch.Tensor, completion: int, temperature: float
) -> torch.Tensor:
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    logits = model(input_ids=ids, attention_mask=mask, position_ids=positions).logits / temperature
    log_probs = logits[:, :-1].log_softmax(-1).gather(2, ids[:, 1:, None]).squeeze(2)
    return log_probs[:, -completion:] * mask[:, -completion:]


@torch.no_grad()
def test_packed_log_probs_are_those_of_the_plain_pass(model: Any) -> None:
    ids, mask, completion = batch()
    packed, entropy = packed_log_probs(model, ids, mask, completion, 0.7)
    assert torch.allclose(packed, plain(model, ids, mask, completion, 0.7), atol=1e-5)
    assert (entropy[mask[:, -completion:] == 0] == 0).all()
    assert (entropy[mask[:, -completion:] == 1] > 0).all()


def test_gradients_agree_too(model: Any) -> None:
    ids, mask, completion = batch()
    found = []
    for log_probs in (
        lambda: packed_log_probs(model, ids, mask, completion, 1.0)[0],
        lambda: plain(model, ids, mask, completion, 1.0),
    ):
        model.zero_grad()
        weights = torch.arange(1.0, len(ids) + 1)[:, None]
        (log_probs() * weights).sum().backward()
        found.append(torch.cat([p.grad.flatten() for p in model.parameters() if p.requires_grad]))
    assert torch.allclose(found[0], found[1], atol=1e-4)


def test_an_adapter_is_merged_for_a_while_and_the_weights_come_back_exactly(model: Any) -> None:
    ids = torch.randint(3, 60, (1, 6), generator=torch.Generator().manual_seed(2))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    own = model(input_ids=ids).logits
    with merged_adapter(model):
        assert torch.allclose(model(input_ids=ids).logits, own, atol=1e-5)
        assert any(not torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def draw(model: Any, prompts: list[list[int]], seed: int, **options: Any) -> list[list[list[int]]]:
    settings = {"max_new_tokens": 8, "temperature": 1.0, "eos_ids": [2]} | options
    return sample(model, prompts, 50, generator=torch.Generator().manual_seed(seed), **settings)


def test_samples_follow_the_model(model: Any) -> None:
    prompt = [5, 9, 11]
    first = [
        tokens[0]
        for group in (draw(model, [prompt], seed, max_new_tokens=1)[0] for seed in range(40))
        for tokens in group
    ]
    observed = torch.bincount(torch.tensor(first), minlength=60) / len(first)
    expected = model(input_ids=torch.tensor([prompt])).logits[0, -1].softmax(-1)
    assert (observed - expected).abs().max() < 0.03


def test_a_seed_gives_the_same_texts_whatever_the_padding(model: Any) -> None:
    one = draw(model, [[5, 9, 11]], 3)
    assert one == draw(model, [[5, 9, 11]], 3)
    assert one != draw(model, [[5, 9, 11]], 4)
    greedy = {"temperature": 1e-4}
    assert draw(model, [[5, 9, 11], [4] * 9], 3, **greedy)[0] == draw(model, [[5, 9, 11]], 3, **greedy)[0]


def test_texts_end_with_the_end_token_or_at_the_limit(model: Any) -> None:
    for tokens in draw(model, [[5, 9, 11]], 0, eos_ids=[7, 8, 9], max_new_tokens=6)[0]:
        assert len(tokens) <= 6
        assert not {7, 8, 9} & set(tokens[:-1])
        assert len(tokens) == 6 or tokens[-1] in {7, 8, 9}


def test_unlikely_tokens_can_be_left_out(model: Any) -> None:
    probs = model(input_ids=torch.tensor([[5, 9, 11]])).logits[0, -1].softmax(-1)
    likely = set((probs >= 0.5 * probs.max()).nonzero().squeeze(1).tolist())
    assert {t[0] for t in draw(model, [[5, 9, 11]], 0, min_p=0.5, max_new_tokens=1)[0]} <= likely
    best = int(probs.argmax())
    assert {t[0] for t in draw(model, [[5, 9, 11]], 0, top_p=1e-6, max_new_tokens=1)[0]} == {best}
