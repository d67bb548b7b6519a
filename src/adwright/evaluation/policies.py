"""The last judgement: the same held-out sources written by every policy, judged by what none climbed.

human      the person's own text (the yardstick of every comparison)
base       the writer before any training, one draw
sft        the imitation model, several draws, each counted
best_of_n  of the imitation model's draws the one that the proxy reward likes best
rlpf       the trained policy, several draws, each counted
served     what a person would be shown first: RLPF's draws, filtered and ranked; else a light edit

Win rates are of raw texts, whatever the filters say; how many the filters would stop is a column of
its own ("usable_rate"). Intervals are by story.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adwright.errors import NotEnoughDataError
from adwright.records import Brief, Source
from adwright.reward import RewardModel, choose, context_of, judge, refused
from adwright.stats import cluster_mean, ratio_lift
from adwright.text import check_guardrails, distinct_n, is_copy

__all__ = ["Truth", "best_of_n", "judge_policies", "scored", "served_texts"]

Truth = Callable[[Sequence[str], Sequence[Brief]], np.ndarray]
Texts = list[list[str]]


def scored(
    policies: dict[str, Texts], sources: Sequence[Source], independent: RewardModel
) -> dict[str, list[np.ndarray]]:
    """The independent model's score of each text less that of its source, shaped like ``policies``.

    All policies in one go, for many of their texts are the same and each is read once.
    """
    everything = [group for texts in policies.values() for group in texts]
    flat, owner = _flat(everything)
    own = [sources[i % len(sources)] for i in owner]
    contexts = [context_of(source.brief) for source in own]
    apart, _ = independent.against(flat, [source.text for source in own], contexts)
    groups = iter(_unflat(apart, everything))
    return {name: [next(groups) for _ in texts] for name, texts in policies.items()}


def _clicks(texts: Texts, sources: Sequence[Source], truth: Truth) -> np.ndarray:
    """Mean true click probability of each source's texts, shape [sources]."""
    flat, owner = _flat(texts)
    return np.array([p.mean() for p in _unflat(truth(flat, [sources[i].brief for i in owner]), texts)])


def _flat(texts: Texts) -> tuple[list[str], list[int]]:
    return [t for group in texts for t in group], [i for i, group in enumerate(texts) for _ in group]


def _unflat(values: np.ndarray, like: Texts) -> list[np.ndarray]:
    return np.split(values, np.cumsum([len(group) for group in like])[:-1])


def best_of_n(texts: Texts, sources: Sequence[Source], proxy: RewardModel) -> Texts:
    """Of each source's texts the one that the proxy scores highest."""
    flat, owner = _flat(texts)
    scores = _unflat(proxy.mean(flat, [context_of(sources[i].brief) for i in owner]), texts)
    return [[group[int(own.argmax())]] for group, own in zip(texts, scores, strict=True)]


def served_texts(texts: Texts, sources: Sequence[Source], ranking: RewardModel, encoder: str) -> Texts:
    """What a person would be shown first, as in ``generate``; the person's own text where nothing passes."""
    shown = []
    for group, source in zip(texts, sources, strict=True):
        best = choose(group, source.text, source.brief, ranking, 1, encoder=encoder)
        shown.append([best[0].text if best else source.text])
    return shown


def judge_policies(
    policies: dict[str, Texts],
    sources: Sequence[Source],
    scores: dict[str, list[np.ndarray]],
    truth: Truth | None = None,
    measured: dict[str, dict[str, float]] | None = None,
) -> dict[str, Any]:
    """Judge every policy on the same sources.

    Args:
        policies: for each name the texts of each source, [sources][draws]; "sft" must be among them.
        sources: held-out sources.
        scores: what :func:`scored` gives for them.
        truth: true click probabilities, where there is a market to ask.
        measured: further figures by policy (fluency, kl) that need the writers themselves.

    Returns:
        the content of ``evaluation.json``.
    """
    clicks = {} if truth is None else {n: _clicks(texts, sources, truth) for n, texts in policies.items()}
    stories = [s.story for s in sources]
    result: dict[str, Any] = {}
    for name, texts in policies.items():
        human = [(_sign(own)).mean() for own in scores[name]]
        against = [
            _sign(own[:, None] - other[None, :]).mean()
            for own, other in zip(scores[name], scores["sft"], strict=True)
        ]
        result[name] = {
            "win_vs_human": _bounded(human, stories),
            "win_vs_sft": _bounded(against, stories),
            "true_ctr_lift": ratio_lift(clicks[name], clicks["sft"], stories).as_dict() if clicks else None,
            "true_ctr": float(clicks[name].mean()) if clicks else None,
            **_quality(texts, sources),
            **({"usable_rate": None} if name == "human" else {}),  # a person's text is always its own copy
            **(measured or {}).get(name, {}),
        }
    seconds = [i for i, s in enumerate(sources) if s.second]
    return {
        "policies": result,
        "sources": len(sources),
        "second_human": _quality([[sources[i].second] for i in seconds], [sources[i] for i in seconds])
        if seconds
        else None,
    }


def _sign(difference: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 + 0.5 * np.sign(difference))


def _bounded(values: Sequence[float], stories: Sequence[str]) -> dict[str, float | None]:
    try:
        interval = cluster_mean(values, stories)
    except NotEnoughDataError:
        return {"value": float(np.mean(values)), "low": None, "high": None}
    return {"value": interval.value, "low": max(0.0, interval.low), "high": min(1.0, interval.high)}


def _quality(texts: Texts, sources: Sequence[Source]) -> dict[str, Any]:
    flat, owner = _flat(texts)
    originals, briefs = [sources[i].text for i in owner], [sources[i].brief for i in owner]
    judged = judge(flat, originals, briefs)
    stop = refused(flat, originals, briefs, judged)
    breaches = [bool(check_guardrails(t, b, s)) for t, s, b in zip(flat, originals, briefs, strict=True)]
    means = {k: (None if np.isnan(v) else v) for k, v in judged.means().items()}
    return {
        **means,
        "usable_rate": float(1.0 - stop.mean()),
        "breach_rate": float(np.mean(breaches)),
        "copy_rate": float(np.mean([is_copy(t, s) for t, s in zip(flat, originals, strict=True)])),
        "several_lines": float(np.mean(["\n" in t for t in flat])),
        "distinct_2": distinct_n([group[0] for group in texts], 2),
        "length": float(np.mean([len(t) for t in flat])),
    }
