"""The figures are read from real runs, and what was not run is not met."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from adwright.errors import NotFoundError
from benchmarks.figure import spread
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
