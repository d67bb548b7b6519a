"""One prompt and all that is written for it as one sequence, so that the prompt is computed once.

Each sample sees the prompt and itself, under an attention mask of its own; flash attention takes none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

__all__ = ["Pack", "read_packs"]


class Pack:
    """One prompt and its samples as one sequence.

    Attributes:
        ids, positions, owner: [tokens]; ``owner`` is -1 for the prompt, else the number of the sample.
        predictor, target: [sample tokens], the place in the sequence that predicts a token, and the token.
        row, step: [sample tokens], where the token stands in the batch: its row, its place in the completion.
    """

    def __init__(self, prompt: torch.Tensor, samples: Sequence[tuple[int, torch.Tensor]]) -> None:
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


def read_packs(
    model: Any, packs: Sequence[Pack]
) -> tuple[torch.Tensor, Callable[[torch.Tensor], torch.Tensor]]:
    """States that predict the packs' sample tokens, [sample tokens, width], and what makes logits of them."""
    ids, positions, allowed = _laid_out(packs)
    decoder, head = _decoder_and_head(model)
    mask = allowed[:, None]
    if decoder.config._attn_implementation == "eager":  # adds the mask to the logits of attention
        mask = torch.zeros_like(mask, dtype=decoder.dtype).masked_fill(~mask, torch.finfo(decoder.dtype).min)
    hidden = decoder(
        input_ids=ids, attention_mask=mask, position_ids=positions, use_cache=False
    ).last_hidden_state
    pack = torch.cat([torch.full_like(p.predictor, k) for k, p in enumerate(packs)])
    return hidden[pack, torch.cat([p.predictor for p in packs])], head


def _laid_out(packs: Sequence[Pack]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
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


def _decoder_and_head(model: Any) -> tuple[Any, Callable[[torch.Tensor], torch.Tensor]]:
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
