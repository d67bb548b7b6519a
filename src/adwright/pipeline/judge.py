"""The evaluation stage: every policy writes for the same held-out sources, and is judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from adwright.config import Recipe
from adwright.data import sources
from adwright.evaluation import answer_log_probs, best_of_n, judge_policies, served_texts, text_log_probs
from adwright.models import LoadedWriter, load_writer, sample_texts
from adwright.pipeline.stages import composed, load_pairs, truth_of, write_lines
from adwright.progress import bar
from adwright.records import Source
from adwright.reward import RewardModel, context_of, judge
from adwright.runs import Stage, open_stage, read_json, write_json
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
        reward_of = composed(proxy, recipe)
        policies["best_of_n"] = best_of_n(policies["sft"], held_out, proxy)
        policies["served"] = served_texts(policies["rlpf"], held_out, reward_of)
        market = truth_of(data)
        result = judge_policies(policies, held_out, independent, market.truth if market else None, measured)
        write_json(stage.work / "evaluation.json", result)
        write_lines(
            stage.work / "samples.jsonl", _samples(held_out, policies, independent, recipe.reward.encoder)
        )
        (stage.work / "drawn.json").unlink(missing_ok=True)
        stage.figures |= {
            name: result["policies"]["rlpf"][name] for name in ("win_vs_human", "win_vs_sft", "true_ctr_lift")
        }
    return stage


def _write_all(
    held_out: list[Source], sft: Path, rl: Path, recipe: Recipe, work: Path
) -> tuple[dict[str, Texts], dict[str, dict[str, float]]]:
    """Texts of human, base, sft and rlpf, and what only the writers can measure; kept if cut off."""
    kept = work / "drawn.json"
    if kept.is_file():
        drawn = read_json(kept)
        return drawn["policies"], drawn["measured"]
    draws = {"base": 1, "sft": recipe.evaluation.best_of, "rlpf": recipe.evaluation.best_of}
    adapters = {"base": [], "sft": [sft / "adapter"], "rlpf": [sft / "adapter", rl / "adapter"]}
    policies: dict[str, Texts] = {"human": [[s.text] for s in held_out]}
    writers: dict[str, LoadedWriter] = {}
    with bar("evaluation", len(held_out) * len(draws)) as advance:
        for name, n in draws.items():
            writers[name] = load_writer(recipe.writer.model, recipe.writer.dtype, adapters[name])
            writers[name].model.eval()
            policies[name] = sample_texts(
                writers[name],
                [messages(s.text, s.brief) for s in held_out],
                n,
                max_new_tokens=recipe.writer.max_new_tokens,
                temperature=recipe.evaluation.temperature,
                seed=recipe.seed,
                advance=advance,
            )
    first = {name: [group[0] for group in texts] for name, texts in policies.items()}
    measured: dict[str, dict[str, float]] = {
        name: {"fluency": float(text_log_probs(writers["base"], texts).mean())}
        for name, texts in first.items()
    }
    own = answer_log_probs(writers["rlpf"], held_out, first["rlpf"])
    leash = answer_log_probs(writers["sft"], held_out, first["rlpf"])
    measured["rlpf"]["kl"] = float((own - leash).mean())
    write_json(kept, {"policies": policies, "measured": measured})
    return policies, measured


def _samples(
    held_out: list[Source], policies: dict[str, Texts], independent: RewardModel, encoder: str
) -> list[dict[str, Any]]:
    rows = []
    for i, source in enumerate(held_out):
        texts = {"second_human": source.second} if source.second else {}
        texts |= {name: group[i][0] for name, group in policies.items()}
        names, originals, briefs = list(texts), [source.text] * len(texts), [source.brief] * len(texts)
        judged = judge(list(texts.values()), originals, briefs, encoder)
        contexts = [context_of(source.brief)] * len(texts)
        scores = independent.against(list(texts.values()), originals, contexts)[0]
        rows.append(
            {
                "source": source.text,
                "brief": source.brief.model_dump(mode="json"),
                "texts": texts,
                "scores": {name: float(np.round(scores[k], 4)) for k, name in enumerate(names)},
                "findings": {
                    name: [
                        f.message
                        for f in check_filters(
                            texts[name], source.text, source.brief, float(judged.similarity[k])
                        )
                    ]
                    for k, name in enumerate(names)
                },
            }
        )
    return rows
