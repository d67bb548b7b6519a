"""Using what a run has learned: writing variations, scoring texts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adwright.config import GenerateConfig, Recipe, load_recipe
from adwright.errors import BriefError, InputError, NotFoundError
from adwright.records import Brief, Placement
from adwright.verbs.given import RUNS, PathLike, reward_folder, run_folder
from adwright.verbs.runs import runs_list

if TYPE_CHECKING:
    from adwright.models import Engine

__all__ = [
    "generate",
    "score",
]


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
    from adwright.reward import RewardModel

    if not 1 <= n <= 20:
        raise InputError(f"{n} variations", where="n", fix="ask for 1 to 20")
    folder = run_folder(Path(run)) if run is not None else _newest_run()
    recipe = load_recipe(folder / "recipe.yaml")
    brief = _brief(text, brand, product, facts, audience, placement)
    engine = _engine(folder, recipe, url, model)
    samples = max(recipe.generate.samples, 4 * n)
    config = GenerateConfig.model_validate({**recipe.generate.model_dump(), "samples": samples})
    reward, encoder = RewardModel.load_average(folder / "reward" / "proxy"), recipe.reward.encoder
    shown = write_variations(text, brief, engine, reward, n, config, recipe.writer, seed, encoder=encoder)
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
    folder = reward_folder(Path(run) if run is not None else _newest_run())
    model = RewardModel.load_average(folder / "proxy")
    values = [float(v) for v in model.mean(lines)]
    if against is None:
        return [{"text": t, "score": v} for t, v in zip(lines, values, strict=True)]
    base = float(model.mean([against])[0])
    return [
        {"text": t, "score": v, "beats": float(expit(v - base))} for t, v in zip(lines, values, strict=True)
    ]


def _engine(run: Path, recipe: Recipe, url: str | None, model: str | None) -> Engine:
    """The run's own writer, or the endpoint's."""
    from adwright.models import open_engine

    if url is not None:
        return open_engine(model or recipe.writer.model, url=url)
    adapters = [run / "sft" / "adapter", run / "rl" / "adapter"]
    return open_engine(recipe.writer.model, adapters, dtype=recipe.writer.dtype)


def _newest_run() -> Path:
    done = [r for r in runs_list() if r["status"] == "done" and (Path(r["path"]) / "reward").is_dir()]
    if not done:
        raise NotFoundError(
            f"no finished run under {RUNS}/",
            fix="run `adwright run recipes/demo.yaml`, or name one with --run",
        )
    return Path(done[0]["path"])


def _brief(
    text: str, brand: str, product: str, facts: Sequence[str], audience: str, placement: str | None
) -> Brief:
    from adwright.text import LIMITS, fits, flatten, is_short

    order: tuple[Placement, ...] = ("headline", "description", "primary_text")
    chosen = next((p for p in LIMITS if p == placement), None)
    if placement is None:
        line = flatten(text)
        nearest = order[0] if is_short(line, order[0]) else order[-1]
        chosen = next((p for p in order if fits(line, p)), nearest)
    if chosen is None:
        raise BriefError(
            f"no placement {placement!r}", where="placement", fix="one of " + ", ".join(sorted(LIMITS))
        )
    return Brief(brand=brand, product=product, facts=tuple(facts), audience=audience, placement=chosen)


def _lines(texts: Sequence[str] | PathLike) -> list[str]:
    if not isinstance(texts, str | Path):
        return list(texts)
    where = "standard input" if str(texts) == "-" else str(texts)
    try:
        content = sys.stdin.buffer.read() if str(texts) == "-" else Path(texts).read_bytes()
        raw = content.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise NotFoundError(
            f"no file at {texts}", fix="check the path, or give - for standard input"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError("not text in UTF-8", where=where, fix="save it as UTF-8, one text a line") from error
    lines = [line.strip() for line in raw.splitlines() if line.strip()]
    if not lines:
        raise InputError("no texts", where=where, fix="give one text a line")
    return lines
