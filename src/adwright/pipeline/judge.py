"""The evaluation stage: every policy writes for the same held-out sources, and is judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from adwright.config import Recipe
from adwright.data import sources
from adwright.evaluation import (
    answer_log_probs,
    best_of_n,
    judge_policies,
    ranks,
    scored,
    served_texts,
    text_log_probs,
)
from adwright.models import drawing_dtype, load_writer, sample_texts
from adwright.pipeline.tables import load_pairs, truth_of
from adwright.progress import bar
from adwright.records import Source
from adwright.reward import RewardModel, judge
from adwright.runs import Stage, open_stage, read_json, write_json, write_lines
from adwright.text import check_filters, clean, messages

__all__ = ["evaluation_stage"]

Texts = list[list[str]]


def evaluation_stage(
    data: Path,
    pairs_folder: Path,
    sft: Path,
    reward: Path,
    rl: Path,
    recipe: Recipe,
    out: Path,
    *,
    again: bool = False,
) -> Stage:
    """All of the loop's results → ``evaluation.json`` and ``samples.jsonl``, on the ``test`` split."""
    identity = {
        "evaluation": recipe.evaluation.model_dump(mode="json"),
        "writer": recipe.writer.model_dump(mode="json"),
        "rl": recipe.rl.model_dump(mode="json"),
    }
    inputs = {"pairs": pairs_folder, "sft": sft, "reward": reward, "rl": rl}
    with open_stage(
        out, kind="evaluation", config=identity, seed=recipe.seed, inputs=inputs, again=again
    ) as stage:
        if stage.done:
            return stage
        _, frame = load_pairs(pairs_folder)
        held_out = sources(frame, "test", None, recipe.evaluation.sources, recipe.seed)
        written = _written(held_out, sft, reward, rl, recipe, stage.work)
        result, samples = _judged(held_out, written, data, reward, recipe.reward.encoder)
        write_json(stage.work / "evaluation.json", result)
        write_lines(stage.work / "samples.jsonl", samples)
        (stage.work / "drawn.json").unlink(missing_ok=True)
        stage.figures |= {
            name: result["policies"]["rlpf"][name] for name in ("win_vs_human", "win_vs_sft", "true_ctr_lift")
        }
    return stage


def _written(
    held_out: list[Source], sft: Path, reward: Path, rl: Path, recipe: Recipe, work: Path
) -> dict[str, Any]:
    """What every policy wrote, and what only the writers can measure; kept if cut off.

    One writer is held at a time. RLPF writes first, for imitation says how likely it finds that (``kl``);
    the base writer comes last and says how usual all texts are, so that all are chosen before it goes.

    Returns:
        "policies", cleaned; "measured", figures by policy; "ranks" of imitation's draws by the proxy.
    """
    kept = work / "drawn.json"
    if kept.is_file():
        return dict(read_json(kept))
    adapters = {"rlpf": [sft / "adapter", rl / "adapter"], "sft": [sft / "adapter"], "base": []}
    raw: dict[str, Texts] = {}
    likely: dict[str, float] = {}
    with bar("evaluation", len(held_out) * len(adapters)) as advance:
        for name, folders in adapters.items():
            writer = load_writer(recipe.writer.model, drawing_dtype(), folders)
            raw[name] = sample_texts(
                writer,
                [messages(s.text, s.brief) for s in held_out],
                1 if name == "base" else recipe.evaluation.best_of,
                max_new_tokens=recipe.writer.max_new_tokens,
                temperature=recipe.evaluation.temperature,
                seed=recipe.seed,
                advance=advance,
            )
            if name != "base":
                own = [clean(group[0]) for group in raw["rlpf"]]
                likely[name] = float(answer_log_probs(writer, held_out, own).mean())
        found = _chosen(raw, held_out, reward, recipe.reward.encoder)
        for name, texts in found["policies"].items():
            usual = text_log_probs(writer, [group[0] for group in texts])
            found["measured"][name]["fluency"] = float(usual.mean())
    found["measured"]["rlpf"]["kl"] = likely["rlpf"] - likely["sft"]
    write_json(kept, found)
    return dict(read_json(kept))  # as one that goes on reads it: in the same order, to the same result


def _chosen(raw: dict[str, Texts], held_out: list[Source], reward: Path, encoder: str) -> dict[str, Any]:
    """All policies, cleaned, from what the writers drew; see :func:`_written`."""
    drawn = {name: [[clean(text) for text in group] for group in texts] for name, texts in raw.items()}
    by = ranks(drawn["sft"], held_out, RewardModel.load(reward / "proxy"))
    average = RewardModel.load_average(reward / "proxy")
    chosen = {
        "human": [[s.text] for s in held_out],
        "served": served_texts(drawn["rlpf"], held_out, average, encoder),
    }
    policies = {**drawn, "best_of_n": best_of_n(drawn["sft"], by), **chosen}
    unclean = {**raw, "best_of_n": best_of_n(raw["sft"], by), **chosen}
    measured = {name: {"several_lines": _several_lines(texts)} for name, texts in unclean.items()}
    return {"policies": policies, "measured": measured, "ranks": [own.tolist() for own in by]}


def _several_lines(texts: Texts) -> float:
    """Share of texts that are more than one line."""
    return float(np.mean([len(text.strip().splitlines()) > 1 for group in texts for text in group]))


def _judged(
    held_out: list[Source], written: dict[str, Any], data: Path, reward: Path, encoder: str
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What ``evaluation.json`` and ``samples.jsonl`` are to hold."""
    market = truth_of(data)
    seconds: Texts = [[s.second] if s.second else [] for s in held_out]
    shown = ({"second_human": seconds} if any(seconds) else {}) | written["policies"]
    scores = scored(shown, held_out, RewardModel.load(reward / "independent"))
    result = judge_policies(
        written["policies"],
        held_out,
        scores,
        market.truth if market else None,
        written["measured"],
        by=[np.array(own) for own in written["ranks"]],
        encoder=encoder,
    )
    return result, _samples(held_out, shown, scores, encoder)


def _samples(
    held_out: list[Source], policies: dict[str, Texts], scores: dict[str, list[np.ndarray]], encoder: str
) -> list[dict[str, Any]]:
    """A row a source: what everyone wrote for it, the independent scores, and what filters object to."""
    named = [
        {name: groups[i][0] for name, groups in policies.items() if groups[i]} for i in range(len(held_out))
    ]
    owner = [source for source, texts in zip(held_out, named, strict=True) for _ in texts]
    flat = [text for texts in named for text in texts.values()]
    judged = judge(flat, [s.text for s in owner], [s.brief for s in owner], encoder)
    similarity = iter(judged.similarity)
    return [
        {
            "source": source.text,
            "brief": source.brief.model_dump(mode="json"),
            "texts": texts,
            "scores": {name: round(float(scores[name][i][0]), 4) for name in texts},
            "findings": {
                name: [
                    finding.message
                    for finding in check_filters(text, source.text, source.brief, float(next(similarity)))
                ]
                for name, text in texts.items()
            },
        }
        for i, (source, texts) in enumerate(zip(held_out, named, strict=True))
    ]
