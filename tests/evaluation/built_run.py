"""A whole run folder with the figures of a plausible run, to be read or changed."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

from adwright.config import Recipe
from adwright.runs import write_json

POLICIES = ("human", "base", "sft", "best_of_n", "rlpf", "served")
SOURCES = (
    "10 Reasons Why You Should Always Wear Sunscreen This Summer",
    "A Café In Lyon Roasts Its Beans On The Roof, And Neighbours Love It",
    "Free Returns Within 60 Days On Every Trail Shoe We Make",
    "She Asked 3 Bankers One Question. None Of Them Would Answer It.",
)


def write_lines(path: Path, entries: list[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(e) + "\n" for e in entries), encoding="utf-8")


def span(value: float, half: float) -> dict[str, float]:
    return {"value": value, "low": value - half, "high": value + half}


def policy(name: str, *, market: bool) -> dict[str, Any]:
    i = POLICIES.index(name)
    return {
        "win_vs_human": None if name == "human" else span(0.38 + 0.09 * i, 0.06),
        "win_vs_sft": None if name == "sft" else span((0.44, 0.33, 0.0, 0.58, 0.738, 0.79)[i], 0.06),
        "true_ctr_lift": span(-0.05 + 0.045 * i, 0.03) if market and name != "human" else None,
        "true_ctr_lift_vs_human": span(-0.24 + 0.045 * i, 0.03) if market and name != "human" else None,
        "similarity": (1.0, 0.652, 0.489, 0.492, 0.477, 0.513)[i],
        "names_kept": 0.62 + 0.03 * i,
        "numbers_kept": 0.7 + 0.03 * i,
        "names_invented": 0.31 - 0.04 * i,
        "numbers_invented": 0.12 - 0.02 * i,
        "faithfulness": (1.0, 0.81, 0.79, 0.8, 0.84, 0.93)[i],
        "fluency": -4.2 + 0.11 * i,
        "copy_rate": (1.0, 0.21, 0.025, 0.02, 0.01, 0.0)[i],
        "breach_rate": (0.04, 0.11, 0.05, 0.04, 0.02, 0.0)[i],
        "usable_rate": (0.9, 0.42, 0.66, 0.75, 0.88, 1.0)[i],
        "distinct_2": 0.91 - 0.015 * i,
        "length": 61.0 + i,
        "kl": 0.093 if name == "rlpf" else None,
        "several_lines": 0.004 * i,
    }


def build_run(folder: Path, *, market: bool = False, seed: int = 0) -> Path:
    """A whole run folder with the figures of a plausible run."""
    draw = random.Random(seed)
    for stage in ("pairs", "sft", "reward", "rl", "evaluation", "sample"):
        (folder / stage).mkdir(parents=True)
    config = Recipe(name="demo", data=None if market else "exports/may.csv").model_dump(mode="json")
    stages = [("pairs", 14.2), ("sft", 361.0), ("reward", 455.8), ("rl", 2231.4), ("evaluation", 199.0)]
    write_json(
        folder / "run.json",
        {
            "kind": "run",
            "name": "demo",
            "config": config,
            "seed": 0,
            "started": "2026-11-23T02:15:00+00:00",
            "versions": {"python": "3.11.9", "torch": "2.13.0", "trl": "1.16.0"},
            "seconds": 3261.4,
            "figures": {},
            "stages": [
                {"name": s, "seconds": t, "outputs": f"{i:x}c" * 32} for i, (s, t) in enumerate(stages)
            ],
        },
    )
    _build_data(folder)
    _build_training(folder, draw)
    _build_evaluation(folder, draw, market=market)
    return folder


def _build_data(folder: Path) -> None:
    write_json(
        folder / "pairs" / "summary.json",
        {
            "rows": 22666,
            "tests": 4873,
            "tests_used": 4512,
            "tau": 0.214,
            "median_p_win": 0.79,
            "pairs": {
                "train": {"proxy": 21034, "independent": 9012},
                "valid": {"proxy": 2310},
                "test": {"": 7420},
            },
            "noise_ceiling": {"train": {"all": 0.824, "p05": 0.981}, "test": {"all": 0.826, "p05": 0.983}},
            "dropped": {"flagged period": 1204, "under 100 impressions": 37},
        },
    )

    def right(share: float, pairs: int) -> dict[str, float]:
        return {"accuracy": share, "low": share - 0.015, "high": share + 0.015, "pairs": pairs}

    sets = {"all": right(0.61, 7420), "p05": right(0.702, 1510), "p01": right(0.745, 690)}
    write_json(
        folder / "reward" / "accuracy.json",
        {"proxy": {"valid": sets, "test": sets}, "independent": {"test": sets}},
    )
    bins = [
        {
            "predicted": p,
            "observed": p - 0.02 * math.sin(9 * p),
            "low": p - 0.06,
            "high": p + 0.05,
            "pairs": 700,
        }
        for p in (0.52, 0.57, 0.63, 0.7, 0.78, 0.86)
    ]
    write_json(folder / "reward" / "calibration.json", {"temperature": 1.31, "ece": 0.018, "bins": bins})


def _build_training(folder: Path, draw: random.Random) -> None:
    losses: list[dict[str, float]] = [
        {"step": s, "loss": 2.6 + 1.1 * math.exp(-s / 25) + draw.gauss(0, 0.05)} for s in range(1, 101)
    ]
    write_lines(
        folder / "sft" / "log.jsonl",
        losses + [{"step": s, "eval_loss": 2.66 + 1.0 * math.exp(-s / 22)} for s in (25, 50, 75, 100)],
    )
    log = []
    for s in range(1, 61):
        gain = 1 - math.exp(-s / 22)
        entry: dict[str, Any] = {
            "step": s,
            "reward": -0.35 + 1.3 * gain + draw.gauss(0, 0.09),
            "kl": 0.0017 * s + draw.gauss(0, 0.001),
            "terms": {
                "preference": 0.1 + 1.1 * gain + draw.gauss(0, 0.06),
                "length": -0.08 + 0.03 * gain + draw.gauss(0, 0.01),
                "faithfulness": -0.3 + 0.12 * gain + draw.gauss(0, 0.03),
                "filters": -0.5 + 0.3 * gain,
                "refused": 0.3 * math.exp(-s / 18) + 0.04,
            },
            "length": 61 + 4 * gain + draw.gauss(0, 0.8),
            "distinct_2": 0.9 - 0.05 * gain + draw.gauss(0, 0.01),
            "seconds": 37.1,
        }
        if s % 10 == 0:
            entry["independent"] = span(0.12 + 0.5 * math.sin(min(s, 58) / 58 * 2.1), 0.11)
        log.append(entry)
    write_lines(folder / "rl" / "log.jsonl", log)
    write_json(
        folder / "rl" / "run.json",
        {"kind": "rl", "figures": {"best_step": 40, "stopped": "the judge saw no gain in 3 looks"}},
    )


def _build_evaluation(folder: Path, draw: random.Random, *, market: bool) -> None:
    write_json(
        folder / "evaluation" / "evaluation.json",
        {
            "policies": {name: policy(name, market=market) for name in POLICIES},
            "sources": 160,
            "second_human": {"similarity": 0.47, "names_kept": 0.58, "faithfulness": 0.77},
        },
    )
    samples = []
    for i in range(160):
        source = SOURCES[i % len(SOURCES)]
        samples.append(
            {
                "source": source,
                "brief": {
                    "product": "Sun milk",
                    "facts": ["SPF 50", "Made in Lyon"],
                    "excerpt": "",
                    "placement": "headline",
                },
                "texts": {
                    "human": f"Dermatologists Agree: Wear It, Story {i}",
                    "base": source,
                    "sft": f"What Happens When You Do Not, {i}",
                    "rlpf": f"Here Is What The Sun Does To Your Skin In 10 Minutes ({i})",
                    "served": "10 Reasons Your Skin Will Thank You This Summer",
                },
                "scores": {p: draw.gauss(0.2, 0.5) for p in POLICIES},
                "findings": {
                    "rlpf": ["numbers: “10 minutes” stands neither in source nor brief"] if i % 3 == 0 else []
                },
            }
        )
    write_lines(folder / "evaluation" / "samples.jsonl", samples)
    write_json(
        folder / "sample" / "variations.json",
        {
            "text": "Get 20% off all running shoes this week",
            "variations": [
                {"text": t, "beats": b, "origin": o}
                for t, b, o in (
                    ("This Week Only: 20% Off Every Running Shoe", 0.72, "model"),
                    ("Your Next Run Starts With 20% Off", 0.69, "model"),
                    ("Running Shoes, 20% Off, This Week", 0.61, "model"),
                    ("All Running Shoes Are 20% Off Until Sunday", 0.58, "model"),
                    ("Get 20% Off All Running Shoes This Week", 0.51, "edit"),
                )
            ],
        },
    )


def change(path: Path, **values: Any) -> None:
    write_json(path, json.loads(path.read_text(encoding="utf-8")) | values)


def change_policy(run: Path, name: str, **values: Any) -> None:
    path = run / "evaluation" / "evaluation.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    found["policies"][name] |= values
    write_json(path, found)
