"""From scores to the one number that RL climbs, each term named and logged on its own.

reward = floor - copy_penalty                        if the text is so near the source that nobody would
                                                     be shown it
       = floor                                       if it breaks a guardrail, or claims what neither
                                                     source nor brief claims
       = preference + length + faithfulness + filters, at least the floor                         else

preference    (mean - lambda · spread) / unit of the ensemble's score(text) - score(source): the lower
              bound that delays over-optimisation (arXiv 2310.02743); the unit is the standard deviation
              of what second human texts score, so that the weights mean the same for all data. It
              is bounded above (as in arXiv 2502.18770): what pleases enough is to grow more faithful, not
              to please more
length        - weight · max(0, |log(length(text) / length(source))| - slack)
faithfulness  weight · (credit - usual): credit is the mean over the parts of faithfulness, each counted up
              to what second human texts keep of it, for a copy is the most faithful of all, and names
              kept must not pay for numbers invented; usual is the credit of second human texts
filters       - weight · rules of the filters that object, three at most. A term, not a floor: a small
              writer's texts are refused more often than not, and of those too the better earns more

Guardrails are a floor, not a term: what earns clicks by deceiving must never be traded off against them
(arXiv 2510.06105).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from adwright.config import RLConfig
from adwright.records import Brief
from adwright.reward.context import context_of
from adwright.reward.ensemble import RewardModel
from adwright.reward.faithfulness import Faithfulness, judge
from adwright.text import GUARDRAILS, check_filters, clean, passes, same

__all__ = ["ComposedReward", "refused"]

LENGTH_SLACK = 0.15
MOST_PREFERENCE = 1.0
"""Units beyond which preference earns nothing more: five of six second human texts lie below."""
MOST_OBJECTIONS = 3


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


def _objections(
    texts: Sequence[str], sources: Sequence[str], briefs: Sequence[Brief], judged: Faithfulness
) -> tuple[np.ndarray, np.ndarray]:
    """Which texts break a guardrail, bool, and how many rules of filters and guardrails object, each [n]."""
    rules = [
        {finding.rule for finding in check_filters(text, source, brief, float(similarity))}
        for text, source, brief, similarity in zip(texts, sources, briefs, judged.similarity, strict=True)
    ]
    return np.array([bool(r & GUARDRAILS) for r in rules]), np.array([len(r) for r in rules])


@dataclass
class ComposedReward:
    """The reward as a picklable batch callable; fits any TRL trainer that samples.

    Its data set must carry the columns ``source`` (text) and ``brief`` (JSON).

    Attributes:
        model: the ensemble that is climbed.
        config: the weights of the terms.
        encoder: what similarity is measured with.
        enough: [5], what each part of faithfulness is counted up to.
        usual: credit of faithfulness that earns nothing.
        unit: deviation of the ensemble's scores that preference is counted in.
    """

    model: RewardModel
    config: RLConfig
    encoder: str = "embedded"
    enough: np.ndarray = field(default_factory=lambda: np.ones(5))
    usual: float = 1.0
    unit: float = 1.0
    __name__ = "rlpf"

    def terms(
        self, texts: Sequence[str], sources: Sequence[str], briefs: Sequence[Brief]
    ) -> dict[str, np.ndarray]:
        """All terms and their composition under "reward", each of shape [n]."""
        config, contexts = self.config, [context_of(brief) for brief in briefs]
        mean, spread = self.model.against(texts, sources, contexts)
        judged = judge(texts, sources, briefs, self.encoder)
        near = np.array([same(text, source) for text, source in zip(texts, sources, strict=True)], dtype=bool)
        breach, objections = _objections(texts, sources, briefs, judged)
        units = (mean - config.spread * spread) / self.unit
        preference = np.minimum(units, MOST_PREFERENCE)
        ratio = np.array(
            [np.log(max(len(t), 1) / max(len(s), 1)) for t, s in zip(texts, sources, strict=True)]
        )
        length = -config.length_weight * np.maximum(0.0, np.abs(ratio) - LENGTH_SLACK)
        faithfulness = config.faithfulness_weight * (judged.total(self.enough) - self.usual)
        filters = -config.filter_weight * np.minimum(objections, MOST_OBJECTIONS)
        total = preference + length + faithfulness + filters
        bounded = np.where(breach, config.floor, np.maximum(total, config.floor))
        reward = np.where(near, config.floor - config.copy_penalty, bounded)
        return {
            "reward": reward,
            "preference": preference,
            "spread": spread,
            "length": length,
            "faithfulness": faithfulness,
            "filters": filters,
            "refused": (objections > 0).astype(np.float64),
            "breach": breach.astype(np.float64),
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
