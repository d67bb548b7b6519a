"""From many drawn texts to the few that are shown: what passes the filters, ranked, distinct.

Fewer rather than a bad one; where fewer than asked for pass, light edits of the person's own text
(adwright.text.light_edits) fill up, marked as such: near to that text by their nature, but no copies of
it, and different from one another.
"""

from __future__ import annotations

from collections.abc import Sequence

from scipy.special import expit

from adwright.records import Brief, Variation
from adwright.reward.compose import refused
from adwright.reward.context import context_of
from adwright.reward.ensemble import RewardModel
from adwright.reward.faithfulness import judge
from adwright.text import light_edits, passes, select_distinct

__all__ = ["choose"]


def choose(
    drawn: Sequence[str],
    source: str,
    brief: Brief,
    model: RewardModel,
    n: int,
    *,
    edits: bool = True,
    encoder: str = "embedded",
) -> list[Variation]:
    """Up to ``n`` variations of ``source``, best first: those of the model, then light edits.

    Args:
        drawn: cleaned texts of the writer, repeats allowed.
        model: what ranks; the members' average is enough, and takes one pass a text.
        edits: fill up with light edits of the source.
    """
    chosen = _ranked(list(dict.fromkeys(t for t in drawn if t)), "model", source, brief, model, n, encoder)
    if edits and len(chosen) < n:
        spare = _ranked(light_edits(source, brief), "edit", source, brief, model, n, encoder)
        texts = [v.text for v in chosen] + [v.text for v in spare]
        order = [float(len(texts) - i) for i in range(len(texts))]
        kept = select_distinct(texts, order, n)
        chosen = [(chosen + spare)[i] for i in kept]
    return chosen


def _ranked(
    texts: list[str],
    origin: str,
    source: str,
    brief: Brief,
    model: RewardModel,
    n: int,
    encoder: str,
) -> list[Variation]:
    texts = _fit(texts, source, brief, encoder)
    if not texts:
        return []
    contexts = [context_of(brief)] * len(texts)
    scores, _ = model.against(texts, [source] * len(texts), contexts)
    return [
        Variation(
            texts[i],
            beats=float(expit(scores[i])),
            score=float(scores[i]),
            origin="edit" if origin == "edit" else "model",
        )
        for i in select_distinct(texts, scores.tolist(), n, source if origin == "model" else "")
    ]


def _fit(texts: list[str], source: str, brief: Brief, encoder: str) -> list[str]:
    """The texts that pass every filter; only those that pass the quick ones are embedded."""
    texts = [text for text in texts if passes(text, source, brief, similarity=1.0)]
    if not texts:
        return []
    judged = judge(texts, [source] * len(texts), [brief] * len(texts), encoder)
    stop = refused(texts, [source] * len(texts), [brief] * len(texts), judged)
    return [text for text, no in zip(texts, stop, strict=True) if not no]
