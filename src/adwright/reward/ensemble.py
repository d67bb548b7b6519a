"""The ensemble of reward models: a score with its uncertainty, calibrated."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from adwright.errors import ModelError, NotFoundError
from adwright.reward.linear import LinearReward
from adwright.reward.network import RewardNetwork
from adwright.runs import write_json

__all__ = ["Member", "RewardModel", "load_member"]


class Member(Protocol):
    """What one model of an ensemble does."""

    @property
    def use_context(self) -> bool:
        """Whether it reads the context."""
        ...

    def score(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> np.ndarray:
        """Scores, shape [n], on a scale of its own."""
        ...

    def save(self, folder: Path) -> None:
        """Write what :func:`load_member` reads."""
        ...


def load_member(folder: Path) -> Member:
    """A fine-tuned network or a linear reward, whichever the folder holds.

    Raises:
        ModelError: the files are missing or damaged.
    """
    linear = (folder / "linear.safetensors").is_file()
    return LinearReward.load(folder) if linear else RewardNetwork.load(folder)


@dataclass
class RewardModel:
    """Several models whose scores are brought to one scale and averaged.

    Attributes:
        members: fine-tuned networks, and a linear reward on frozen representations.
        temperature: the mean difference of two scores is divided by it before the sigmoid, so that
            the chance to win is calibrated on validation stories.
        scales: what each member's scores are divided by; none are where there are none.
    """

    members: list[Member]
    temperature: float = 1.0
    scales: tuple[float, ...] = ()
    folder: Path | None = field(default=None, compare=False)

    @property
    def use_context(self) -> bool:
        """Whether any member reads the context."""
        return any(member.use_context for member in self.members)

    def scores(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> np.ndarray:
        """Each member's calibrated logits, shape [members, n]."""
        if not texts:
            return np.zeros((len(self.members), 0))
        scales = self.scales or (1.0,) * len(self.members)
        own = [m.score(texts, contexts) / scale for m, scale in zip(self.members, scales, strict=True)]
        return np.stack(own) / self.temperature

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

    def averaged(self) -> RewardNetwork:
        """One network whose weights are the mean of the networks', for one pass (WARM, arXiv 2401.12187).

        They were all fine-tuned from one encoder, so that the mean of their weights scores much like
        the mean of their scores. The linear reward is left out.
        """
        networks = [member for member in self.members if isinstance(member, RewardNetwork)]
        mean = copy.deepcopy(networks[0])
        states = [network.state_dict() for network in networks]
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
        content = {
            "members": len(self.members),
            "temperature": self.temperature,
            "scales": list(self.scales),
        }
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
            scales = tuple(float(scale) for scale in content["scales"])
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(
                "damaged", where=str(folder / "ensemble.json"), fix="train the reward again"
            ) from error
        return cls([load_member(folder / f"member-{k}") for k in range(count)], temperature, scales, folder)
