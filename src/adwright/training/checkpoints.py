"""Finding a checkpoint that a cut-off training left whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from safetensors import SafetensorError, safe_open

__all__ = ["last_checkpoint"]


def last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that can be read; damaged ones (a cut-off write) are removed."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda p: int(p.name.rsplit("-", 1)[1]), reverse=True)
    for checkpoint in found:
        if _is_whole(checkpoint):
            return checkpoint
        shutil.rmtree(checkpoint, ignore_errors=True)
    return None


def _is_whole(checkpoint: Path) -> bool:
    try:
        state = json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
        for file in checkpoint.glob("*.safetensors"):
            with safe_open(file, framework="pt") as opened:
                if not list(opened.keys()):
                    return False
    except (OSError, ValueError, SafetensorError):
        return False
    return "global_step" in state and (checkpoint / "optimizer.pt").is_file()
