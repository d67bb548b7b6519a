"""The figures are read from real runs, and what was not run is not met."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from adwright.errors import NotFoundError
from adwright.runs import hash_of, write_json
from benchmarks import loop
from benchmarks.figure import Figure, spread
from benchmarks.loop import figures

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo_runs(tiny_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny run, as if it were the demo."""
    root = tmp_path_factory.mktemp("demo")
    shutil.copytree(tiny_run, root / "demo-tiny")
    record = json.loads((root / "demo-tiny" / "run.json").read_text())
    (root / "demo-tiny" / "run.json").write_text(
        json.dumps({**record, "name": "demo", "install_seconds": 60})
    )
    return root


def test_figures_come_from_the_run_they_name(demo_runs: Path) -> None:
    found = {figure.name: figure for figure in figures(Namespace(runs=demo_runs))}
    run = demo_runs / "demo-tiny"
    evaluation = json.loads((run / "evaluation" / "evaluation.json").read_text())["policies"]
    lift = found["true CTR lift of RLPF over SFT, market"]
    assert (lift.value, lift.low, lift.high) == tuple(
        evaluation["rlpf"]["true_ctr_lift"][key] for key in ("value", "low", "high")
    )
    assert str(run) in lift.note
    stages = json.loads((run / "run.json").read_text())["stages"]
    assert found["make demo: time"].value == pytest.approx((sum(s["seconds"] for s in stages) + 60) / 60)
    assert found["breach_rate, served, demo"].value == 0.0
    assert not found["make demo DATA=upworthy: time"].met
    assert not found["reward accuracy, Upworthy test, all"].met
    for ratio in ("five variations against bare llama.cpp", "score against bare sentence-transformers"):
        value = found[ratio].value
        assert value is not None
        assert value > 0


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for runs that are only figures, beside an archive; nothing is timed."""
    archive = tmp_path / "shared" / "data" / "upworthy.parquet"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"the archive")
    monkeypatch.setenv("ADWRIGHT_SHARED", str(tmp_path / "shared"))
    for ratio in ("_variations_ratio", "_score_ratio"):
        monkeypatch.setattr(loop, ratio, lambda run: Figure("ratio", 1.0, None, None, "", "", True))
    return tmp_path / "runs"


def upworthy(root: Path, seed: int, *, file: bytes = b"the archive", **rlpf: Any) -> Path:
    run = root / f"upworthy-{seed}-{len(file)}"
    given = run.parent.parent / f"{run.name}.csv"
    given.write_bytes(file)
    for stage in ("data", "reward", "evaluation"):
        (run / stage).mkdir(parents=True)
    record = {
        "kind": "run",
        "name": "upworthy",
        "status": "done",
        "seed": seed,
        "started": f"2026-0{seed + 1}",
    }
    stages = [{"name": "rl", "seconds": 1200.0}]
    write_json(
        run / "run.json",
        {**record, "config": {"name": "upworthy", "data": str(given)}, "stages": stages, "peak_gib": 5.0},
    )
    write_json(run / "data" / "run.json", {"kind": "import", "inputs": {"file": hash_of(given)}})
    right = {"accuracy": 0.72}
    write_json(run / "reward" / "accuracy.json", {"proxy": {"test": {"all": right, "p05": right}}})
    second = {"similarity": 0.46, "names_kept": 0.5, "numbers_kept": None, "names_invented": 0.1}
    own = {
        "win_vs_sft": {"value": 0.74, "low": 0.69, "high": 0.79},
        "copy_rate": 0.01,
        "similarity": 0.5,
        "names_kept": 0.4,
        "numbers_kept": 0.3,
        "names_invented": 0.05,
    }
    served = {"breach_rate": 0.0, "several_lines": 0.0}
    policies = {"rlpf": own | rlpf, "served": served}
    write_json(run / "evaluation" / "evaluation.json", {"policies": policies, "second_human": second})
    return run


def found_in(root: Path) -> dict[str, Figure]:
    found = figures(Namespace(runs=root))
    assert len({figure.name for figure in found}) == len(found) - 1  # the two ratios
    return {figure.name: figure for figure in found}


def test_every_row_is_there_whatever_was_run_and_what_was_not_is_not_met(
    made_up: Path, demo_runs: Path
) -> None:
    run = upworthy(made_up, 0)
    only_one = found_in(made_up)
    assert set(found_in(demo_runs)) == set(only_one)
    assert len(only_one) == 2 + 2 + 2 + 3 * (1 + 5 + 3) + 1 + 3 + 1
    assert only_one["RLPF against SFT, seed 0"].met
    assert str(run) in only_one["RLPF against SFT, seed 0"].note
    missing = [name for name, figure in only_one.items() if figure.note == "no run yet"]
    assert len(missing) == 2 * 9 + 2 + 1 + 3
    assert not any(only_one[name].met or only_one[name].value is not None for name in missing)
    for name in ("true CTR lift of RLPF over SFT, market", "RLPF against SFT, seed 2", "make demo: memory"):
        assert name in missing
    assert not found_in(demo_runs)["RLPF against SFT, seed 0"].met


def test_the_accuracy_is_met_by_three_seeds_together(made_up: Path) -> None:
    for seed in (0, 1):
        upworthy(made_up, seed)
        assert not found_in(made_up)["reward accuracy, Upworthy test, all"].met
    upworthy(made_up, 5)
    assert not found_in(made_up)["reward accuracy, Upworthy test, all"].met
    upworthy(made_up, 2)
    assert found_in(made_up)["reward accuracy, Upworthy test, all"].met


def test_a_run_of_other_data_is_no_run_of_the_archive(
    made_up: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = upworthy(made_up, 0, file=b"exports of May")
    with pytest.raises(NotFoundError, match="no finished run"):
        figures(Namespace(runs=made_up))
    own = upworthy(made_up, 0)
    found = found_in(made_up)
    assert not any(str(other) in figure.note for figure in found.values())
    assert str(own) in found["make demo DATA=upworthy: memory"].note
    monkeypatch.setenv("ADWRIGHT_SHARED", str(tmp_path / "nowhere"))
    with pytest.raises(NotFoundError, match="no finished run"):
        figures(Namespace(runs=made_up))


def test_a_demo_of_a_file_is_no_demo(made_up: Path) -> None:
    run = upworthy(made_up, 0)
    copy = made_up / "demo-of-a-file"
    shutil.copytree(run, copy)
    record = json.loads((copy / "run.json").read_text())
    write_json(copy / "run.json", record | {"name": "demo"})
    assert found_in(made_up)["make demo: time"].note == "no run yet"


def test_what_cannot_be_compared_is_not_met_and_what_can_is(made_up: Path) -> None:
    upworthy(made_up, 0, copy_rate=0.02)
    upworthy(made_up, 1, win_vs_sft={"value": 0.74, "low": None, "high": None})
    upworthy(made_up, 2, win_vs_sft={"value": 0.74, "low": 0.49, "high": 0.9}, copy_rate=0.021)
    found = found_in(made_up)
    assert [found[f"RLPF against SFT, seed {seed}"].met for seed in (0, 1, 2)] == [True, False, False]
    assert found["similarity, RLPF, seed 0"].met
    assert found["similarity, RLPF, seed 0"].target == "≥ 0.46 (second human)"
    assert not found["names_kept, RLPF, seed 0"].met
    assert found["names_invented, RLPF, seed 0"].met
    assert not found["numbers_kept, RLPF, seed 0"].met
    assert found["numbers_kept, RLPF, seed 0"].target == "≥ – (second human)"
    assert not found["numbers_invented, RLPF, seed 0"].met
    assert found["copy_rate, rlpf, upworthy seed 0"].met
    assert not found["copy_rate, rlpf, upworthy seed 2"].met
    assert "copy_rate, served, upworthy seed 0" not in found
    assert found["breach_rate, served, upworthy seed 0"].met


def test_without_a_run_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no finished run"):
        figures(Namespace(runs=tmp_path))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "loop", "--json", "--runs", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "make demo" in done.stderr
    assert "Traceback" not in done.stderr


def test_spread_is_mean_and_standard_deviation() -> None:
    assert spread([1.0, 2.0, 3.0]) == pytest.approx((2.0, 1.0, 3.0))
    assert spread([5.0]) == (5.0, 5.0, 5.0)
