"""The ensemble of reward networks: a score with its uncertainty, calibrated."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from scipy.special import expit

from adwright.errors import ModelError, NotFoundError
from adwright.reward.network import RewardNetwork
from adwright.runs import write_json

__all__ = ["RewardModel"]


@dataclass
class RewardModel:
    """Several networks whose scores are standardised alike and averaged.

    Attributes:
        members: the networks.
        temperature: the mean difference of two scores is divided by it before the sigmoid, so that
            the chance to win is calibrated on validation stories.
    """

    members: list[RewardNetwork]
    temperature: float = 1.0
    folder: Path | None = field(default=None, compare=False)

    @property
    def use_context(self) -> bool:
        """Whether any member reads the context."""
        return any(member.use_context for member in self.members)

    def scores(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> np.ndarray:
        """Each member's calibrated logits, shape [members, n]."""
        if not texts:
            return np.zeros((len(self.members), 0))
        return np.stack([member.score(texts, contexts) for member in self.members]) / self.temperature

    def mean(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> np.ndarray:
        """Mean over members, shape [n]."""
        return np.asarray(self.scores(texts, contexts).mean(0))

    def against(
        self, texts: Sequence[str], originals: Sequence[str], contexts: Sequence[str] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean and spread (standard deviation over members) of score(text) - score(original), each [n]."""
        both = [*texts, *originals]
        given = [*contexts, *contexts] if contexts is not None and self.use_context else [""] * len(both)
        keys = list(zip(both, given, strict=True))
        place = {key: i for i, key in enumerate(dict.fromkeys(keys))}
        unique = self.scores([text for text, _ in place], [context for _, context in place])
        joined = unique[:, [place[key] for key in keys]]
        own, other = joined[:, : len(texts)], joined[:, len(texts) :]
        difference = own - other
        return difference.mean(0), difference.std(0)

    def beats(
        self, texts: Sequence[str], originals: Sequence[str], contexts: Sequence[str] | None = None
    ) -> np.ndarray:
        """Calibrated chance that each text wins against its original, shape [n]."""
        return np.asarray(expit(self.against(texts, originals, contexts)[0]))

    def averaged(self) -> RewardNetwork:
        """One network whose weights are the members' mean, for a third of the cost (WARM, arXiv 2401.12187).

        The members were all fine-tuned from one encoder, so that the mean of their weights scores
        much like the mean of their scores.
        """
        mean = copy.deepcopy(self.members[0])
        states = [member.state_dict() for member in self.members]
        mean.load_state_dict(
            {
                name: torch.stack([s[name] for s in states]).mean(0) if value.is_floating_point() else value
                for name, value in states[0].items()
            }
        )
        mean.eval()
        return mean

    def save(self, folder: Path) -> None:
        """Write ``ensemble.json``; members save themselves as ``member-K``."""
        folder.mkdir(parents=True, exist_ok=True)
        content = {"members": len(self.members), "temperature": self.temperature}
        write_json(folder / "ensemble.json", content)

    @classmethod
    def load_average(cls, folder: Path) -> RewardModel:
        """Read the one network that stands for the ensemble in a ``proxy`` folder.

        Raises:
            NotFoundError, ModelError: as for :meth:`load`.
        """
        return cls.load(Path(folder) / "average")

    @classmethod
    def load(cls, folder: Path) -> RewardModel:
        """Read an ensemble (a ``proxy`` or ``independent`` folder of a reward stage).

        Raises:
            NotFoundError: the folder holds none.
            ModelError: it is damaged.
        """
        folder = Path(folder)
        if not (folder / "ensemble.json").is_file():
            raise NotFoundError(
                f"no reward model in {folder}", fix="name a run, its reward folder, or train one"
            )
        try:
            content = json.loads((folder / "ensemble.json").read_text(encoding="utf-8"))
            count, temperature = int(content["members"]), float(content["temperature"])
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(
                "damaged", where=str(folder / "ensemble.json"), fix="train the reward again"
            ) from error
        return cls([RewardNetwork.load(folder / f"member-{k}") for k in range(count)], temperature, folder)
