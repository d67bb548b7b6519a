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
from adwright.text import check_filters, messages

__all__ = ["evaluation_stage"]

Texts = list[list[str]]


def evaluation_stage(
    data: Path, pairs_folder: Path, sft: Path, reward: Path, rl: Path, recipe: Recipe, out: Path
) -> Stage:
    """All of the loop's results → ``evaluation.json`` and ``samples.jsonl``, on the ``test`` split."""
    identity = {
        "evaluation": recipe.evaluation.model_dump(mode="json"),
        "writer": recipe.writer.model_dump(mode="json"),
        "rl": recipe.rl.model_dump(mode="json"),
    }
    inputs = {"pairs": pairs_folder, "sft": sft, "reward": reward, "rl": rl}
    with open_stage(out, kind="evaluation", config=identity, seed=recipe.seed, inputs=inputs) as stage:
        if stage.done:
            return stage
        _, frame = load_pairs(pairs_folder)
        held_out = sources(frame, "test", None, recipe.evaluation.sources, recipe.seed)
        proxy, independent = RewardModel.load(reward / "proxy"), RewardModel.load(reward / "independent")
        policies, measured = _write_all(held_out, sft, rl, recipe, stage.work)
        policies["best_of_n"] = best_of_n(policies["sft"], held_out, proxy)
        policies["served"] = served_texts(
            policies["rlpf"], held_out, RewardModel.load_average(reward / "proxy"), recipe.reward.encoder
        )
        market = truth_of(data)
        seconds: Texts = [[s.second] if s.second else [] for s in held_out]
        shown = ({"second_human": seconds} if any(seconds) else {}) | policies
        scores = scored(shown, held_out, independent)
        result = judge_policies(policies, held_out, scores, market.truth if market else None, measured)
        write_json(stage.work / "evaluation.json", result)
        write_lines(stage.work / "samples.jsonl", _samples(held_out, shown, scores, recipe.reward.encoder))
        (stage.work / "drawn.json").unlink(missing_ok=True)
        stage.figures |= {
            name: result["policies"]["rlpf"][name] for name in ("win_vs_human", "win_vs_sft", "true_ctr_lift")
        }
    return stage


def _write_all(
    held_out: list[Source], sft: Path, rl: Path, recipe: Recipe, work: Path
) -> tuple[dict[str, Texts], dict[str, dict[str, float]]]:
    """Texts of human, rlpf, sft and base, and what only the writers can measure; kept if cut off.

    One writer is held at a time. RLPF writes first, for imitation says how likely it finds that (the KL);
    the base writer comes last and says how usual all texts are.
    """
    kept = work / "drawn.json"
    if kept.is_file():
        drawn = read_json(kept)
        return drawn["policies"], drawn["measured"]
    best_of = recipe.evaluation.best_of
    adapters = {"rlpf": [sft / "adapter", rl / "adapter"], "sft": [sft / "adapter"], "base": []}
    policies: dict[str, Texts] = {"human": [[s.text] for s in held_out]}
    likely: dict[str, float] = {}
    with bar("evaluation", len(held_out) * len(adapters)) as advance:
        for name, folders in adapters.items():
            writer = load_writer(recipe.writer.model, drawing_dtype(), folders)
            policies[name] = sample_texts(
                writer,
                [messages(s.text, s.brief) for s in held_out],
                1 if name == "base" else best_of,
                max_new_tokens=recipe.writer.max_new_tokens,
                temperature=recipe.evaluation.temperature,
                seed=recipe.seed,
                advance=advance,
            )
            if name != "base":
                own = [group[0] for group in policies["rlpf"]]
                likely[name] = float(answer_log_probs(writer, held_out, own).mean())
        measured = {
            policy: {"fluency": float(text_log_probs(writer, [group[0] for group in texts]).mean())}
            for policy, texts in policies.items()
        }
    measured["rlpf"]["kl"] = likely["rlpf"] - likely["sft"]
    write_json(kept, {"policies": policies, "measured": measured})
    return policies, measured


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
