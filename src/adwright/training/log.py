"""The log of a training, ``log.jsonl``: a JSON object a line, each with its ``step``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from adwright.runs import write_lines

__all__ = ["append_log", "read_log", "rewind_log"]


def append_log(path: Path, line: dict[str, Any]) -> None:
    """Add a line."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def read_log(path: Path) -> list[dict[str, Any]]:
    """The whole lines; the last one may have been cut off, by a kill or a full disk."""
    lines = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []:
        try:
            lines.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return lines


def rewind_log(path: Path, step: int) -> None:
    """Forget what was logged after ``step``, from which training goes on."""
    if path.is_file():
        write_lines(path, [line for line in read_log(path) if line["step"] <= step])
