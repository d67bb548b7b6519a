"""Run folders: every stage reads and writes a plain folder with a ``run.json``.

A stage works in ``FOLDER.partial`` and is renamed to ``FOLDER`` when done, so that nothing is
ever half-written. A stage that was cut off finds its partial folder and goes on from it; a stage
whose inputs, configuration and seed are those of the finished folder is not done again.

Where one command is launched as several processes (``accelerate launch``), they are ranks of one run:
rank 0 does the stages and writes their files, the others wait for the finished folders and join it in
the stages that train on all ranks. What is left out: ranks on several machines.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from adwright.errors import DiskFullError, NotFoundError, RunError

__all__ = [
    "Stage",
    "hash_of",
    "is_disk_full",
    "is_main",
    "open_stage",
    "partial",
    "ranks",
    "read_json",
    "read_record",
    "versions_here",
    "write_json",
    "write_lines",
    "write_text",
]

RECORD = "run.json"
UNHASHED = {RECORD, "stage.json", "lock", "log.jsonl"}
VERSIONED = ("adwright", "torch", "transformers", "trl", "peft", "numpy", "pandas", "xllamacpp")
POLL = 1.0
"""Seconds between two looks of a waiting rank."""


@dataclass
class Stage:
    """A stage at work.

    Attributes:
        folder: where the result will stand.
        work: where to write until then; what a cut-off attempt left is still in it.
        done: the finished folder is already there, with the same inputs, configuration and seed.
        record: what ``run.json`` says, once done.
        figures: put measured figures here; they go into ``run.json``.
        fresh: the work was done now, not found done.
    """

    folder: Path
    work: Path
    done: bool = False
    record: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    fresh: bool = False


def write_text(path: Path, text: str) -> None:
    """Write beside, then rename: a reader never sees half a file."""
    beside = path.with_name(path.name + ".tmp")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def write_json(path: Path, value: Any) -> None:
    """Write JSON as people read it, keys sorted; beside, then renamed."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n")


def write_lines(path: Path, rows: Iterable[Any]) -> None:
    """Write JSON lines; beside, then renamed."""
    write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def read_json(path: Path) -> Any:
    """Read JSON that adwright wrote.

    Raises:
        NotFoundError: there is no such file.
        RunError: it is damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NotFoundError(
            f"no {path.name} in {path.parent}", fix="name a finished run or stage folder"
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise RunError(
            f"damaged: {error}", where=str(path), fix="delete that folder and run the stage again"
        ) from error


def read_record(folder: Path) -> dict[str, Any]:
    """The ``run.json`` of a stage or run folder."""
    record = read_json(Path(folder) / RECORD)
    if not isinstance(record, dict) or "kind" not in record:
        raise RunError(
            "not the record of a run",
            where=str(Path(folder) / RECORD),
            fix="name a folder that adwright wrote",
        )
    return record


def hash_of(path: Path) -> str:
    """SHA-256 of a file, or of a folder's files and their names (records and timings left out)."""
    path = Path(path)
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    if (path / RECORD).is_file():
        recorded = read_json(path / RECORD).get("outputs")
        if recorded:
            return str(recorded)
    if not path.is_dir():
        raise NotFoundError(f"nothing at {path}", fix="check the path")
    return _hash_files(path)


def _hash_files(folder: Path) -> str:
    total = hashlib.sha256()
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = file.relative_to(folder)
        if name.parts[0] in UNHASHED or "checkpoints" in name.parts:
            continue
        total.update(name.as_posix().encode() + b"\0")
        with file.open("rb") as opened:
            total.update(hashlib.file_digest(opened, "sha256").digest())
    return total.hexdigest()


def versions_here() -> dict[str, str]:
    """Versions of Python and of the packages that results depend on."""
    found = {"python": platform.python_version()}
    for package in VERSIONED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def is_disk_full(error: BaseException) -> bool:
    """Whether an error, of whatever library, means that the disk is full."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return True
    return "No space left on device" in str(error) or "os error 28" in str(error)


def ranks() -> int:
    """How many processes this command was launched as; 1 without a launcher."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_main() -> bool:
    """Whether this process is the one that writes files and speaks: rank 0, or the only one."""
    return int(os.environ.get("RANK", "0")) == 0


def open_stage(
    folder: str | Path,
    *,
    kind: str,
    config: BaseModel | dict[str, Any],
    seed: int,
    inputs: dict[str, Path],
    again: bool = False,
    all_ranks: bool = False,
) -> AbstractContextManager[Stage]:
    """Do a stage's work in ``FOLDER.partial`` and put it in place when it is done.

    Args:
        folder: where the result is to stand.
        kind: name of the stage ("pairs", "sft" …).
        config: its configuration; part of its identity.
        seed: its seed; part of its identity.
        inputs: files and folders that it reads, by role; known by hash.
        again: do it even if it is done; for a command that is a single process.
        all_ranks: every rank enters, and must meet the others before it touches ``stage.work``;
            else rank 0 does it alone, and to the others it is done.

    Returns:
        a context that gives the stage; return at once if ``stage.done``.

    Raises:
        RunError: another process is working on this folder, or the launch of this rank is gone.
        DiskFullError: no room; earlier results are whole.
    """
    folder = Path(folder)
    identity = {
        "kind": kind,
        "config": config.model_dump(mode="json") if isinstance(config, BaseModel) else config,
        "seed": seed,
        "inputs": {role: hash_of(Path(path)) for role, path in sorted(inputs.items())},
    }
    found = None if again else _found(folder, identity)
    if found is not None:
        return nullcontext(found)
    if is_main():
        return _led(folder, identity, fresh=again)
    return _followed(folder, identity) if all_ranks else nullcontext(_awaited(folder, identity))


def _found(folder: Path, identity: dict[str, Any]) -> Stage | None:
    """The finished stage, if it stands there with this identity."""
    try:
        record = read_record(folder)
    except NotFoundError:
        return None
    if any(record.get(key) != value for key, value in identity.items()):
        return None
    return Stage(folder, folder, done=True, record=record, figures=record.get("figures", {}))


def partial(folder: Path) -> Path:
    """Where a stage works until it is done."""
    return folder.with_name(folder.name + ".partial")


@contextmanager
def _led(folder: Path, identity: dict[str, Any], *, fresh: bool) -> Iterator[Stage]:
    """The stage as rank 0, or the only process, does it."""
    stage = Stage(folder, partial(folder))
    started, clock = datetime.now(UTC), time.monotonic()
    try:
        with _claimed(stage.work, identity, fresh=fresh):
            yield stage
            shutil.rmtree(stage.work / "checkpoints", ignore_errors=True)
            stage.record = {
                **identity,
                "outputs": _hash_files(stage.work),
                "figures": stage.figures,
                "versions": versions_here(),
                "started": started.isoformat(timespec="seconds"),
                "seconds": round(time.monotonic() - clock, 1),
            }
            write_json(stage.work / RECORD, stage.record)
            _put_in_place(stage.work, folder)
    except Exception as error:
        if is_disk_full(error) and not isinstance(error, DiskFullError):
            raise DiskFullError(
                f"no room left on the disk while doing {identity['kind']}",
                where=str(stage.work),
                fix="free some room and run the same command again: it goes on where it stopped",
            ) from error
        raise
    stage.work, stage.done, stage.fresh = folder, True, True


@contextmanager
def _followed(folder: Path, identity: dict[str, Any]) -> Iterator[Stage]:
    """The stage as another rank takes part in it; done when rank 0 has put it in place."""
    stage = Stage(folder, partial(folder))
    yield stage
    done = _awaited(folder, identity)
    stage.work, stage.record, stage.figures = folder, done.record, done.figures
    stage.done = stage.fresh = True


def _awaited(folder: Path, identity: dict[str, Any]) -> Stage:
    """Wait until rank 0 has done the stage; if rank 0 fails, the launcher ends the ranks that wait."""
    launcher = os.getppid()
    while (stage := _found(folder, identity)) is None:
        if os.getppid() != launcher:
            raise RunError(
                "the launcher of this process is gone", where=str(folder), fix="run the same command again"
            )
        time.sleep(POLL)
    return stage


@contextmanager
def _claimed(work: Path, identity: dict[str, Any], *, fresh: bool) -> Iterator[None]:
    work.mkdir(parents=True, exist_ok=True)
    with (work / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunError(
                "another adwright process is working here", where=str(work), fix="wait for it, or stop it"
            ) from error
        mark = work / "stage.json"
        try:
            same = mark.is_file() and json.loads(mark.read_text(encoding="utf-8")) == identity
        except (json.JSONDecodeError, UnicodeDecodeError):
            same = False
        if fresh or not same:
            for entry in work.iterdir():
                if entry.name != "lock":
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
            write_json(mark, identity)
        yield


def _put_in_place(work: Path, folder: Path) -> None:
    for name in ("lock", "stage.json"):
        (work / name).unlink(missing_ok=True)
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(work, folder)
    shutil.rmtree(old, ignore_errors=True)
