"""From scores to the one number that RL climbs, each term named and logged on its own.

reward = floor                                       if a filter or guardrail refuses the text, or it is
                                                     so near the source that nobody would be shown it
       = preference + length + faithfulness          else

preference    (mean - lambda · spread) / unit of the ensemble's score(text) - score(source): the lower bound
              that delays over-optimisation (arXiv 2310.02743); the unit is the standard deviation of what
              second human texts score, so that weights mean the same for every company's data
length        - weight · max(0, |log(length(text) / length(source))| - slack)
faithfulness  - weight · max(0, enough - faithfulness of adwright.reward.faithfulness); what a second
              person's texts keep is enough, for a copy is the most faithful of all

Guardrails are a floor, not a term: what earns clicks by deceiving must never be traded off against them
(arXiv 2510.06105).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from adwright.records import Brief
from adwright.reward.context import context_of
from adwright.reward.ensemble import RewardModel
from adwright.reward.faithfulness import Faithfulness, judge
from adwright.text import clean, passes, same

__all__ = ["ComposedReward", "refused"]

LENGTH_SLACK = 0.15
PREFERENCE_CLIP = 3.0


def refused(
    texts: Sequence[str], sources: Sequence[str], briefs: Sequence[Brief], judged: Faithfulness
) -> np.ndarray:
    """Which texts a filter or guardrail refuses, shape [n], bool."""
    return np.array(
        [
            not passes(text, source, brief, float(similarity))
            for text, source, brief, similarity in zip(texts, sources, briefs, judged.similarity, strict=True)
        ],
        dtype=bool,
    )


@dataclass
class ComposedReward:
    """The reward as a picklable batch callable; fits any TRL trainer that samples.

    Its data set must carry the columns ``source`` (text) and ``brief`` (JSON).
    """

    model: RewardModel
    spread: float
    length_weight: float
    faithfulness_weight: float
    floor: float
    encoder: str = "embedded"
    enough: float = 1.0
    unit: float = 1.0
    __name__ = "rlpf"

    def terms(
        self, texts: Sequence[str], sources: Sequence[str], briefs: Sequence[Brief]
    ) -> dict[str, np.ndarray]:
        """All terms and their composition under "reward", each of shape [n]."""
        contexts = [context_of(brief) for brief in briefs]
        mean, spread = self.model.against(texts, sources, contexts)
        judged = judge(texts, sources, briefs, self.encoder)
        near = np.array([same(text, source) for text, source in zip(texts, sources, strict=True)], dtype=bool)
        stop = refused(texts, sources, briefs, judged) | near
        preference = np.clip((mean - self.spread * spread) / self.unit, -PREFERENCE_CLIP, PREFERENCE_CLIP)
        ratio = np.array(
            [np.log(max(len(t), 1) / max(len(s), 1)) for t, s in zip(texts, sources, strict=True)]
        )
        length = -self.length_weight * np.maximum(0.0, np.abs(ratio) - LENGTH_SLACK)
        faithfulness = -self.faithfulness_weight * np.maximum(0.0, self.enough - judged.total())
        reward = np.where(stop, self.floor, np.maximum(preference + length + faithfulness, self.floor))
        return {
            "reward": reward,
            "preference": preference,
            "spread": spread,
            "length": length,
            "faithfulness": faithfulness,
            "refused": stop.astype(np.float64),
            "near": near.astype(np.float64),
        }

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[list[dict[str, str]]],
        source: Sequence[str],
        brief: Sequence[str],
        log_metric: Callable[[str, float], None] | None = None,
        **_: Any,
    ) -> list[float]:
        """TRL's reward contract: one float a completion."""
        texts = [clean(message[-1]["content"]) for message in completions]
        terms = self.terms(texts, source, [Brief.model_validate_json(b) for b in brief])
        if log_metric is not None:
            for name, values in terms.items():
                log_metric(f"terms/{name}", float(values.mean()))
        return [float(value) for value in terms["reward"]]
