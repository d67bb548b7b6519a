"""Finding a checkpoint that a cut-off training left whole."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

from safetensors import SafetensorError, safe_open

__all__ = ["last_checkpoint", "step_of"]


def last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that can be read; damaged ones (a cut-off write) are removed."""
    found = sorted(folder.glob("checkpoint-*"), key=step_of, reverse=True)
    for checkpoint in found:
        if _is_whole(checkpoint):
            return checkpoint
        shutil.rmtree(checkpoint, ignore_errors=True)
    return None


def step_of(checkpoint: Path) -> int:
    """After how many updates it was written."""
    return int(checkpoint.name.rsplit("-", 1)[1])


def _is_whole(checkpoint: Path) -> bool:
    states = [checkpoint / name for name in ("optimizer.pt", "scheduler.pt")]
    states += checkpoint.glob("rng_state*.pth")
    try:
        state = json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
        with safe_open(checkpoint / "adapter_model.safetensors", framework="pt") as opened:
            adapted = bool(list(opened.keys()))
    except (OSError, ValueError, SafetensorError):
        return False
    # torch writes a zip archive, whose table of contents stands at its end.
    return adapted and "global_step" in state and all(zipfile.is_zipfile(file) for file in states)
