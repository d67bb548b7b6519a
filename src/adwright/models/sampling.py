"""Sampling from a transformers model: many texts for each prompt, the prompt computed once.

``transformers.generate`` expands a prompt to its samples before the first pass, so that a prompt of
a hundred tokens is computed once a sample. Here it is computed once, its cache repeated, and rows
that have finished leave the batch. What is left out: beams, penalties, constraints.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

__all__ = ["sample", "sample_texts", "token_ids"]

SHRINK_AT = 0.75


@torch.no_grad()
def sample(
    model: Any,
    prompt_ids: Sequence[Sequence[int]],
    n: int,
    *,
    max_new_tokens: int,
    temperature: float,
    generator: torch.Generator,
    eos_ids: Sequence[int],
    min_p: float = 0.0,
) -> list[list[list[int]]]:
    """Draw ``n`` completions for each prompt.

    Args:
        model: a causal language model of transformers (or a peft model around one), in eval mode.
        prompt_ids: token ids of each prompt, not padded.
        n: completions a prompt.
        max_new_tokens: a completion is cut off here.
        temperature: softmax temperature, above 0.
        generator: source of randomness, on the CPU.
        eos_ids: a completion ends with any of these; it is kept in the result.
        min_p: tokens less likely than ``min_p`` times the likeliest are not drawn (arXiv 2407.01082).

    Returns:
        token ids, [prompts][n][tokens].
    """
    batch = _prefilled(model, prompt_ids, n)
    texts: list[list[int]] = [[] for _ in range(len(batch.logits))]
    eos = torch.tensor(list(eos_ids), device=batch.mask.device)
    for step in range(max_new_tokens):
        drawn = _draw(batch.logits, temperature, min_p, generator)
        for row, token, live in zip(batch.rows.tolist(), drawn.tolist(), batch.alive.tolist(), strict=True):
            if live:
                texts[row].append(token)
        batch.alive &= ~torch.isin(drawn, eos)
        if not batch.alive.any() or step == max_new_tokens - 1:
            break
        if batch.alive.float().mean() < SHRINK_AT:
            drawn = batch.shrink(drawn)
        batch.advance(model, drawn)
    return [texts[i : i + n] for i in range(0, len(texts), n)]


@dataclass
class _Batch:
    """The samples that are being drawn, a row each.

    Attributes:
        rows: which sample a row is; alive: whether it goes on, both of shape [rows].
        logits: of the next token, [rows, vocabulary]; mask: [rows, tokens so far]; positions: [rows, 1].
    """

    cache: Any
    logits: torch.Tensor
    mask: torch.Tensor
    positions: torch.Tensor
    rows: torch.Tensor
    alive: torch.Tensor

    def shrink(self, drawn: torch.Tensor) -> torch.Tensor:
        """Let finished rows leave; what was drawn for the others."""
        keep = self.alive.nonzero().squeeze(1)
        self.cache.batch_select_indices(keep)
        self.rows, self.mask, self.positions = self.rows[keep], self.mask[keep], self.positions[keep]
        self.alive = self.alive[keep]
        return drawn[keep]

    def advance(self, model: Any, drawn: torch.Tensor) -> None:
        """Compute the logits after the drawn tokens."""
        self.mask = torch.cat([self.mask, self.mask.new_ones(len(self.rows), 1)], dim=1)
        self.positions = self.positions + 1
        self.logits = model(
            input_ids=drawn[:, None],
            attention_mask=self.mask,
            position_ids=self.positions,
            past_key_values=self.cache,
            use_cache=True,
        ).logits[:, -1]


def _prefilled(model: Any, prompt_ids: Sequence[Sequence[int]], n: int) -> _Batch:
    device = next(model.parameters()).device
    width = max(len(ids) for ids in prompt_ids)
    tokens = torch.zeros(len(prompt_ids), width, dtype=torch.long, device=device)
    mask = torch.zeros_like(tokens)
    for row, ids in enumerate(prompt_ids):
        tokens[row, width - len(ids) :] = torch.tensor(list(ids), device=device)
        mask[row, width - len(ids) :] = 1
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    out = model(
        input_ids=tokens, attention_mask=mask, position_ids=positions, use_cache=True, logits_to_keep=1
    )
    out.past_key_values.batch_repeat_interleave(n)
    rows = torch.arange(len(prompt_ids) * n, device=device)
    return _Batch(
        cache=out.past_key_values,
        logits=out.logits[:, -1].repeat_interleave(n, 0),
        mask=mask.repeat_interleave(n, 0),
        positions=positions[:, -1:].repeat_interleave(n, 0),
        rows=rows,
        alive=torch.ones_like(rows, dtype=torch.bool),
    )


def _draw(logits: torch.Tensor, temperature: float, min_p: float, generator: torch.Generator) -> torch.Tensor:
    probs = (logits.float() / temperature).softmax(-1)
    if min_p > 0:
        probs = probs.masked_fill(probs < min_p * probs.amax(-1, keepdim=True), 0.0)
    # Inverse transform with one uniform a row from the CPU: much cheaper than multinomial's one a token.
    total = probs.cumsum(-1)
    point = torch.rand(len(probs), 1, generator=generator).to(total.device) * total[:, -1:]
    return torch.searchsorted(total, point).squeeze(1).clamp(max=probs.shape[-1] - 1)


def token_ids(writer: Any, prompts: Sequence[list[dict[str, str]]]) -> list[list[int]]:
    """Conversations as the writer (a models.LoadedWriter) reads them, up to its turn: [prompts][tokens]."""
    template = writer.tokenizer.apply_chat_template
    return [
        list(template(prompt, add_generation_prompt=True, tokenize=True, return_dict=False))
        for prompt in prompts
    ]


def sample_texts(
    writer: Any,
    prompts: Sequence[list[dict[str, str]]],
    n: int,
    *,
    max_new_tokens: int,
    temperature: float,
    seed: int,
    min_p: float = 0.0,
    batch: int = 16,
    advance: Callable[..., None] | None = None,
) -> list[list[str]]:
    """Draw ``n`` raw texts for each conversation; prompts of like length go together.

    Args:
        writer: a models.LoadedWriter, its model in eval mode.
        prompts: conversations (lists of role and content).
        batch: prompts computed at a time.
        advance: called with the number of prompts done.
    """
    ids, tokenizer = token_ids(writer, prompts), writer.tokenizer
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    texts: list[list[str]] = [[] for _ in ids]
    generator = torch.Generator().manual_seed(seed)
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        drawn = sample(
            writer.model,
            [ids[i] for i in rows],
            n,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            generator=generator,
            eos_ids=writer.ends,
            min_p=min_p,
        )
        for i, group in zip(rows, drawn, strict=True):
            texts[i] = [tokenizer.decode(tokens, skip_special_tokens=True) for tokens in group]
        if advance is not None:
            advance(len(rows))
    return texts
