"""The figures of the main loop.

What takes minutes is read from finished run folders under ``--runs`` (``make demo`` and
``make demo DATA=…``, one run a seed), each named in the note; the engine and scoring ratios are measured now.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from adwright.errors import NotFoundError
from adwright.runs import read_json
from adwright.verbs import runs_list
from benchmarks.figure import Figure, spread

FAITHFUL = {"similarity": 1, "names_kept": 1, "numbers_kept": 1, "names_invented": -1, "numbers_invented": -1}
REPEATS = 4
SCORED = 500


def figures(arguments: argparse.Namespace) -> list[Figure]:
    """All figures of the loop; what has no run yet is said as not met."""
    runs = [r for r in runs_list(root=arguments.runs) if r["status"] == "done"]
    demo = next((Path(r["path"]) for r in runs if r["name"] == "demo"), None)
    real = [Path(r["path"]) for r in runs if r["name"] == "upworthy"]
    by_seed = {read_json(p / "run.json")["seed"]: p for p in reversed(real)}
    found = [*_cost("make demo", demo, 20), *_cost("make demo DATA=upworthy", real[0] if real else None, 60)]
    found += _accuracy([by_seed[s] for s in sorted(by_seed)])
    for seed, run in sorted(by_seed.items()):
        found += [_win(run, seed), *_faithfulness(run, seed), *_served(run, f"upworthy seed {seed}")]
    if demo is not None:
        found += [_lift(demo), *_served(demo, "demo")]
    newest = demo or (real[0] if real else None)
    if newest is None:
        raise NotFoundError(f"no finished run under {arguments.runs}", fix="run `make demo` first")
    return [*found, _variations_ratio(newest), _score_ratio(newest)]


def _cost(name: str, run: Path | None, minutes: float) -> list[Figure]:
    if run is None:
        return [Figure(f"{name}: time", None, None, None, f"≤ {minutes:g}", "minutes", False, "no run yet")]
    record = read_json(run / "run.json")
    installed = record.get("install_seconds") or 0.0
    whole, peak = (sum(s["seconds"] for s in record["stages"]) + installed) / 60, record["peak_gib"]
    note = f"{run}, of it {installed / 60:.1f} min install" if installed else f"{run}, install not measured"
    return [
        Figure(
            f"{name}: time",
            whole,
            None,
            None,
            f"≤ {minutes:g}",
            "minutes",
            whole <= minutes and bool(installed),
            note,
        ),
        Figure(f"{name}: memory", peak, None, None, "≤ 6", "GiB", peak <= 6, str(run)),
    ]


def _accuracy(runs: list[Path]) -> list[Figure]:
    found = []
    for subset, target in (("all", 0.61), ("p05", 0.70)):
        values = [
            read_json(r / "reward" / "accuracy.json")["proxy"]["test"][subset]["accuracy"] for r in runs
        ]
        name, note = (
            f"reward accuracy, Upworthy test, {subset}",
            f"{len(values)} seeds: {[round(v, 4) for v in values]}",
        )
        if not values:
            found.append(Figure(name, None, None, None, f"≥ {target}", "share", False, "no run yet"))
            continue
        centre, low, high = spread(values)
        found.append(
            Figure(
                name, centre, low, high, f"≥ {target}", "share", centre >= target and len(values) >= 3, note
            )
        )
    return found


def _policies(run: Path) -> dict[str, Any]:
    return dict(read_json(run / "evaluation" / "evaluation.json")["policies"])


def _win(run: Path, seed: int) -> Figure:
    win = _policies(run)["rlpf"]["win_vs_sft"]
    met = win["value"] >= 0.70 and win["low"] > 0.5
    return Figure(
        f"RLPF against SFT, seed {seed}",
        win["value"],
        win["low"],
        win["high"],
        "≥ 0.70, low > 0.5",
        "share",
        met,
        str(run),
    )


def _faithfulness(run: Path, seed: int) -> list[Figure]:
    evaluation = read_json(run / "evaluation" / "evaluation.json")
    own, human = evaluation["policies"]["rlpf"], evaluation["second_human"]
    found = []
    for name, sign in FAITHFUL.items():
        limit = "≥" if sign > 0 else "≤"
        met = own[name] is not None and sign * (own[name] - human[name]) >= 0
        found.append(
            Figure(
                f"{name}, RLPF, seed {seed}",
                own[name],
                None,
                None,
                f"{limit} {human[name]:.3f} (second human)",
                "share",
                met,
                str(run),
            )
        )
    return found


def _served(run: Path, where: str) -> list[Figure]:
    policies = _policies(run)
    limits = {("rlpf", "copy_rate"): 0.02, ("served", "breach_rate"): 0.0, ("served", "several_lines"): 0.0}
    return [
        Figure(
            f"{measure}, {policy}, {where}",
            policies[policy][measure],
            None,
            None,
            f"≤ {limit:g}",
            "share",
            policies[policy][measure] <= limit,
            str(run),
        )
        for (policy, measure), limit in limits.items()
    ]


def _lift(run: Path) -> Figure:
    lift = _policies(run)["rlpf"]["true_ctr_lift"]
    met = lift["value"] >= 0.067 and lift["low"] > 0
    return Figure(
        "true CTR lift of RLPF over SFT, market",
        lift["value"],
        lift["low"],
        lift["high"],
        "≥ 0.067, low > 0",
        "share",
        met,
        str(run),
    )


def _variations_ratio(run: Path) -> Figure:
    """Five variations, from text to ranked list, against a bare llama.cpp call for the same tokens."""
    from adwright.config import load_recipe
    from adwright.creative import write_variations
    from adwright.models import open_engine
    from adwright.records import Brief
    from adwright.reward import RewardModel

    recipe = load_recipe(run / "recipe.yaml")
    text = "Handmade leather bags from Florence. Free returns for 30 days."
    brief = Brief(brand="Ottavia", product="leather bags", placement="description")
    engine = open_engine(recipe.writer.model, [run / "sft" / "adapter", run / "rl" / "adapter"])
    reward = RewardModel.load_average(run / "reward" / "proxy")
    counting = _Counting(engine)
    ratios = []
    for seed in range(REPEATS + 1):
        start = time.perf_counter()
        write_variations(text, brief, counting, reward, 5, recipe.generate, recipe.writer, seed)
        ours = time.perf_counter() - start
        start = time.perf_counter()
        _bare(engine, *counting.last)
        if seed:
            ratios.append(ours / (time.perf_counter() - start))
    centre, low, high = spread(ratios)
    return Figure(
        "five variations against bare llama.cpp",
        centre,
        low,
        high,
        "≤ 1.2",
        "× time",
        centre <= 1.2,
        f"{run}, {REPEATS} repeats",
    )


class _Counting:
    """An engine that remembers what it was last asked for, so that the bare call writes the same tokens."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.last: tuple[Any, ...] = ()

    def generate(self, prompts: Any, n: int, **options: Any) -> Any:
        self.last = (prompts, n, options)
        return self.engine.generate(prompts, n, **options)


def _bare(engine: Any, prompts: Any, n: int, options: dict[str, Any]) -> None:
    from adwright.models.engines import _derived

    server = engine._server
    request = {
        "prompt": [engine._render(p) for p in prompts],
        "n": n,
        "max_tokens": options["max_tokens"],
        "temperature": options["temperature"],
        "min_p": options["min_p"] ** options["temperature"],
        "samplers": ["min_p", "temperature"],
        "seed": _derived(options["seed"], 0),  # another seed would write other texts, longer or shorter
        "cache_prompt": False,
    }
    server.handle_completions(request)


def _score_ratio(run: Path) -> Figure:
    """Scoring a batch of texts against encoding them with bare sentence-transformers."""
    import pandas as pd
    from sentence_transformers import SentenceTransformer

    from adwright.models import encoder_folder
    from adwright.reward import RewardModel

    table = pd.read_parquet(run / "pairs" / "table.parquet", columns=["text"])
    texts = list(table["text"].drop_duplicates().head(SCORED))
    model = RewardModel.load_average(run / "reward" / "proxy")
    bare = SentenceTransformer(str(encoder_folder()), device="cpu")
    ratios = []
    for repeat in range(REPEATS + 1):
        start = time.perf_counter()
        bare.encode(texts, batch_size=128, show_progress_bar=False)
        baseline = time.perf_counter() - start
        start = time.perf_counter()
        model.mean(texts)
        if repeat:
            ratios.append((time.perf_counter() - start) / baseline)
    centre, low, high = spread(ratios)
    return Figure(
        "score against bare sentence-transformers",
        centre,
        low,
        high,
        "≤ 1.1",
        "× time",
        centre <= 1.1,
        f"{len(texts)} texts, {REPEATS} repeats",
    )
