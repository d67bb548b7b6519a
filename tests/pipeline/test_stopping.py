"""Ctrl-C and a full disk in the stages that train nothing: what is done stays, the same command goes on."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from adwright.config import MarketConfig, PairsConfig, Recipe
from adwright.errors import DiskFullError
from adwright.pipeline import import_stage, market_stage, pairs_stage, sample, sample_stage, tables
from adwright.runs import Stage, hash_of, open_stage, read_json

MARKET = MarketConfig(tests=150)
RECIPE = Recipe.model_validate(
    {
        "name": "small",
        "sample_text": "Handmade leather bags from Florence.",
        "sample_brief": {"brand": "Lapi", "facts": ["handmade in Florence"]},
        "generate": {"samples": 3},
    }
)


class Writer:
    """An engine that writes what it is told."""

    def generate(self, prompts: list[Any], n: int, **_: Any) -> list[list[str]]:
        return [
            ["Leather bags, handmade in Florence", "Bags", "Lapi bags from Florence"][:n] for _ in prompts
        ]


class Taste:
    """A reward that likes long texts."""

    def against(self, texts: list[str], others: list[str], contexts: list[str]) -> tuple[np.ndarray, None]:
        return np.array([(len(a) - len(b)) / 10 for a, b in zip(texts, others, strict=True)]), None


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample stage without a trained writer or reward."""
    monkeypatch.setattr(sample, "open_engine", lambda *_, **__: Writer())
    monkeypatch.setattr(sample, "RewardModel", SimpleNamespace(load_average=lambda _: Taste()))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the stages read: a market, its pairs, and folders for the trained ones."""
    root = tmp_path_factory.mktemp("before")
    market_stage(MARKET, 0, root / "market")
    pairs_stage(root / "market", PairsConfig(), 0, root / "pairs")
    for name in ("sft", "reward", "rl"):
        with open_stage(root / name, kind=name, config={}, seed=0, inputs={}) as stage:
            (stage.work / "weights").write_text(name)
    return root


def do(kind: str, before: Path, out: Path, seed: int = 0) -> Stage:
    pairs, sft, reward, rl = (before / name for name in ("pairs", "sft", "reward", "rl"))
    recipe = RECIPE.model_copy(update={"seed": seed})
    todo: dict[str, Callable[[], Stage]] = {
        "market": lambda: market_stage(MARKET, seed, out),
        "import": lambda: import_stage(before / "market" / "table.parquet", out),
        "pairs": lambda: pairs_stage(before / "market", PairsConfig(), seed, out),
        "sample": lambda: sample_stage(pairs, sft, reward, rl, recipe, out),
    }
    return todo[kind]()


WRITES = [
    ("market", tables, "write_table"),
    ("import", tables, "write_json"),
    ("pairs", tables, "write_json"),
    ("sample", sample, "write_variations"),
    ("sample", sample, "write_json"),
]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (OSError(errno.ENOSPC, "No space left on device"), DiskFullError),
    ],
)
@pytest.mark.parametrize(("kind", "module", "function"), WRITES)
def test_a_stage_that_breaks_off_leaves_all_whole_and_is_done_by_the_same_command(
    kind: str,
    module: Any,
    function: str,
    error: BaseException,
    said: type[BaseException],
    before: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise error

    undisturbed = do(kind, before, tmp_path / "undisturbed").record["outputs"]
    with open_stage(tmp_path / "out", kind=kind, config={"earlier": True}, seed=0, inputs={}) as stage:
        (stage.work / "result.txt").write_text("earlier")
    earlier = {path.name: hash_of(path) for path in before.iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr(module, function, broken)
        with pytest.raises(said):
            do(kind, before, tmp_path / "out")
    assert (tmp_path / "out/result.txt").read_text() == "earlier"
    assert {path.name: hash_of(path) for path in before.iterdir()} == earlier
    assert do(kind, before, tmp_path / "out").record["outputs"] == undisturbed
    assert not list(tmp_path.glob("*.partial"))


def test_the_sample_is_drawn_as_the_recipe_says(
    before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: dict[str, Any] = {}
    encoders: list[str] = []
    changed = {"writer": {"model": "some/writer", "dtype": "bfloat16"}, "reward": {"encoder": "some/encoder"}}
    recipe = Recipe.model_validate({**RECIPE.model_dump(mode="json"), **changed})

    def opened(model: str, adapters: list[Path], **options: Any) -> Writer:
        given.update(options, model=model, adapters=[path.parent.name for path in adapters])
        return Writer()

    monkeypatch.setattr(sample, "open_engine", opened)
    monkeypatch.setattr(
        "adwright.creative.variations.choose", lambda *_, encoder: encoders.append(encoder) or []
    )
    pairs, sft, reward, rl = (before / name for name in ("pairs", "sft", "reward", "rl"))
    stage = sample_stage(pairs, sft, reward, rl, recipe, tmp_path / "sample")
    assert given == {"model": "some/writer", "adapters": ["sft", "rl"], "dtype": "bfloat16"}
    assert encoders == ["some/encoder"]
    assert read_json(stage.folder / "variations.json") == {"text": RECIPE.sample_text, "variations": []}
    assert "sample: 3/3" in capsys.readouterr().err


def test_the_tests_of_a_market_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    market_stage(MARKET, 0, tmp_path / "market")
    assert "market: 150/150" in capsys.readouterr().err
