"""Training that is cut off goes on: over a damaged checkpoint, and after a full disk."""

from __future__ import annotations

import errno
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adwright.config import RLConfig, SFTConfig
from adwright.errors import DiskFullError
from adwright.runs import Stage, hash_of, open_stage, read_record
from tests.training import launched

TRAINING = {"sft": launched.imitate, "rl": launched.reinforce}
FILES = ["adapter_model.safetensors", "optimizer.pt", "trainer_state.json"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny writer, four updates of imitation and three of RLOO, each with its checkpoint."""
    monkeypatch.setattr(launched.settings, "has_bfloat16", lambda: False)
    monkeypatch.setattr(launched.sft, "autocast", nullcontext)
    monkeypatch.setattr(launched.rl, "judge", lambda *_: None)
    monkeypatch.setattr(launched.rl, "refused", lambda texts, *_: np.zeros(len(texts), dtype=bool))
    monkeypatch.setattr(launched, "SFTConfig", lambda **given: SFTConfig(**{**given, "batch_size": 2}))
    monkeypatch.setattr(launched, "RLConfig", lambda **given: RLConfig(**{**given, "steps": 3}))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The hash of what each training gives if nothing happens."""
    found: dict[str, str] = {}

    def outputs(kind: str) -> str:
        if kind not in found:
            found[kind] = trained(kind, tmp_path_factory.mktemp(kind) / kind).record["outputs"]
        return found[kind]

    return outputs


def trained(kind: str, out: Path) -> Stage:
    stage: Stage = TRAINING[kind](out)[0]
    return stage


def stopped_after(updates: int, training: Callable[..., Any]) -> Callable[..., Any]:
    """The same training, with Ctrl-C in the update after these."""

    def stopped(*arguments: Any) -> Any:
        left = [updates]

        def advance(n: int = 1, note: str | None = None) -> None:
            left[0] -= n
            if left[0] < 0:
                raise KeyboardInterrupt

        return training(*arguments[:-1], advance)

    return stopped


@pytest.mark.parametrize("damaged", [1, 2])
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", TRAINING)
def test_a_damaged_checkpoint_is_passed_over_and_the_result_is_the_same(
    kind: str, name: str, damaged: int, undisturbed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, train = undisturbed(kind), f"train_{kind}_adapter"
    with monkeypatch.context() as patched:
        patched.setattr(launched, train, stopped_after(2, getattr(launched, train)))
        with pytest.raises(KeyboardInterrupt):
            trained(kind, tmp_path / kind)
    checkpoints = tmp_path / f"{kind}.partial/checkpoints"
    assert {path.name for path in checkpoints.glob("checkpoint-*")} == {"checkpoint-1", "checkpoint-2"}
    for step in range(2, 2 - damaged, -1):
        file = checkpoints / f"checkpoint-{step}" / name
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    stage = trained(kind, tmp_path / kind)
    assert stage.record["outputs"] == expected
    steps = [int(line.split('"step": ')[1].split(",")[0]) for line in _log(stage.folder)]
    assert steps == sorted(steps), "nothing is logged twice"


def _log(folder: Path) -> list[str]:
    return (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("writing", ["append_log", "save_adapter"])
@pytest.mark.parametrize("kind", TRAINING)
def test_a_disk_that_is_full_while_training_leaves_earlier_results_whole(
    kind: str, writing: str, undisturbed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, out = undisturbed(kind), tmp_path / kind
    for place, what in ((tmp_path / "pairs", "pairs"), (out, kind)):
        with open_stage(place, kind=what, config={"earlier": True}, seed=0, inputs={}) as earlier:
            (earlier.work / "result.txt").write_text("earlier")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(getattr(launched, kind), writing, full)
        with pytest.raises(DiskFullError, match=f"while doing {kind}") as caught:
            trained(kind, out)
    assert "same command again" in caught.value.fix
    for place in (tmp_path / "pairs", out):
        assert (place / "result.txt").read_text() == "earlier"
        assert hash_of(place) == read_record(place)["outputs"] == read_record(tmp_path / "pairs")["outputs"]
    assert trained(kind, out).record["outputs"] == expected
