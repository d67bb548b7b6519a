"""Run folders: every stage reads and writes a plain folder with a ``run.json``.

A stage works in ``FOLDER.partial`` and is renamed to ``FOLDER`` when done, so that nothing is
ever half-written. A stage that was cut off finds its partial folder and goes on from it; a stage
whose inputs, configuration and seed are those of the finished folder is not done again. A result
replaces an earlier result of the same kind, and nothing else.

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
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
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
    "is_at_work",
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
MARK, LOCK, CLOCK = "stage.json", "lock", "clock.json"
"""What stands in a partial folder until the stage is done: its identity, its claim, its time so far."""
UNHASHED = {RECORD, MARK, LOCK, CLOCK, "log.jsonl"}
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
        record: what ``run.json`` says, once done; its ``seconds`` are those of all attempts together, without
            the pauses between them, and of an attempt that was killed those until it last wrote a file.
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
        again: do it even if it is done (a cut-off attempt goes on); for a command that is a single process.
        all_ranks: every rank enters, and must meet the others before it touches ``stage.work``;
            else rank 0 does it alone, and to the others it is done.

    Returns:
        a context that gives the stage; return at once if ``stage.done``.

    Raises:
        RunError: the result would replace something else than an earlier one of this kind; another
            process is working on this folder; or the launch of this rank is gone.
        DiskFullError: no room; earlier results are whole.
    """
    folder = Path(os.path.normpath(folder))
    settings = config.model_dump(mode="json") if isinstance(config, BaseModel) else config
    hashes = {role: hash_of(Path(path)) for role, path in sorted(inputs.items())}
    identity = {"kind": kind, "config": settings, "seed": seed, "inputs": hashes}
    if not again and (found := _found(folder, identity)) is not None:
        return nullcontext(found)
    if is_main():
        _check_place(folder, kind, inputs.values())
        return _led(folder, identity)
    return _followed(folder, identity) if all_ranks else nullcontext(_awaited(folder, identity))


def _found(folder: Path, identity: dict[str, Any]) -> Stage | None:
    """The finished stage, if it stands there with this identity."""
    if not (folder / RECORD).is_file():
        return None
    record = read_record(folder)
    if any(record.get(key) != value for key, value in identity.items()):
        return None
    return Stage(folder, folder, done=True, record=record, figures=record.get("figures", {}))


def partial(folder: Path) -> Path:
    """Where a stage works until it is done."""
    return folder.with_name(folder.name + ".partial")


def is_at_work(run: Path) -> bool:
    """Whether a process is doing a stage of this run now."""
    return any(_is_held(lock) for lock in run.glob(partial(Path("*")).name + "/" + LOCK))


def _is_held(lock: Path) -> bool:
    try:
        with lock.open() as opened:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _check_place(folder: Path, kind: str, inputs: Iterable[Path]) -> None:
    """Refuse a place where a result would take away what is no earlier result of its kind."""
    place = folder.resolve()
    sources = [_stage_of(Path(path).resolve()) for path in inputs]
    if Path.cwd().is_relative_to(place):
        fault = "a result replaces its folder, and you are in this one"
    elif any(source.is_relative_to(place) or place.is_relative_to(source) for source in sources):
        fault = "here, or around it, stands what the stage reads: one would take the other away"
    elif (held := _held_by(folder)) not in {f"a result of {kind!r}", ""}:
        fault = f"here is {held}, which a result of {kind!r} would replace"
    elif _held_by(work := partial(folder)) and not any((work / name).exists() for name in (LOCK, MARK)):
        fault = f"the stage would work in {work.name}, and that holds files which are not its own"
    else:
        return
    raise RunError(fault, where=str(folder), fix="name a folder that is new or empty")


def _stage_of(source: Path) -> Path:
    """The folder of the stage that an input is a file of; else the input itself."""
    return source.parent if source.is_file() and (source.parent / RECORD).is_file() else source


def _held_by(folder: Path) -> str:
    """What is in a folder, in words; "" for nothing."""
    if not folder.is_dir():
        return "a file" if folder.exists() else ""
    if not any(folder.iterdir()):
        return ""
    if not (folder / RECORD).is_file():
        return "a folder with files that are not adwright's"
    return f"a result of {read_record(folder)['kind']!r}"


@contextmanager
def _led(folder: Path, identity: dict[str, Any]) -> Iterator[Stage]:
    """The stage as rank 0, or the only process, does it."""
    stage = Stage(folder, partial(folder))
    started, clock = datetime.now(UTC), time.monotonic()
    try:
        with _claimed(stage.work, identity) as spent:
            yield stage
            shutil.rmtree(stage.work / "checkpoints", ignore_errors=True)
            stage.record = {
                **identity,
                "outputs": _hash_files(stage.work),
                "figures": stage.figures,
                "versions": versions_here(),
                "started": started.isoformat(timespec="seconds"),
                "seconds": round(spent + time.monotonic() - clock, 1),
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
def _claimed(work: Path, identity: dict[str, Any]) -> Iterator[float]:
    """Work here alone; gives the seconds that earlier attempts took."""
    work.mkdir(parents=True, exist_ok=True)
    with (work / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunError(
                "another adwright process is working here", where=str(work), fix="wait for it, or stop it"
            ) from error
        if _noted(work / MARK) != identity:
            for entry in work.iterdir():
                if entry.name != LOCK:
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
            write_json(work / MARK, identity)
        with _timed(work) as spent:
            yield spent


@contextmanager
def _timed(work: Path) -> Iterator[float]:
    """Keep the time of attempts; one that was killed lasted until it last wrote a file."""
    noted = _noted(work / CLOCK) or {"spent": 0.0, "since": None}
    spent = noted["spent"]
    if noted["since"] is not None:
        last = max(file.lstat().st_mtime for file in work.rglob("*") if file.name != LOCK)
        spent += max(0.0, last - noted["since"])
    write_json(work / CLOCK, {"spent": spent, "since": datetime.now(UTC).timestamp()})
    clock = time.monotonic()
    try:
        yield spent
    finally:
        if work.is_dir():  # the stage is not done
            with suppress(OSError):
                write_json(work / CLOCK, {"spent": spent + time.monotonic() - clock, "since": None})


def _noted(path: Path) -> Any:
    """What an earlier attempt noted; None if it did not, or was cut off."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError):
        return None


def _put_in_place(work: Path, folder: Path) -> None:
    for name in (LOCK, MARK, CLOCK):
        (work / name).unlink(missing_ok=True)
    if not folder.exists():
        os.replace(work, folder)
        return
    aside = Path(tempfile.mkdtemp(prefix=f"{folder.name}.old-", dir=folder.parent))
    os.replace(folder, aside / folder.name)
    os.replace(work, folder)
    shutil.rmtree(aside, ignore_errors=True)
