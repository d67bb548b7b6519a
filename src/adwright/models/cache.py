"""Where converted and exported models are kept, and how they get there whole.

A model is written beside its place and renamed: a reader never sees half of one, and what was
there before stays if the writing fails.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from adwright.errors import DiskFullError, ModelError
from adwright.runs import is_disk_full

__all__ = ["beside", "build_once", "cache_folder"]


def cache_folder() -> Path:
    """``$ADWRIGHT_HOME``, or ``~/.cache/adwright``; it need not exist yet."""
    home = os.environ.get("ADWRIGHT_HOME")
    return Path(home).expanduser() if home else Path.home() / ".cache" / "adwright"


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Write a file or folder beside ``target``; it takes its place at the end, if nothing failed.

    Yields:
        the path to write to, not there yet.

    Raises:
        DiskFullError: no room; what was at ``target`` is whole.
        ModelError: the place cannot be written to.
    """
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(partial)
        yield partial
        old = target.with_name(target.name + ".old")
        _remove(old)
        if target.is_dir():
            os.replace(target, old)  # a folder cannot be renamed over another
        os.replace(partial, target)
        _remove(old)
    except (OSError, RuntimeError, SafetensorError) as error:
        _remove(partial)
        if is_disk_full(error):
            raise DiskFullError(
                "no room left on the disk for a model",
                where=str(target),
                fix="free some room, or set ADWRIGHT_HOME to another disk",
            ) from error
        if isinstance(error, PermissionError):
            raise ModelError(
                "not allowed to write there", where=str(target), fix="set ADWRIGHT_HOME to a folder of yours"
            ) from error
        raise


def build_once(target: Path, build: Callable[[Path], None]) -> Path:
    """``target``, built on first use; other processes that want it too wait for it.

    Args:
        target: file or folder; its name must say everything that it depends on.
        build: writes it at the path it is given.

    Raises:
        DiskFullError, ModelError: as ``beside``.
    """
    if target.exists():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = target.with_name(target.name + ".lock").open("w")
    except OSError as error:
        raise ModelError(
            f"cannot keep a model there ({error.strerror})",
            where=str(target.parent),
            fix="set ADWRIGHT_HOME to a folder of yours",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            with beside(target) as partial:
                build(partial)
    return target


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
