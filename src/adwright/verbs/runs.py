"""What ran: the runs of a folder, one of them, two side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adwright.runs import is_at_work, read_json, read_record
from adwright.verbs.given import RUNS, PathLike, run_folder

__all__ = [
    "runs_compare",
    "runs_list",
    "runs_show",
]


def runs_list(*, root: PathLike = RUNS) -> list[dict[str, Any]]:
    """All runs under ``root``, newest first, each with its ``path``.

    ``status`` is "done", "running", or "stopped" where no process works on a run that is not done.
    """
    found = []
    for folder in sorted(Path(root).glob("*/run.json")):
        record = _record(folder.parent)
        if record["kind"] == "run":
            kept = {k: record.get(k) for k in ("name", "status", "seed", "started", "seconds", "figures")}
            found.append({"path": str(folder.parent), **kept})
    return sorted(found, key=lambda r: (str(r["started"]), r["path"]), reverse=True)


def runs_show(run: PathLike) -> dict[str, Any]:
    """The record of a run or stage folder."""
    return {**_record(Path(run)), "path": str(run)}


def runs_compare(first: PathLike, second: PathLike) -> dict[str, Any]:
    """What differs between two runs: settings that differ, and each policy's figures side by side."""
    folders = [run_folder(Path(first)), run_folder(Path(second))]
    settings = [_flat(read_record(f)["config"]) for f in folders]
    results = [read_json(f / "evaluation" / "evaluation.json")["policies"] for f in folders]
    differing = {
        key: [one.get(key) for one in settings]
        for key in sorted(set(settings[0]) | set(settings[1]))
        if settings[0].get(key) != settings[1].get(key)
    }
    figures = {
        policy: {
            name: [r.get(policy, {}).get(name) for r in results]
            for name in _either(*(r.get(policy, {}) for r in results))
        }
        for policy in _either(*results)
    }
    return {"runs": [str(f) for f in folders], "settings": differing, "figures": figures}


def _record(folder: Path) -> dict[str, Any]:
    """The record; a run that only says that it is running was stopped."""
    record = read_record(folder)
    stopped = record.get("status") == "running" and not is_at_work(folder)
    return {**record, "status": "stopped"} if stopped else record


def _either(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """The keys of either, in the order of the first."""
    return list(first | second)


def _flat(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        flat |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return flat
