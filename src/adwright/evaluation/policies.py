"""The last judgement: the same held-out sources written by every policy, judged by what none climbed.

human      the person's own text (the yardstick of every comparison)
base       the writer before any training, one draw
sft        the imitation model, several draws, each counted
best_of_n  of the imitation model's draws the one that the proxy reward likes best
rlpf       the trained policy, several draws, each counted
served     what a person would be shown first: RLPF's draws, filtered and ranked; else a light edit

Win rates are of what was drawn, whatever the filters say; how many the filters would stop is a column of
its own ("usable_rate"). Intervals are by story.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adwright.errors import NotEnoughDataError
from adwright.records import Brief, Source
from adwright.reward import RewardModel, choose, context_of, judge
from adwright.stats import cluster_mean, ratio_lift
from adwright.text import GUARDRAILS, check_filters, distinct_n, is_copy

__all__ = [
    "Truth",
    "best_against_rest",
    "best_of_n",
    "judge_policies",
    "ranks",
    "scored",
    "served_texts",
]

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


def ranks(texts: Texts, sources: Sequence[Source], proxy: RewardModel) -> list[np.ndarray]:
    """The proxy's score of each text, shaped like ``texts``: what best-of-n chooses by."""
    flat, owner = _flat(texts)
    return _unflat(proxy.mean(flat, [context_of(sources[i].brief) for i in owner]), texts)


def best_of_n(texts: Texts, by: Sequence[np.ndarray]) -> Texts:
    """Of each source's texts the one of highest rank (see :func:`ranks`)."""
    return [[group[int(own.argmax())]] for group, own in zip(texts, by, strict=True)]


def best_against_rest(by: Sequence[np.ndarray], scores: Sequence[np.ndarray]) -> list[float]:
    """How often best-of-(n - 1) beats a fresh draw, from n draws a source; shape [sources].

    Each draw in turn is left out and stands against the best of the others. Compared with the draws it
    was chosen from, the best would win too often, and against itself half: with a perfect proxy and
    n = 4 in 0.875 of cases, where against a fresh draw it is 0.8.

    Args:
        by: what the best is chosen by, [sources][n].
        scores: what judges it, of the same draws. Where n is 1, the best is the draw itself: 0.5.
    """
    found = []
    for rank, score in zip(by, scores, strict=True):
        others = np.where(np.eye(len(rank), dtype=bool), -np.inf, rank)
        found.append(float(_wins(score[others.argmax(1)] - score).mean()))
    return found


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
    *,
    by: Sequence[np.ndarray] = (),
    encoder: str = "embedded",
) -> dict[str, Any]:
    """Judge every policy on the same sources.

    Args:
        policies: for each name the texts of each source, [sources][draws]; "human" and "sft" are among them.
        sources: held-out sources.
        scores: what :func:`scored` gives for them.
        truth: true click probabilities, above 0, where there is a market to ask.
        measured: further figures by policy (fluency, several_lines, kl) that need the writers themselves.
        by: :func:`ranks` of the draws of "sft", needed where "best_of_n" was chosen from them.
        encoder: what similarity is measured with.

    Returns:
        the content of ``evaluation.json``.
    """
    stories = [s.story for s in sources]
    against_sft = _against_sft(policies, scores, by)
    clicks = {} if truth is None else {n: _clicks(texts, sources, truth) for n, texts in policies.items()}
    result = {
        name: {
            "win_vs_human": _bounded([float(_wins(own).mean()) for own in scores[name]], stories),
            "win_vs_sft": _bounded(against_sft[name], stories),
            **_true_clicks(name, clicks, stories),
            **_quality(texts, sources, encoder),
            **({"usable_rate": None} if name == "human" else {}),  # a person's text is always its own copy
            **(measured or {}).get(name, {}),
        }
        for name, texts in policies.items()
    }
    return {"policies": result, "sources": len(sources), "second_human": _second_human(sources, encoder)}


def _second_human(sources: Sequence[Source], encoder: str) -> dict[str, Any] | None:
    seconds = [s for s in sources if s.second]
    return _quality([[s.second] for s in seconds], seconds, encoder) if seconds else None


def _against_sft(
    policies: dict[str, Texts], scores: dict[str, list[np.ndarray]], by: Sequence[np.ndarray]
) -> dict[str, list[float]]:
    """How often each policy beats imitation, every draw against every draw, shape [sources] each.

    What was chosen from imitation's draws is not compared with them: see :func:`best_against_rest`.
    """
    found = {name: _every_draw(scores[name], scores["sft"]) for name in policies}
    return found | ({"best_of_n": best_against_rest(by, scores["sft"])} if "best_of_n" in policies else {})


def _wins(difference: np.ndarray) -> np.ndarray:
    """1 where a difference of scores is above 0, 0 where it is below, and a tie counts one half."""
    return np.asarray(0.5 + 0.5 * np.sign(difference))


def _every_draw(scores: list[np.ndarray], others: list[np.ndarray]) -> list[float]:
    """How often draws beat draws of another policy, every one against every one, shape [sources]."""
    return [
        float(_wins(own[:, None] - other[None, :]).mean()) for own, other in zip(scores, others, strict=True)
    ]


def _bounded(values: Sequence[float], stories: Sequence[str]) -> dict[str, float | None]:
    try:
        interval = cluster_mean(values, stories)
    except NotEnoughDataError:
        return {"value": float(np.mean(values)), "low": None, "high": None}
    return {"value": interval.value, "low": max(0.0, interval.low), "high": min(1.0, interval.high)}


def _true_clicks(name: str, clicks: dict[str, np.ndarray], stories: Sequence[str]) -> dict[str, Any]:
    """True click rate, and its lift over imitation and over the person; None where nothing knows it."""
    if not clicks:
        return dict.fromkeys(("true_ctr", "true_ctr_lift", "true_ctr_lift_vs_human"))
    return {
        "true_ctr": float(clicks[name].mean()),
        "true_ctr_lift": _lift(clicks[name], clicks["sft"], stories),
        "true_ctr_lift_vs_human": _lift(clicks[name], clicks["human"], stories),
    }


def _lift(own: np.ndarray, other: np.ndarray, stories: Sequence[str]) -> dict[str, Any]:
    try:
        return ratio_lift(own, other, stories).as_dict()
    except NotEnoughDataError:
        return {"value": float(own.sum() / other.sum() - 1), "low": None, "high": None}


def _quality(texts: Texts, sources: Sequence[Source], encoder: str) -> dict[str, Any]:
    flat, owner = _flat(texts)
    originals, briefs = [sources[i].text for i in owner], [sources[i].brief for i in owner]
    judged = judge(flat, originals, briefs, encoder)
    objections = [
        {finding.rule for finding in check_filters(text, source, brief, float(similarity))}
        for text, source, brief, similarity in zip(flat, originals, briefs, judged.similarity, strict=True)
    ]
    means = {k: (None if np.isnan(v) else v) for k, v in judged.means().items()}
    return {
        **means,
        "usable_rate": float(np.mean([not rules for rules in objections])),
        "breach_rate": float(np.mean([bool(rules & GUARDRAILS) for rules in objections])),
        "copy_rate": float(np.mean([is_copy(t, s) for t, s in zip(flat, originals, strict=True)])),
        "distinct_2": distinct_n([group[0] for group in texts], 2),
        "length": float(np.mean([len(t) for t in flat])),
    }
