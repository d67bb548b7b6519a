"""What a run folder holds, read once and trusted afterwards.

A part that is not there is empty: the report and the closing table say so. A log line that is
not JSON, such as one that was being written when the power went, is left out and named in ``unread``.
Left out here: the models themselves, and judging what the figures mean.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adwright.errors import NotFoundError, RunError
from adwright.records import Interval
from adwright.runs import read_json

__all__ = ["STAGES", "RunContents", "interval", "mapping", "number", "read_contents"]

STAGES = ("pairs", "sft", "reward", "rl", "evaluation")


@dataclass(frozen=True)
class RunContents:
    """The parts of a run that are for people to read; an empty one is not there.

    Attributes:
        folder: the run folder.
        record: ``run.json`` of the run.
        stage_records: ``run.json`` of each stage folder that has one, by stage.
        pairs: ``pairs/summary.json``.
        sft_log: ``sft/log.jsonl``, one mapping a step, steps rising.
        accuracy: ``reward/accuracy.json``.
        calibration: ``reward/calibration.json``.
        rl_log: ``rl/log.jsonl``, one mapping a step, steps rising.
        evaluation: ``evaluation/evaluation.json``.
        samples: ``evaluation/samples.jsonl``.
        variations: ``sample/variations.json``.
        unread: log lines that are not JSON ("rl/log.jsonl, line 7").
    """

    folder: Path
    record: dict[str, Any]
    stage_records: dict[str, dict[str, Any]]
    pairs: dict[str, Any]
    sft_log: list[dict[str, Any]]
    accuracy: dict[str, Any]
    calibration: dict[str, Any]
    rl_log: list[dict[str, Any]]
    evaluation: dict[str, Any]
    samples: list[dict[str, Any]]
    variations: dict[str, Any]
    unread: tuple[str, ...]

    @property
    def config(self) -> dict[str, Any]:
        """The recipe, as the run recorded it."""
        return mapping(self.record.get("config"))

    @property
    def policies(self) -> dict[str, dict[str, Any]]:
        """Measured figures of each policy."""
        return {str(k): mapping(v) for k, v in mapping(self.evaluation.get("policies")).items()}

    @property
    def simulated(self) -> bool:
        """Whether the run was made on the simulated market."""
        return bool(self.config) and self.config.get("data") is None

    @property
    def rl_figures(self) -> dict[str, Any]:
        """Best step, and why the RL stage stopped."""
        return mapping(self.stage_records.get("rl", {}).get("figures"))


def number(value: Any) -> float | None:
    """A finite float, or None for whatever else stands there."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def interval(value: Any) -> Interval | None:
    """An interval from ``{"value", "low", "high"}`` or a bare number; bounds not known are NaN."""
    entry = value if isinstance(value, dict) else {"value": value}
    middle = number(entry.get("value"))
    if middle is None:
        return None
    low, high = number(entry.get("low")), number(entry.get("high"))
    if low is None or high is None:
        low = high = math.nan
    return Interval(middle, low, high)


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def read_contents(run: str | Path) -> RunContents:
    """Read what is there in a run folder.

    Raises:
        NotFoundError: there is no such folder, or nothing in it that adwright wrote.
        RunError: a JSON file is damaged, or holds another shape than adwright writes.
    """
    folder = Path(run)
    if not folder.is_dir():
        raise NotFoundError(f"no run at {folder}", fix="'adwright runs list' names the runs there are")
    unread: list[str] = []
    contents = RunContents(
        folder=folder,
        record=_read_mapping(folder / "run.json"),
        stage_records={s: r for s in STAGES if (r := _read_mapping(folder / s / "run.json"))},
        pairs=_read_mapping(folder / "pairs" / "summary.json"),
        sft_log=_by_step(_read_lines(folder / "sft" / "log.jsonl", unread)),
        accuracy=_read_mapping(folder / "reward" / "accuracy.json"),
        calibration=_read_mapping(folder / "reward" / "calibration.json"),
        rl_log=_by_step(_read_lines(folder / "rl" / "log.jsonl", unread)),
        evaluation=_read_mapping(folder / "evaluation" / "evaluation.json"),
        samples=_read_lines(folder / "evaluation" / "samples.jsonl", unread),
        variations=_read_mapping(folder / "sample" / "variations.json"),
        unread=tuple(unread),
    )
    if not contents.record and not any((folder / stage).is_dir() for stage in STAGES):
        raise NotFoundError(
            f"{folder} is not the folder of a run", fix="name a folder that 'adwright run' wrote"
        )
    return contents


def _read_mapping(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    value = read_json(path)
    if not isinstance(value, dict):
        raise RunError("not a JSON object", where=str(path), fix="delete that folder and run the stage again")
    return value


def _read_lines(path: Path, unread: list[str]) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    entries = []
    for n, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (json.JSONDecodeError, UnicodeDecodeError):
            entry = None
        if isinstance(entry, dict):
            entries.append(entry)
        else:
            unread.append(f"{path.parent.name}/{path.name}, line {n}")
    return entries


def _by_step(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # A stage that was cut off repeats the steps since its last checkpoint: the later line counts.
    # A step may have a line of training and one of evaluation, so lines of a step are merged.
    steps: dict[float, dict[str, Any]] = {}
    for entry in entries:
        step = number(entry.get("step"))
        if step is not None:
            steps[step] = steps.get(step, {}) | entry
    return [steps[step] for step in sorted(steps)]
