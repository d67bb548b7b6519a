"""Texts as vectors: sentence embeddings, and what a language model's middle layers make of a text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from adwright.models.loading import EMBEDDED, load_encoder, load_reader

__all__ = ["embed", "read"]


def embed(texts: Sequence[str], encoder: str = EMBEDDED, batch: int = 128) -> NDArray[np.float32]:
    """Sentence embeddings: the mean over a text's tokens, then unit length.

    As sentence-transformers does it for the embedded encoder (arXiv 1908.10084). What is left out:
    other ways of pooling; an encoder made for them still gives the mean.

    Args:
        texts: n texts; what is longer than the encoder can read is cut off.
        encoder: "embedded", a folder, or a Hugging Face id.
        batch: texts in a forward pass; texts of like length go together.

    Returns:
        [n, d], float32, rows of unit norm.

    Raises:
        ModelError: unknown encoder or damaged files.
    """
    means = _mean_states(texts, *_encoder(encoder), batch)
    return torch.nn.functional.normalize(torch.from_numpy(means), dim=1).numpy()


def read(texts: Sequence[str], reader: str = EMBEDDED, batch: int = 64) -> NDArray[np.float32]:
    """The mean over a text's tokens of a language model's states at two thirds of its depth.

    In half precision where the processor has it: what stands beside a text in its batch may move
    its figures in the third digit.

    Args:
        texts, batch: as for :func:`embed`.
        reader: "embedded", a folder, or a Hugging Face id of a causal language model.

    Returns:
        [n, d], float32.

    Raises:
        ModelError: unknown model or damaged files.
    """
    return _mean_states(texts, *_reader(reader), batch)


@torch.no_grad()
def _mean_states(texts: Sequence[str], network: Any, tokenizer: Any, batch: int) -> NDArray[np.float32]:
    out = np.zeros((len(texts), network.config.get_text_config().hidden_size), dtype=np.float32)
    if not len(texts):
        return out
    ids = tokenizer(list(texts), truncation=True, padding=False, return_attention_mask=False)["input_ids"]
    lengths = np.array([len(row) for row in ids])
    order = np.argsort(-lengths, kind="stable")[: int((lengths > 0).sum())]
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        tokens = np.full((len(rows), lengths[rows[0]]), tokenizer.pad_token_id or 0, dtype=np.int64)
        for place, row in enumerate(rows):
            tokens[place, : lengths[row]] = ids[row]
        mask = torch.from_numpy((np.arange(tokens.shape[1]) < lengths[rows, None]).astype(np.int64))
        hidden = network(
            input_ids=torch.from_numpy(tokens).to(network.device), attention_mask=mask.to(network.device)
        ).last_hidden_state
        weights = mask[:, :, None].to(network.device, torch.float32)
        out[rows] = ((hidden.float() * weights).sum(1) / weights.sum(1).clamp(min=1e-9)).cpu().numpy()
    return out


@lru_cache(maxsize=2)
def _encoder(model: str) -> tuple[Any, Any]:
    return load_encoder(model)


@lru_cache(maxsize=1)
def _reader(model: str) -> tuple[Any, Any]:
    return load_reader(model)
