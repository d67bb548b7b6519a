"""TRL's trainers with each prompt computed once for all that is written for it.

TRL repeats a prompt for every sample and computes it again in the rollout, the old, the reference and
the trained pass. Here the samples of a prompt are laid behind it in one sequence under an attention
mask in which each sample sees the prompt and itself. The log-probabilities are the same (a test
compares them); a step of 100 prompt tokens and 8 samples of 22 costs about a third.

What is left out: images, the balancing loss of a mixture of experts, and flash attention (which takes no
such mask).
"""

from __future__ import annotations

from typing import Any

import torch
from trl import GRPOTrainer, RLOOTrainer

from adwright.models import Pack, read_packs, sample
from adwright.training.merged_copy import MergedCopy
from adwright.training.ranks import AveragedGradients

__all__ = [
    "SharedPromptGRPO",
    "SharedPromptRLOO",
    "packed_log_probs",
    "regrouped",
]

RANK_APART = 7_368_787
"""Between the seeds of two ranks' rollouts."""


def packed_log_probs(
    model: Any,
    input_ids: torch.Tensor,
    attention_mask: torch.Tensor,
    completion: int,
    temperature: float,
    with_entropy: bool = True,
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Log-probability and entropy of each completion token, neighbours with equal prompts packed.

    Args:
        model: a causal language model (or a peft model around one) with an attention that takes 4-D masks.
        input_ids: [n, prompt + completion], prompts padded on the left, completions on the right.
        attention_mask: like input_ids, 1 where a token is.
        completion: length of the completion part.
        temperature: logits are divided by it, as in the rollout.

    Returns:
        log-probabilities and, if asked for, entropies, each [n, completion]; 0 where there is no token.
    """
    groups = _groups(input_ids[:, :-completion], attention_mask[:, :-completion])
    packs = [_pack(input_ids, attention_mask, rows, completion) for rows in groups]
    hidden, head = read_packs(model, packs)
    log_probs = (head(hidden).float() / temperature).log_softmax(-1)
    taken = log_probs.gather(1, torch.cat([p.target for p in packs])[:, None]).squeeze(1)
    at = (torch.cat([p.row for p in packs]), torch.cat([p.step for p in packs]))
    empty = taken.new_zeros(len(input_ids), completion)
    if not with_entropy:
        return empty.index_put(at, taken), None
    with torch.no_grad():
        entropy = -(log_probs.exp() * log_probs).sum(-1)
    return empty.index_put(at, taken), empty.index_put(at, entropy)


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


def _pack(input_ids: torch.Tensor, attention_mask: torch.Tensor, rows: list[int], completion: int) -> Pack:
    seen = attention_mask.bool()
    prompt = input_ids[rows[0], :-completion][seen[rows[0], :-completion]]
    samples = [(row, input_ids[row, -completion:][seen[row, -completion:]]) for row in rows]
    return Pack(prompt, samples)


def regrouped(batches: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of one update, shuffled by TRL, with those of a prompt side by side again.

    The gradient is accumulated over all batches before the update, so their order does not matter to it.

    Args:
        batches: of equal size, each tensor with a row a sample; ``prompt_ids`` among them.
    """
    rows = {
        key: torch.cat([batch[key] for batch in batches])
        for key, value in batches[0].items()
        if isinstance(value, torch.Tensor) and value.ndim
    }
    order = torch.unique(rows["prompt_ids"], dim=0, return_inverse=True)[1].argsort(stable=True)
    parts = {key: value[order].chunk(len(batches)) for key, value in rows.items()}
    return [batch | {key: part[i] for key, part in parts.items()} for i, batch in enumerate(batches)]


class _PackedLogProbs(AveragedGradients):
    """TRL's pass over prompts and completions, packed."""

    def _prepare_inputs(self: Any, generation_batch: Any) -> Any:
        before = self._buffered_inputs
        inputs = super()._prepare_inputs(generation_batch)  # type: ignore[misc]
        if self._buffered_inputs is before:
            return inputs
        self._buffered_inputs = regrouped(self._buffered_inputs)
        return self._buffered_inputs[self._step % self.args.steps_per_generation]

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
        log_probs, entropies = [], []
        for start in range(0, len(input_ids), size):
            rows = slice(start, start + size)
            with self.accelerator.autocast():
                taken, entropy = packed_log_probs(
                    network,
                    input_ids[rows],
                    attention_mask[rows],
                    logits_to_keep,
                    self.temperature,
                    compute_entropy,
                )
            log_probs.append(taken)
            entropies += [] if entropy is None else [entropy]
        return torch.cat(log_probs), torch.cat(entropies) if entropies else None, None


class _SharedRollout:
    """RLOO's rollout by :func:`adwright.models.sample` from ``merged``; vLLM, if asked for, stays TRL's."""

    merged: MergedCopy

    def _generate_single_turn(self: Any, prompt_ids: Any, images: Any, multimodal_fields: Any) -> Any:
        if self.use_vllm:
            return super()._generate_single_turn(prompt_ids, images, multimodal_fields)  # type: ignore[misc]
        lists = [list(ids) for ids in prompt_ids]
        firsts = [i for i in range(len(lists)) if i == 0 or lists[i] != lists[i - 1]]
        sizes = {end - start for start, end in zip(firsts, [*firsts[1:], len(lists)], strict=True)}
        if len(sizes) != 1:
            firsts, sizes = list(range(len(lists))), {1}
        seed = self.args.seed * 1_000_003 + self.state.global_step
        generator = torch.Generator().manual_seed(seed + self.accelerator.process_index * RANK_APART)
        drawn = sample(
            self.merged.refreshed(self.accelerator.unwrap_model(self.model_wrapped)),
            [lists[i] for i in firsts],
            sizes.pop(),
            max_new_tokens=self.max_completion_length,
            temperature=self.temperature,
            generator=generator,
            eos_ids=self.eos_token_ids,
        )
        return [tokens for group in drawn for tokens in group]


class SharedPromptRLOO(_PackedLogProbs, _SharedRollout, RLOOTrainer):
    """TRL's RLOO (arXiv 2402.14740), prompts shared in rollout and passes."""


class SharedPromptGRPO(_PackedLogProbs, GRPOTrainer):
    """TRL's GRPO (arXiv 2402.03300), prompts shared in the passes."""
