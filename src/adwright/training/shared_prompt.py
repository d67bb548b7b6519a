"""TRL's RLOO and GRPO with each prompt computed once for all of its samples.

TRL repeats a prompt for every sample and computes it again in the rollout, the old, the reference and
the trained pass. Here the samples of a prompt are laid behind it in one sequence under an attention
mask in which each sample sees the prompt and itself. The log-probabilities are the same (a test
compares them); a step of 100 prompt tokens and 8 samples of 22 costs about a third.

What is left out: images, mixture-of-experts losses, and flash attention (which takes no such mask).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from peft.tuners.tuners_utils import BaseTunerLayer
from trl import GRPOTrainer, RLOOTrainer

from adwright.models import sample

__all__ = ["SharedPromptGRPO", "SharedPromptRLOO", "decoder_and_head", "merged_adapter", "packed_log_probs"]


def packed_log_probs(
    model: Any, input_ids: torch.Tensor, attention_mask: torch.Tensor, completion: int, temperature: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probability and entropy of each completion token, neighbours with equal prompts packed.

    Args:
        model: a causal language model (or a peft model around one) with an attention that takes 4-D masks.
        input_ids: [n, prompt + completion], prompts padded on the left, completions on the right.
        attention_mask: like input_ids, 1 where a token is.
        completion: length of the completion part.
        temperature: logits are divided by it, as in the rollout.

    Returns:
        log-probabilities and entropies, each [n, completion]; 0 where there is no token.
    """
    groups = _groups(input_ids[:, :-completion], attention_mask[:, :-completion])
    packs = [_pack(input_ids, attention_mask, rows, completion) for rows in groups]
    width = max(len(pack.ids) for pack in packs)
    device = input_ids.device
    ids = torch.zeros(len(packs), width, dtype=torch.long, device=device)
    positions = torch.zeros_like(ids)
    allowed = torch.eye(width, dtype=torch.bool, device=device).repeat(len(packs), 1, 1)
    where_pack, where_place, where_target, where_row, where_step = [], [], [], [], []
    for k, pack in enumerate(packs):
        size = len(pack.ids)
        ids[k, :size], positions[k, :size] = pack.ids, pack.positions
        same = pack.owner[:, None] == pack.owner[None, :]
        before = torch.arange(size, device=device)[:, None] >= torch.arange(size, device=device)[None, :]
        allowed[k, :size, :size] = before & (same | (pack.owner == -1)[None, :])
        where_pack.append(torch.full_like(pack.predictor, k))
        where_place.append(pack.predictor)
        where_target.append(pack.target)
        where_row.append(pack.row)
        where_step.append(pack.step)
    decoder, head = decoder_and_head(model)
    hidden = decoder(
        input_ids=ids, attention_mask=allowed[:, None], position_ids=positions, use_cache=False
    ).last_hidden_state
    chosen = hidden[torch.cat(where_pack), torch.cat(where_place)]
    logits = head(chosen).float() / temperature
    taken = -torch.nn.functional.cross_entropy(logits, torch.cat(where_target), reduction="none")
    with torch.no_grad():
        probs = logits.softmax(-1)
        entropy = logits.logsumexp(-1) - (probs * logits).sum(-1)
    at = (torch.cat(where_row), torch.cat(where_step))
    empty = taken.new_zeros(len(input_ids), completion)
    return empty.index_put(at, taken), empty.index_put(at, entropy)


class _Pack:
    """One prompt and its samples as one sequence; ``owner`` is -1 for the prompt, else the sample."""

    def __init__(self, prompt: torch.Tensor, samples: list[tuple[int, torch.Tensor]]) -> None:
        p, device = len(prompt), prompt.device
        ids, positions, owner = (
            [prompt],
            [torch.arange(p, device=device)],
            [torch.full((p,), -1, device=device)],
        )
        predictor, target, row, step, start = [], [], [], [], p
        for index, (line, tokens) in enumerate(samples):
            count = torch.arange(len(tokens), device=device)
            ids.append(tokens)
            positions.append(p + count)
            owner.append(torch.full_like(count, index))
            predictor.append(torch.where(count == 0, p - 1, start + count - 1))
            target.append(tokens)
            row.append(torch.full_like(count, line))
            step.append(count)
            start += len(tokens)
        self.ids, self.positions, self.owner = torch.cat(ids), torch.cat(positions), torch.cat(owner)
        self.predictor, self.target = torch.cat(predictor), torch.cat(target)
        self.row, self.step = torch.cat(row), torch.cat(step)


def _groups(prompts: torch.Tensor, mask: torch.Tensor) -> list[list[int]]:
    groups: list[list[int]] = []
    for row in range(len(prompts)):
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and torch.equal(prompts[row] * mask[row], prompts[last] * mask[last])
            and torch.equal(mask[row], mask[last])
        ):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _pack(input_ids: torch.Tensor, attention_mask: torch.Tensor, rows: list[int], completion: int) -> _Pack:
    seen = attention_mask.bool()
    prompt = input_ids[rows[0], :-completion][seen[rows[0], :-completion]]
    samples = [(row, input_ids[row, -completion:][seen[row, -completion:]]) for row in rows]
    return _Pack(prompt, samples)


def decoder_and_head(model: Any) -> tuple[Any, Any]:
    """The transformer and the vocabulary projection of a causal model, or of the one inside a peft model."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    return inner.get_decoder(), inner.get_output_embeddings()


@contextmanager
def merged_adapter(model: Any) -> Iterator[None]:
    """Fold the adapter into the weights for a while (faster rollouts), then put them back exactly."""
    layers = [m for m in model.modules() if isinstance(m, BaseTunerLayer) and hasattr(m, "merge")]
    kept = [layer.get_base_layer().weight.data.clone() for layer in layers]
    model.merge_adapter()
    try:
        yield
    finally:
        model.unmerge_adapter()
        for layer, weight in zip(layers, kept, strict=True):
            layer.get_base_layer().weight.data.copy_(weight)


class _PackedLogProbs:
    """TRL's pass over prompts and completions, packed."""

    def _get_per_token_logps_and_entropies(
        self: Any,
        model: Any,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        logits_to_keep: int,
        batch_size: int | None = None,
        compute_entropy: bool = False,
        **_: Any,
    ) -> tuple[torch.Tensor, torch.Tensor | None, torch.Tensor | None]:
        network, size = self.accelerator.unwrap_model(model), batch_size or len(input_ids)
        parts = []
        for start in range(0, len(input_ids), size):
            rows = slice(start, start + size)
            with self.accelerator.autocast():
                parts.append(
                    packed_log_probs(
                        network, input_ids[rows], attention_mask[rows], logits_to_keep, self.temperature
                    )
                )
        log_probs, entropies = (torch.cat(part) for part in zip(*parts, strict=True))
        return log_probs, entropies if compute_entropy else None, None


class _SharedRollout:
    """RLOO's rollout by :func:`adwright.models.sample`; vLLM, if asked for, stays TRL's."""

    def _generate_single_turn(self: Any, prompt_ids: Any, images: Any, multimodal_fields: Any) -> Any:
        if self.use_vllm:
            return super()._generate_single_turn(prompt_ids, images, multimodal_fields)  # type: ignore[misc]
        lists = [list(ids) for ids in prompt_ids]
        firsts = [i for i in range(len(lists)) if i == 0 or lists[i] != lists[i - 1]]
        sizes = {end - start for start, end in zip(firsts, [*firsts[1:], len(lists)], strict=True)}
        if len(sizes) != 1:
            firsts, sizes = list(range(len(lists))), {1}
        model = self.accelerator.unwrap_model(self.model_wrapped)
        training = model.training
        model.eval()
        generator = torch.Generator().manual_seed(self.args.seed * 1_000_003 + self.state.global_step)
        with merged_adapter(model):
            drawn = sample(
                model,
                [lists[i] for i in firsts],
                sizes.pop(),
                max_new_tokens=self.max_completion_length,
                temperature=self.temperature,
                generator=generator,
                eos_ids=[self._tokenizer.eos_token_id],
            )
        model.train(training)
        return [tokens for group in drawn for tokens in group]


class SharedPromptRLOO(_PackedLogProbs, _SharedRollout, RLOOTrainer):
    """TRL's RLOO (arXiv 2402.14740), prompts shared in rollout and passes."""


class SharedPromptGRPO(_PackedLogProbs, GRPOTrainer):
    """TRL's GRPO (arXiv 2402.03300), prompts shared in the passes."""
