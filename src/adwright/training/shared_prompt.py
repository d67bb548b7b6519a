"""TRL's RLOO and GRPO with each prompt computed once for all of its samples.

TRL repeats a prompt for every sample and computes it again in the rollout, the old, the reference and
the trained pass. Here the samples of a prompt are laid behind it in one sequence under an attention
mask in which each sample sees the prompt and itself. The log-probabilities are the same (a test
compares them); a step of 100 prompt tokens and 8 samples of 22 costs about a third.

What is left out: images, the balancing loss of a mixture of experts, and flash attention (which takes no
such mask).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from trl import GRPOTrainer, RLOOTrainer

from adwright.models import sample
from adwright.training.merged_copy import MergedCopy
from adwright.training.ranks import AveragedGradients

__all__ = ["SharedPromptGRPO", "SharedPromptRLOO", "decoder_and_head", "packed_log_probs", "regrouped"]

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
    ids, positions, allowed = _laid_out(packs)
    decoder, head = decoder_and_head(model)
    mask = allowed[:, None]
    if decoder.config._attn_implementation == "eager":  # adds the mask to the logits of attention
        mask = torch.zeros_like(mask, dtype=decoder.dtype).masked_fill(~mask, torch.finfo(decoder.dtype).min)
    hidden = decoder(
        input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=False
    ).last_hidden_state
    pack = torch.cat([torch.full_like(p.predictor, k) for k, p in enumerate(packs)])
    chosen = hidden[pack, torch.cat([p.predictor for p in packs])]
    log_probs = (head(chosen).float() / temperature).log_softmax(-1)
    taken = log_probs.gather(1, torch.cat([p.target for p in packs])[:, None]).squeeze(1)
    at = (torch.cat([p.row for p in packs]), torch.cat([p.step for p in packs]))
    empty = taken.new_zeros(len(input_ids), completion)
    if not with_entropy:
        return empty.index_put(at, taken), None
    with torch.no_grad():
        entropy = -(log_probs.exp() * log_probs).sum(-1)
    return empty.index_put(at, taken), empty.index_put(at, entropy)


def _laid_out(packs: list[_Pack]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Token ids and positions, [packs, width], and who may see whom, [packs, width, width].

    Padding sees itself, for a softmax over nothing is not a number.
    """
    width, device = max(len(pack.ids) for pack in packs), packs[0].ids.device
    ids = torch.zeros(len(packs), width, dtype=torch.long, device=device)
    positions = torch.zeros_like(ids)
    allowed = torch.eye(width, dtype=torch.bool, device=device).repeat(len(packs), 1, 1)
    for k, pack in enumerate(packs):
        size = len(pack.ids)
        ids[k, :size], positions[k, :size] = pack.ids, pack.positions
        same = pack.owner[:, None] == pack.owner[None, :]
        before = torch.ones(size, size, dtype=torch.bool, device=device).tril()
        allowed[k, :size, :size] = before & (same | (pack.owner == -1)[None, :])
    return ids, positions, allowed


class _Pack:
    """One prompt and its samples as one sequence.

    Attributes:
        ids, positions, owner: [tokens]; ``owner`` is -1 for the prompt, else the number of the sample.
        predictor, target: [sample tokens], the place in the sequence that predicts a token, and the token.
        row, step: [sample tokens], where the token stands in the batch: its row, its place in the completion.
    """

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


def decoder_and_head(model: Any) -> tuple[Any, Callable[[torch.Tensor], torch.Tensor]]:
    """The transformer of a causal model, or of the one inside a peft model, and what gives its logits.

    Some models scale or bound their logits after the projection; ``forward`` does it, and so must this.
    """
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    project, config = inner.get_output_embeddings(), inner.config.get_text_config()
    scale, bound = _logit_scale(config), getattr(config, "final_logit_softcapping", None)

    def head(hidden: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = project(hidden)
        if scale != 1.0:
            logits = logits * scale
        return bound * torch.tanh(logits / bound) if bound else logits

    return inner.get_decoder(), head


def _logit_scale(config: Any) -> float:
    """What logits are multiplied by, by the names that models give it (as TRL's fused head reads them)."""
    for name in ("logit_scale", "output_multiplier", "lm_head_multiplier"):
        if getattr(config, name, None) is not None:
            return float(getattr(config, name))
    divisor = getattr(config, "logits_scaling", None)
    return 1.0 if divisor is None else 1.0 / float(divisor)


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
