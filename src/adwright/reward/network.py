"""One reward network: a sentence encoder and a linear head, trained as Bradley–Terry.

Left out on purpose: a prompt. What an audience sees is the text alone, and a network that saw the
source could learn to like its own kind of edit. Context (audience, product) is an optional second
segment.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from adwright.errors import ModelError
from adwright.models import device, load_encoder
from adwright.runs import write_json

__all__ = ["RewardNetwork"]

MAX_TOKENS = 96


class RewardNetwork(nn.Module):
    """score(text) = w · meanpool(encoder(text)) + b, in logits of winning.

    The probability that text a beats text b is sigmoid(score(a) - score(b))
    (Bradley and Terry, Biometrika 39, 1952).
    """

    def __init__(
        self, encoder: str, *, use_context: bool = False, seed: int = 0, dropout: float = 0.1
    ) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.encoder_name, self.use_context = encoder, use_context
        self.encoder, self.tokenizer = load_encoder(encoder)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.encoder.config.hidden_size, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.to(device())

    def forward(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> torch.Tensor:
        """Scores, shape [n], float32."""
        pairs = list(contexts) if self.use_context and contexts is not None else None
        batch = self.tokenizer(
            list(texts), pairs, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
        ).to(self.head.weight.device)
        hidden = self.encoder(**batch).last_hidden_state.float()
        mask = batch["attention_mask"][..., None].float()
        pooled = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        scores: torch.Tensor = self.head(self.dropout(pooled)).squeeze(1)
        assert scores.shape == (len(texts),)
        return scores

    @torch.no_grad()
    def score(
        self, texts: Sequence[str], contexts: Sequence[str] | None = None, batch: int = 128
    ) -> np.ndarray:
        """Scores of many texts, shape [n]; in batches sorted by length, so that little is padded."""
        training, scores = self.training, np.zeros(len(texts), dtype=np.float64)
        self.eval()
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            part = [contexts[i] for i in rows] if contexts is not None else None
            scores[rows] = self([texts[i] for i in rows], part).double().cpu().numpy()
        self.train(training)
        return scores

    def save(self, folder: Path) -> None:
        """Write ``reward.safetensors`` and ``reward.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        state = {name: value.contiguous() for name, value in self.state_dict().items()}
        save_file(state, folder / "reward.safetensors.tmp")
        (folder / "reward.safetensors.tmp").replace(folder / "reward.safetensors")
        settings = {"encoder": self.encoder_name, "use_context": self.use_context}
        write_json(folder / "reward.json", settings)

    @classmethod
    def load(cls, folder: Path) -> RewardNetwork:
        """Read what :meth:`save` wrote.

        Raises:
            ModelError: the files are missing or damaged, or the encoder is not there.
        """
        try:
            settings = json.loads((folder / "reward.json").read_text(encoding="utf-8"))
            encoder, use_context = settings["encoder"], settings["use_context"]
            state = load_file(folder / "reward.safetensors")
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise _damaged(folder, error) from error
        network = cls(encoder, use_context=use_context)
        try:
            network.load_state_dict(state)
        except RuntimeError as error:  # so torch says that names or shapes are others
            raise _damaged(folder, error) from error
        network.eval()
        return network


def _damaged(folder: Path, error: Exception) -> ModelError:
    return ModelError(
        f"not a reward network, or damaged ({type(error).__name__})",
        where=str(folder),
        fix="delete the reward folder of that run and run the same command again",
    )
