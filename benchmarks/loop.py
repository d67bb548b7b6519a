"""The figures of the main loop.

What takes minutes is read from finished run folders under ``--runs`` (``make demo`` and
``make demo DATA=…`` with the Upworthy archive, one run a seed), each named in the note; the engine and
scoring ratios are measured now. What has no run yet, or was not measured, is said as not met.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

from adwright.errors import NotFoundError
from adwright.runs import hash_of, read_json
from adwright.verbs import runs_list
from benchmarks.figure import Figure, spread

SEEDS = (0, 1, 2)
FAITHFUL = {"similarity": 1, "names_kept": 1, "numbers_kept": 1, "names_invented": -1, "numbers_invented": -1}
MOST = {
    ("rlpf", "copy_rate"): 0.02,
    ("served", "breach_rate"): 0.0,
    ("served", "several_lines"): 0.0,
}
"""Copies are counted among raw texts: what is shown is never one, and where nothing passes, nothing is."""
REPEATS = 4
SCORED = 500


def figures(arguments: argparse.Namespace) -> list[Figure]:
    """All figures of the loop.

    Raises:
        NotFoundError: there is no finished run of the demo or of the Upworthy archive.
    """
    runs = [Path(r["path"]) for r in runs_list(root=arguments.runs) if r["status"] == "done"]
    demo = next((run for run in runs if _is_demo(run)), None)
    archive = _archive()
    real = [run for run in runs if archive is not None and _learned_from(run, archive)]
    newest = demo or next(iter(real), None)
    if newest is None:
        raise NotFoundError(f"no finished run under {arguments.runs}", fix="run `make demo` first")
    by_seed = {read_json(run / "run.json")["seed"]: run for run in reversed(real)}
    seeds = {seed: by_seed.get(seed) for seed in SEEDS}
    found = [*_cost("make demo", demo, 20), *_cost("make demo DATA=upworthy", next(iter(real), None), 60)]
    found += _accuracy([run for run in seeds.values() if run is not None])
    for seed, run in seeds.items():
        found += [_win(run, seed), *_faithfulness(run, seed), *_shown(run, f"upworthy seed {seed}")]
    found += [_lift(demo), *_shown(demo, "demo")]
    return [*found, _variations_ratio(newest), _score_ratio(newest)]


def _is_demo(run: Path) -> bool:
    """Whether a run is of the demo's recipe, and on the market rather than on a file given to it."""
    record = read_json(run / "run.json")
    return bool(record["name"] == "demo" and record["config"]["data"] is None)


def _archive() -> str | None:
    """Hash of the Upworthy archive: in $ADWRIGHT_SHARED, or ../shared beside the repository."""
    shared = Path(os.environ.get("ADWRIGHT_SHARED") or Path(__file__).parents[2] / "shared")
    file = shared / "data" / "upworthy.parquet"
    return hash_of(file) if file.is_file() else None


def _learned_from(run: Path, archive: str) -> bool:
    """Whether a run is of the Upworthy recipe and imported this file: that recipe also takes others."""
    if read_json(run / "run.json")["name"] != "upworthy":
        return False
    inputs = read_json(run / "data" / "run.json")["inputs"]
    return bool(inputs.get("file") == archive)


def _judged(
    name: str,
    run: Path | None,
    entry: Any,
    limit: float | None,
    sign: int,
    *,
    words: str = "",
    above: float | None = None,
) -> Figure:
    """A share of a run, or one with its interval, against a limit.

    Args:
        entry: a number, or ``{"value", "low", "high"}``; None where it was not measured.
        limit: what is to be reached (sign 1) or kept to (sign -1); None where there is nothing to reach.
        words: of the limit, what it is.
        above: what the interval's lower bound must exceed.
    """
    span = entry if isinstance(entry, dict) else {"value": entry}
    value, low, high = (span.get(key) for key in ("value", "low", "high"))
    met = value is not None and limit is not None and sign * (value - limit) >= 0
    if above is not None:
        met = met and low is not None and low > above
    target = f"{'≥' if sign > 0 else '≤'} {'–' if limit is None else f'{limit:.3g}'}{words}"
    note = "no run yet" if run is None else str(run) if value is not None else f"{run}, not measured"
    return Figure(name, value, low, high, target, "share", met, note)


def _cost(name: str, run: Path | None, minutes: float) -> list[Figure]:
    if run is None:
        return [
            Figure(f"{name}: time", None, None, None, f"≤ {minutes:g}", "minutes", False, "no run yet"),
            Figure(f"{name}: memory", None, None, None, "≤ 6", "GiB", False, "no run yet"),
        ]
    record = read_json(run / "run.json")
    installed = record.get("install_seconds") or 0.0
    whole, peak = (sum(s["seconds"] for s in record["stages"]) + installed) / 60, record["peak_gib"]
    note = f"{run}, of it {installed / 60:.1f} min install" if installed else f"{run}, install not measured"
    in_time = whole <= minutes and bool(installed)
    return [
        Figure(f"{name}: time", whole, None, None, f"≤ {minutes:g}", "minutes", in_time, note),
        Figure(f"{name}: memory", peak, None, None, "≤ 6", "GiB", peak <= 6, str(run)),
    ]


def _accuracy(runs: list[Path]) -> list[Figure]:
    """Mean over the seeds; met by all of them together, not by some."""
    tried = [read_json(run / "reward" / "accuracy.json")["proxy"]["test"] for run in runs]
    found = []
    for subset, target in (("all", 0.61), ("p05", 0.70)):
        name, words = f"reward accuracy, Upworthy test, {subset}", f"≥ {target}, {len(SEEDS)} seeds"
        values = [test[subset]["accuracy"] for test in tried]
        if not values:
            found.append(Figure(name, None, None, None, words, "share", False, "no run yet"))
            continue
        centre, low, high = spread(values)
        note = f"{len(values)} seeds: {[round(v, 4) for v in values]}"
        met = centre >= target and len(values) == len(SEEDS)
        found.append(Figure(name, centre, low, high, words, "share", met, note))
    return found


def _evaluation(run: Path | None) -> dict[str, Any]:
    return {} if run is None else dict(read_json(run / "evaluation" / "evaluation.json"))


def _policy(run: Path | None, name: str) -> dict[str, Any]:
    return dict(_evaluation(run).get("policies", {}).get(name, {}))


def _win(run: Path | None, seed: int) -> Figure:
    win = _policy(run, "rlpf").get("win_vs_sft")
    return _judged(f"RLPF against SFT, seed {seed}", run, win, 0.70, 1, words=", low > 0.5", above=0.5)


def _faithfulness(run: Path | None, seed: int) -> list[Figure]:
    own, human = _policy(run, "rlpf"), _evaluation(run).get("second_human") or {}
    return [
        _judged(
            f"{name}, RLPF, seed {seed}", run, own.get(name), human.get(name), sign, words=" (second human)"
        )
        for name, sign in FAITHFUL.items()
    ]


def _shown(run: Path | None, where: str) -> list[Figure]:
    return [
        _judged(f"{measure}, {policy}, {where}", run, _policy(run, policy).get(measure), limit, -1)
        for (policy, measure), limit in MOST.items()
    ]


def _lift(run: Path | None) -> Figure:
    lift = _policy(run, "rlpf").get("true_ctr_lift")
    name = "true CTR lift of RLPF over SFT, market"
    return _judged(name, run, lift, 0.067, 1, words=", low > 0", above=0.0)


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
