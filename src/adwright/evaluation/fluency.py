"""What the writers themselves say of texts: how usual they are, and how likely as an answer to a source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from adwright.models import LoadedWriter
from adwright.records import Source
from adwright.text import messages

__all__ = ["answer_log_probs", "text_log_probs"]


@torch.no_grad()
def text_log_probs(writer: LoadedWriter, texts: Sequence[str], batch: int = 32) -> np.ndarray:
    """Mean log-probability a token of each text by itself under the base writer, shape [n].

    It says how usual the language is; it lets fluent nonsense pass, so it only reports.
    """
    tokenizer = writer.tokenizer
    device = next(writer.model.parameters()).device
    values = np.zeros(len(texts))
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        ids = [
            [tokenizer.bos_token_id or 0, *tokenizer(texts[i] or " ", add_special_tokens=False)["input_ids"]]
            for i in rows
        ]
        width = max(map(len, ids))
        tokens = torch.tensor([x + [0] * (width - len(x)) for x in ids], device=device)
        mask = torch.tensor([[1] * len(x) + [0] * (width - len(x)) for x in ids], device=device)
        logits = writer.model(input_ids=tokens, attention_mask=mask).logits[:, :-1].float()
        taken = logits.log_softmax(-1).gather(2, tokens[:, 1:, None]).squeeze(2) * mask[:, 1:]
        values[rows] = (taken.sum(1) / mask[:, 1:].sum(1).clamp(min=1)).double().cpu().numpy()
    return values


@torch.no_grad()
def answer_log_probs(
    writer: LoadedWriter, sources: Sequence[Source], texts: Sequence[str], batch: int = 16
) -> np.ndarray:
    """Log-probability of each text as the writer's answer for its source, in nats, shape [n].

    The mean of log p(text) - log q(text) over texts of p is a log-likelihood ratio, an estimate of the
    KL of p to q and not that KL itself: texts are drawn at the evaluation's temperature and cleaned to
    one line, but scored at temperature 1 and with the end of the answer behind them.
    """
    tokenizer = writer.tokenizer
    device = next(writer.model.parameters()).device
    values = np.zeros(len(texts))
    for start in range(0, len(texts), batch):
        rows = range(start, min(start + batch, len(texts)))
        ids, widths = [], []
        for i in rows:
            prompt = tokenizer.apply_chat_template(
                messages(sources[i].text, sources[i].brief),
                add_generation_prompt=True,
                tokenize=True,
                return_dict=False,
            )
            answer = [*tokenizer(texts[i], add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
            ids.append([*prompt, *answer])
            widths.append(len(answer))
        longest = max(map(len, ids))
        tokens = torch.tensor([[0] * (longest - len(x)) + x for x in ids], device=device)
        mask = torch.tensor([[0] * (longest - len(x)) + [1] * len(x) for x in ids], device=device)
        keep = max(widths) + 1
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        logits = writer.model(
            input_ids=tokens, attention_mask=mask, position_ids=positions, logits_to_keep=keep
        ).logits
        log_probs = logits[:, :-1].float().log_softmax(-1)
        taken = log_probs.gather(2, tokens[:, -(keep - 1) :, None]).squeeze(2)
        for k, i in enumerate(rows):
            values[i] = float(taken[k, -widths[k] :].sum())
    return values
