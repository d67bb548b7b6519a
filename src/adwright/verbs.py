"""Every verb of the command line as a function of the same name and options.

Each returns plain data (dictionaries and lists that can be written as JSON) and raises
adwright.errors.AdwrightError for what a user can put right. Paths may be strings.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from adwright.config import GenerateConfig, MarketConfig, Recipe, load_recipe
from adwright.errors import BriefError, InputError, NotFoundError
from adwright.records import Brief, Placement
from adwright.runs import read_json, read_record

__all__ = [
    "data_import",
    "data_inspect",
    "data_market",
    "data_pairs",
    "evaluate",
    "generate",
    "models_list",
    "models_pull",
    "reward_evaluate",
    "run",
    "runs_compare",
    "runs_list",
    "runs_show",
    "score",
    "train_reward",
    "train_rl",
    "train_sft",
]

PathLike = str | Path
RUNS = Path("runs")
DEFAULTS = Recipe(name="defaults")


def run(
    recipe: PathLike,
    *,
    data: PathLike | None = None,
    seed: int | None = None,
    out: PathLike = RUNS,
    dry_run: bool = False,
    say: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Run a recipe from data to report; a cut-off run goes on, a finished one is returned as it is.

    Args:
        recipe: a YAML file; see recipes/.
        data: an export or ad table instead of the recipe's.
        seed: instead of the recipe's.
        out: folder under which run folders stand.
        dry_run: only say what would be done and what is missing.
        say: told what each stage is about.

    Returns:
        the run's record, with its ``path`` and ``report``; of a dry run the plan.
    """
    from adwright.pipeline import run_recipe
    from adwright.pipeline.plan import plan

    loaded = load_recipe(recipe, data=str(data) if data else None, seed=seed)
    if dry_run:
        return plan(loaded, Path(out))
    folder = run_recipe(loaded, Path(out), say or (lambda _: None))
    return {**read_record(folder), "path": str(folder), "report": str(folder / "report.html")}


def data_import(file: PathLike, *, out: PathLike) -> dict[str, Any]:
    """Read an export or table into an ad table at ``out``/table.parquet; says what became of each row."""
    from adwright.pipeline import import_stage

    stage = import_stage(Path(file), Path(out))
    return {"path": str(stage.folder), **stage.figures, "import": read_json(stage.folder / "import.json")}


def data_inspect(file: PathLike) -> dict[str, Any]:
    """What is in an export, an ad table, or the folder of an import or market."""
    from adwright.data import import_table, inspect

    path = Path(file)
    frame, report = import_table(path / "table.parquet" if path.is_dir() else path)
    return inspect(frame, report)


def data_market(
    *,
    out: PathLike,
    tests: int | None = None,
    advertisers: int | None = None,
    impressions: int | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Simulate a market's history at ``out``/table.parquet."""
    from adwright.pipeline import market_stage

    given = {"tests": tests, "advertisers": advertisers, "impressions": impressions}
    config = MarketConfig.model_validate({k: v for k, v in given.items() if v is not None})
    stage = market_stage(config, _seed(seed), Path(out))
    return {"path": str(stage.folder), **stage.figures}


def data_pairs(
    table: PathLike, *, out: PathLike, recipe: PathLike | None = None, seed: int | None = None
) -> dict[str, Any]:
    """Preference pairs from an ad table (a file, or the folder of an import or market)."""
    from adwright.pipeline import pairs_stage

    settings = _recipe(recipe, seed)
    stage = pairs_stage(_existing(table), settings.pairs, settings.seed, Path(out))
    return {"path": str(stage.folder), **read_json(stage.folder / "summary.json")}


def train_sft(
    pairs: PathLike, *, out: PathLike, recipe: PathLike | None = None, seed: int | None = None
) -> dict[str, Any]:
    """Train the imitation adapter on a folder of pairs."""
    from adwright.pipeline import sft_stage

    stage = sft_stage(_existing(pairs), _recipe(recipe, seed), Path(out))
    return {"path": str(stage.folder), **stage.figures}


def train_reward(
    pairs: PathLike, *, out: PathLike, recipe: PathLike | None = None, seed: int | None = None
) -> dict[str, Any]:
    """Train the reward ensemble and the independent judge on a folder of pairs."""
    from adwright.pipeline import reward_stage

    settings = _recipe(recipe, seed)
    stage = reward_stage(_existing(pairs), settings.reward, settings.seed, Path(out))
    return {"path": str(stage.folder), "accuracy": read_json(stage.folder / "accuracy.json")}


def train_rl(
    pairs: PathLike,
    *,
    sft: PathLike,
    reward: PathLike,
    out: PathLike,
    recipe: PathLike | None = None,
    seed: int | None = None,
) -> dict[str, Any]:
    """Train the policy by RLPF from the folders of pairs, imitation and reward."""
    from adwright.pipeline import rl_stage

    stage = rl_stage(_existing(pairs), _existing(sft), _existing(reward), _recipe(recipe, seed), Path(out))
    return {"path": str(stage.folder), **stage.figures}


def reward_evaluate(
    run: PathLike,
    *,
    data: PathLike,
    model: Literal["proxy", "independent"] = "proxy",
    min_impressions: int = 100,
    keep_flagged: bool = False,
) -> dict[str, dict[str, Any]]:
    """Accuracy of a run's reward model on all pairs of any ad table, whatever its rows' split.

    Args:
        run: a run, or the folder of its reward stage.
        data: an export or ad table.
        model: the ensemble that RL climbs, or the independent judge.
        min_impressions: texts shown less often make no pairs.
        keep_flagged: use rows of flagged periods too.

    Returns:
        ``{"all": {"accuracy", "low", "high", "pairs"}, "p05": …, "p01": …}``, intervals by story.
    """
    from adwright.data import evaluation_pairs, import_table
    from adwright.reward import RewardModel, pairwise_accuracy

    frame, _ = import_table(Path(data))
    pairs = evaluation_pairs(frame, drop_flagged=not keep_flagged, min_impressions=min_impressions)
    return pairwise_accuracy(RewardModel.load(_reward_folder(Path(run)) / model), pairs)


def evaluate(run: PathLike) -> dict[str, Any]:
    """Judge a run's policies on its held-out sources (done already, unless something changed)."""
    from adwright.evaluation import write_report
    from adwright.pipeline import evaluation_stage

    folder = _run_folder(Path(run))
    recipe = load_recipe(folder / "recipe.yaml")
    data, pairs, sft, reward, rl = (folder / name for name in ("data", "pairs", "sft", "reward", "rl"))
    for needed in (data, pairs, sft, reward, rl):
        read_record(needed)
    stage = evaluation_stage(data, pairs, sft, reward, rl, recipe, folder / "evaluation")
    report = write_report(folder)
    return {**read_json(stage.folder / "evaluation.json"), "path": str(stage.folder), "report": str(report)}


def generate(
    text: str,
    *,
    n: int = 5,
    run: PathLike | None = None,
    brand: str = "",
    product: str = "",
    facts: Sequence[str] = (),
    audience: str = "",
    placement: str | None = None,
    url: str | None = None,
    model: str | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Up to ``n`` variations of a text, best first, each with its chance to beat the text.

    Args:
        text: what a person wrote.
        n: how many at most; fewer rather than a bad one.
        run: the run whose writer and reward to use; without it the newest finished one.
        brand, product, facts, audience: the brief; claims may rest on it.
        placement: where it is to stand; its length limit holds. Without it the shortest that the text fits.
        url: an OpenAI-compatible endpoint to write with, instead of the run's writer.
        model: the name by which that endpoint knows its model.
        seed: same seed, same variations.
    """
    from adwright.creative import write_variations
    from adwright.models import open_engine
    from adwright.reward import RewardModel

    if not 1 <= n <= 20:
        raise InputError(f"{n} variations", where="n", fix="ask for 1 to 20")
    folder = _run_folder(Path(run)) if run is not None else _newest_run()
    recipe = load_recipe(folder / "recipe.yaml")
    brief = _brief(text, brand, product, facts, audience, placement)
    if url is None:
        engine = open_engine(recipe.writer.model, [folder / "sft" / "adapter", folder / "rl" / "adapter"])
    else:
        engine = open_engine(model or recipe.writer.model, url=url)
    samples = max(recipe.generate.samples, 4 * n)
    config = GenerateConfig.model_validate({**recipe.generate.model_dump(), "samples": samples})
    reward = RewardModel.load(folder / "reward" / "proxy")
    shown = write_variations(text, brief, engine, reward, n, config, recipe.writer, seed)
    return {"text": text, "run": str(folder), "variations": [asdict(v) for v in shown]}


def score(
    texts: Sequence[str] | PathLike, *, run: PathLike | None = None, against: str | None = None
) -> list[dict[str, Any]]:
    """Score texts by a run's reward, one pass of one network (the members' average) a text.

    Args:
        texts: a list of texts; or a file with one text a line, "-" for standard input.
        run: a run or reward folder; without it the newest finished run.
        against: an original; adds each text's chance to beat it.

    Returns:
        for each text ``{"text", "score"}`` in logits, and "beats" where there is an original.
    """
    from scipy.special import expit

    from adwright.reward import RewardModel

    lines = _lines(texts)
    folder = _reward_folder(Path(run) if run is not None else _newest_run())
    model = RewardModel.load_average(folder / "proxy")
    values = [float(v) for v in model.mean(lines)]
    if against is None:
        return [{"text": t, "score": v} for t, v in zip(lines, values, strict=True)]
    base = float(model.mean([against])[0])
    return [
        {"text": t, "score": v, "beats": float(expit(v - base))} for t, v in zip(lines, values, strict=True)
    ]


def runs_list(*, root: PathLike = RUNS) -> list[dict[str, Any]]:
    """All runs under ``root``, newest first, each with its ``path``."""
    found = []
    for folder in sorted(Path(root).glob("*/run.json")):
        record = read_record(folder.parent)
        if record["kind"] == "run":
            kept = {k: record.get(k) for k in ("name", "status", "seed", "started", "seconds", "figures")}
            found.append({"path": str(folder.parent), **kept})
    return sorted(found, key=lambda r: (str(r["started"]), r["path"]), reverse=True)


def runs_show(run: PathLike) -> dict[str, Any]:
    """The record of a run or stage folder."""
    return {**read_record(Path(run)), "path": str(run)}


def runs_compare(first: PathLike, second: PathLike) -> dict[str, Any]:
    """What differs between two runs: settings that differ, and each policy's figures side by side."""
    folders = [_run_folder(Path(first)), _run_folder(Path(second))]
    settings = [_flat(read_record(f)["config"]) for f in folders]
    results = [read_json(f / "evaluation" / "evaluation.json")["policies"] for f in folders]
    differing = {
        key: [one.get(key) for one in settings]
        for key in sorted(set(settings[0]) | set(settings[1]))
        if settings[0].get(key) != settings[1].get(key)
    }
    figures = {
        policy: {name: [r.get(policy, {}).get(name) for r in results] for name in results[0].get(policy, {})}
        for policy in results[0]
    }
    return {"runs": [str(f) for f in folders], "settings": differing, "figures": figures}


def models_list() -> list[dict[str, Any]]:
    """The embedded models, and what is in the Hugging Face cache."""
    from adwright.models import list_models

    return list_models()


def models_pull(model: str) -> dict[str, Any]:
    """Fetch a model by Hugging Face id (safetensors only), or prepare the embedded one."""
    from adwright.models import pull

    return {"model": model, "path": str(pull(model))}


def _recipe(path: PathLike | None, seed: int | None) -> Recipe:
    if path is not None:
        return load_recipe(path, seed=seed)
    return DEFAULTS if seed is None else DEFAULTS.model_copy(update={"seed": _seed(seed)})


def _seed(seed: int) -> int:
    if seed < 0:
        raise InputError(f"{seed} is no seed", where="seed", fix="give 0 or more")
    return seed


def _existing(path: PathLike) -> Path:
    path = Path(path)
    if not path.exists():
        raise NotFoundError(f"nothing at {path}", fix="check the path")
    return path


def _run_folder(folder: Path) -> Path:
    record = read_record(folder)
    if record["kind"] != "run":
        raise InputError(f"{folder} is the folder of a stage", fix=f"name the run: {folder.parent}")
    return folder


def _reward_folder(folder: Path) -> Path:
    return folder / "reward" if (folder / "reward").is_dir() else folder


def _newest_run() -> Path:
    done = [r for r in runs_list() if r["status"] == "done"]
    if not done:
        raise NotFoundError(
            f"no finished run under {RUNS}/",
            fix="run `adwright run recipes/demo.yaml`, or name one with --run",
        )
    return Path(done[0]["path"])


def _brief(
    text: str, brand: str, product: str, facts: Sequence[str], audience: str, placement: str | None
) -> Brief:
    from adwright.text import LIMITS, fits

    order: tuple[Placement, ...] = ("headline", "description", "primary_text")
    chosen = next((p for p in LIMITS if p == placement), None)
    if placement is None:
        chosen = next((p for p in order if fits(text, p)), "primary_text")
    if chosen is None:
        raise BriefError(
            f"no placement {placement!r}", where="placement", fix="one of " + ", ".join(sorted(LIMITS))
        )
    return Brief(brand=brand, product=product, facts=tuple(facts), audience=audience, placement=chosen)


def _lines(texts: Sequence[str] | PathLike) -> list[str]:
    if not isinstance(texts, str | Path):
        return list(texts)
    if str(texts) == "-":
        raw = sys.stdin.read()
    else:
        try:
            raw = Path(texts).read_text(encoding="utf-8-sig")
        except FileNotFoundError as error:
            raise NotFoundError(
                f"no file at {texts}", fix="check the path, or give - for standard input"
            ) from error
        except UnicodeDecodeError as error:
            raise InputError(
                "not text in UTF-8", where=str(texts), fix="save it as UTF-8, one text a line"
            ) from error
    lines = [line.strip() for line in raw.splitlines() if line.strip()]
    if not lines:
        raise InputError("no texts", where=str(texts), fix="give one text a line")
    return lines


def _flat(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
