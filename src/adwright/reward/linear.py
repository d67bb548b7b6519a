"""A linear reward on frozen representations: what few tests can teach without forgetting anything.

Left out on purpose, as in the networks: the source, and the context.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from adwright.errors import ModelError
from adwright.models import embed, read
from adwright.runs import write_json

__all__ = ["LinearReward", "features"]


def features(texts: Sequence[str], encoder: str, reader: str) -> list[np.ndarray]:
    """Sentence embeddings, and a language model's mean states: two blocks, each [n, d of its own].

    Raises:
        ModelError: a model cannot be loaded.
    """
    return list(_features(tuple(texts), encoder, reader))


@lru_cache(maxsize=1)  # the members of two ensembles that are tried on the same texts read them once
def _features(texts: tuple[str, ...], encoder: str, reader: str) -> tuple[np.ndarray, np.ndarray]:
    return embed(texts, encoder).astype(np.float64), read(texts, reader).astype(np.float64)


@dataclass
class LinearReward:
    """score(text) = w · features(text), in logits of winning, Bradley–Terry like the networks.

    Attributes:
        weights: [d], of both blocks.
        encoder, reader: the frozen models, as :func:`adwright.models.embed` and ``read`` name them.
    """

    weights: np.ndarray
    encoder: str = "embedded"
    reader: str = "embedded"
    use_context: ClassVar[bool] = False

    def score(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> np.ndarray:
        """Scores, shape [n]; the context is not read.

        Raises:
            ModelError: a model cannot be loaded, or is of another width than the weights.
        """
        own = np.concatenate(features(texts, self.encoder, self.reader), axis=1)
        if own.shape[1] != len(self.weights):
            raise ModelError(
                f"{len(self.weights)} weights for {own.shape[1]} features",
                where=f"{self.encoder}, {self.reader}",
                fix="train the reward again with these models",
            )
        return np.asarray(own @ self.weights)

    def save(self, folder: Path) -> None:
        """Write ``linear.safetensors`` and ``reward.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file({"weights": self.weights}, folder / "linear.safetensors.tmp")
        (folder / "linear.safetensors.tmp").replace(folder / "linear.safetensors")
        write_json(folder / "reward.json", {"encoder": self.encoder, "reader": self.reader})

    @classmethod
    def load(cls, folder: Path) -> LinearReward:
        """Read what :meth:`save` wrote.

        Raises:
            ModelError: the files are missing or damaged.
        """
        try:
            settings = json.loads((folder / "reward.json").read_text(encoding="utf-8"))
            weights = load_file(folder / "linear.safetensors")["weights"]
            return cls(weights, settings["encoder"], settings["reader"])
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise ModelError(
                f"not a linear reward, or damaged ({type(error).__name__})",
                where=str(folder),
                fix="delete the reward folder of that run and run the same command again",
            ) from error
