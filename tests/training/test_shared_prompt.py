"""Sharing a prompt changes the cost, not the numbers."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    GraniteConfig,
    GraniteForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
)

from adwright.models import quiet, sample
from adwright.training import MergedCopy, packed_log_probs
from adwright.training.sft import Together, packed_answers
from adwright.training.shared_prompt import regrouped


def randomize(wrapped: Any, seed: int) -> None:
    """Give the adapter weights that matter."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in wrapped.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.2, generator=generator)


@pytest.fixture
def network() -> Any:
    quiet()
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=60, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, tie_word_embeddings=True, pad_token_id=0,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


@pytest.fixture
def model(network: Any) -> Any:
    wrapped = get_peft_model(network, LoraConfig(r=4, target_modules="all-linear"))
    randomize(wrapped, 0)
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


SHAPE: dict[str, Any] = {
    "vocab_size": 60, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "pad_token_id": 0,
}  # fmt: skip


def granite() -> Any:
    return GraniteForCausalLM(GraniteConfig(**SHAPE, logits_scaling=8.0, embedding_multiplier=12.0))


def gemma() -> Any:
    config = Gemma2Config(**SHAPE, head_dim=8, final_logit_softcapping=0.5, attn_logit_softcapping=1.0)
    return Gemma2ForCausalLM(config)


@torch.no_grad()
@pytest.mark.parametrize(("made", "attention"), [(granite, "sdpa"), (gemma, "eager")])
def test_models_that_scale_or_bound_their_logits_or_attend_eagerly_agree_too(
    made: Any, attention: str
) -> None:
    torch.manual_seed(0)
    model = made().eval()
    assert model.config._attn_implementation == attention
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    ids, mask, completion = batch()
    packed, _ = packed_log_probs(model, ids, mask, completion, 0.7)
    assert torch.allclose(packed, plain(model, ids, mask, completion, 0.7), atol=1e-4)


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


@torch.no_grad()
def test_entropy_is_left_out_where_nobody_asks_for_it(model: Any) -> None:
    ids, mask, completion = batch()
    without, nothing = packed_log_probs(model, ids, mask, completion, 0.7, with_entropy=False)
    assert nothing is None
    assert torch.equal(without, packed_log_probs(model, ids, mask, completion, 0.7)[0])


@torch.no_grad()
def test_the_copy_to_draw_from_follows_the_policy_and_leaves_it_alone(network: Any) -> None:
    ids = torch.randint(3, 60, (2, 6), generator=torch.Generator().manual_seed(2))
    merged = MergedCopy(network)
    policy = get_peft_model(network, LoraConfig(r=4, lora_alpha=8, target_modules="all-linear")).eval()
    for seed in (1, 2):
        randomize(policy, seed)
        before = {name: value.clone() for name, value in policy.state_dict().items()}
        own = policy(input_ids=ids).logits
        assert not torch.allclose(merged.network(input_ids=ids).logits.float(), own, atol=0.05)
        drawn = merged.refreshed(policy)
        assert drawn is merged.network
        assert torch.allclose(drawn(input_ids=ids).logits.float(), own, atol=0.05)
        assert all(torch.equal(before[name], value) for name, value in policy.state_dict().items())
        assert torch.equal(policy(input_ids=ids).logits, own)


def shuffled_update() -> list[dict[str, Any]]:
    """Three prompts with two samples each, shuffled over three batches, each row numbered."""
    prompts = torch.tensor([[0, 5, 6], [7, 8, 9], [0, 5, 6], [3, 3, 4], [7, 8, 9], [3, 3, 4]])
    rows = torch.arange(6)
    return [
        {
            "prompt_ids": prompts[i : i + 2],
            "completion_ids": rows[i : i + 2, None] * 10,
            "advantages": rows[i : i + 2] / 10,
            "num_items_in_batch": torch.tensor(12),
            "images": None,
        }
        for i in (0, 2, 4)
    ]


def test_the_rows_of_a_prompt_stand_side_by_side_again() -> None:
    before, after = shuffled_update(), regrouped(shuffled_update())
    assert [len(part["prompt_ids"]) for part in after] == [2, 2, 2]
    assert all(torch.equal(part["prompt_ids"][0], part["prompt_ids"][1]) for part in after)

    def rows(batches: list[dict[str, Any]]) -> list[tuple[list[int], int, float]]:
        return sorted(
            (p.tolist(), int(c), round(float(a), 3))
            for part in batches
            for p, c, a in zip(part["prompt_ids"], part["completion_ids"], part["advantages"], strict=True)
        )

    assert rows(after) == rows(before), "no row is lost, and what belongs to it comes along"
    assert all(part["num_items_in_batch"] == 12 and part["images"] is None for part in after)
    assert [d["completion_ids"].tolist() for d in regrouped(after)] == [
        d["completion_ids"].tolist() for d in after
    ], "what is in order stays as it is"


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


def test_answers_packed_behind_a_common_beginning_cost_what_they_cost_alone(model: Any) -> None:
    """Two prompts that share most, one that is another, one alike only at first; gradients included."""
    begin = [5, 9, 7, 11, 13]
    prompts = [[*begin, 4, 6], [*begin, 4, 6], [*begin, 8], [21, 22, 23, 24], [5, 9, 41, 42, 43, 44]]
    answers = [[30, 31, 2], [30, 2], [33, 34, 35, 36, 2], [37, 2], [2]]
    rows = [torch.tensor(p + a) for p, a in zip(prompts, answers, strict=True)]
    labels = [torch.tensor([-100] * len(p) + a) for p, a in zip(prompts, answers, strict=True)]
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=0)
    told = torch.nn.utils.rnn.pad_sequence(labels, batch_first=True, padding_value=-100)
    mask = torch.nn.utils.rnn.pad_sequence([torch.ones_like(r) for r in rows], batch_first=True)

    logits, tokens = packed_answers(model, ids, mask, told)
    packed = torch.nn.functional.cross_entropy(logits, tokens, reduction="sum")
    assert sorted(tokens.tolist()) == sorted(token for answer in answers for token in answer)
    whole = model(input_ids=ids, attention_mask=mask).logits[:, :-1]
    alone = torch.nn.functional.cross_entropy(whole.transpose(1, 2), told[:, 1:], reduction="sum")
    assert packed.item() == pytest.approx(alone.item(), rel=1e-5)
    weights = [p for n, p in model.named_parameters() if "lora_B" in n]
    first, second = (torch.autograd.grad(loss, weights) for loss in (packed, alone))
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(first, second, strict=True))


def test_examples_of_a_source_come_one_after_the_other_in_another_order_each_epoch() -> None:
    groups = [name for name in "abcdefgh" for _ in range(3)]
    order = Together(groups, seed=1)
    seen = []
    for epoch in range(2):
        order.set_epoch(epoch)
        one = list(order)
        assert one == list(order)
        assert sorted(one) == list(range(24))
        assert all(len({groups[i] for i in one[at : at + 3]}) == 1 for at in range(0, 24, 3))
        seen.append(one)
    assert seen[0] != seen[1]
    assert list(Together(groups, seed=2)) != seen[0]
