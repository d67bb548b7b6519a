"""Two processes train as one: the same adapter, other rollouts, one set of files."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from adwright.errors import RecipeError
from adwright.runs import read_json, read_record
from adwright.training import by_main, meet
from adwright.training.ranks import share

SCRIPT = Path(__file__).parent / "launched.py"


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which two processes, connected over gloo, ran the script."""
    folder = tmp_path_factory.mktemp("launched")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    with subprocess.Popen(
        [*command, str(SCRIPT), str(folder)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
        stderr=subprocess.PIPE, text=True,
    ) as launcher:  # fmt: skip
        try:
            _, said = launcher.communicate(timeout=600)
        except subprocess.TimeoutExpired:
            launcher.terminate()  # and with it the two; a killed launcher would leave them behind
            raise
    assert launcher.returncode == 0, said[-3000:]
    return folder


@pytest.fixture
def alone() -> Any:
    """The same script, as a module in this one process."""
    spec = importlib.util.spec_from_file_location("launched", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def flat(weights: dict[str, list[float]]) -> list[float]:
    return [value for name in sorted(weights) for value in weights[name]]


def losses(folder: Path) -> list[float]:
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [line["loss"] for line in lines if "loss" in line]


def test_gradients_are_averaged_and_a_missing_one_is_zero(launched: Path) -> None:
    for rank in (0, 1):
        assert read_json(launched / f"seen-{rank}.json")["averaged"] == [[1.5, 1.5], [2.0]]


def test_ranks_end_with_the_same_adapter_and_the_same_stages(launched: Path) -> None:
    one, two = (read_json(launched / f"seen-{rank}.json") for rank in (0, 1))
    assert one["imitated"] == two["imitated"]
    assert one["reinforced"] == two["reinforced"]
    assert any(value for name, values in one["reinforced"].items() if "lora_B" in name for value in values)
    assert one["records"] == two["records"]
    assert [record["kind"] for record in one["records"]] == ["data", "sft", "rl"]
    assert not list(launched.glob("*.partial"))


def test_two_ranks_imitate_as_one_process_does(
    launched: Path, alone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alone.settings, "has_bfloat16", lambda: False)
    monkeypatch.setattr(alone.sft, "autocast", nullcontext)
    stage, weights = alone.imitate(tmp_path / "sft")
    together = read_json(launched / "seen-0.json")["imitated"]
    assert flat(together) == pytest.approx(flat(weights), abs=1e-4)
    assert max(abs(value) for name, values in weights.items() if "lora_B" in name for value in values) > 1e-3
    figures = read_record(launched / "sft")["figures"]
    assert figures == pytest.approx(stage.figures, rel=0.05), "batches of the held-out loss are smaller"
    assert losses(launched / "sft") == pytest.approx(losses(stage.folder), rel=1e-4)


def test_files_are_written_once_and_rollouts_differ(launched: Path) -> None:
    assert (launched / "data/by").read_text() == "rank 0: True\n"
    log = [json.loads(line) for line in (launched / "rl/log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in log] == [1, 2]
    assert all(0 <= line["independent"]["value"] <= 1 for line in log)
    steps = [json.loads(line)["step"] for line in (launched / "sft/log.jsonl").read_text().splitlines()]
    assert steps == sorted(steps)
    assert len(steps) == len(set(steps)) + 2, (
        "a loss and a held-out loss at each of two steps, and one before"
    )
    for name in ("sft", "rl"):
        assert (launched / name / "adapter/adapter_model.safetensors").is_file()
    one, two = (read_json(launched / f"seen-{rank}.json")["drawn"] for rank in (0, 1))
    assert len(one) == len(two) == 4, "two updates of one prompt with two samples each"
    assert one != two


def test_what_cannot_be_shared_equally_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert share(7, "rl.prompts_per_step") == 7
    monkeypatch.setenv("WORLD_SIZE", "4")
    assert share(8, "rl.prompts_per_step") == 2
    with pytest.raises(RecipeError, match=r"rl\.prompts_per_step is 6, which 4 processes") as caught:
        share(6, "rl.prompts_per_step")
    assert "multiple of 4" in caught.value.fix


def test_one_process_makes_what_it_needs_and_waits_for_nobody() -> None:
    meet()
    assert by_main(lambda: 7) == 7
