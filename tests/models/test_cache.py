from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from adwright.errors import DiskFullError, ModelError
from adwright.models.cache import beside, build_once, cache_folder


def test_the_cache_is_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ADWRIGHT_HOME", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("ADWRIGHT_HOME")
    assert cache_folder() == Path.home() / ".cache" / "adwright"


def test_a_finished_folder_replaces_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "model"
    for word in ("old", "new"):
        with beside(target) as partial:
            partial.mkdir()
            (partial / word).write_text(word)
    assert [file.name for file in target.iterdir()] == ["new"]
    assert [file.name for file in tmp_path.iterdir()] == ["model"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), DiskFullError),
        (RuntimeError("I/O error: No space left on device (os error 28)"), DiskFullError),
        (PermissionError(errno.EACCES, "Permission denied"), ModelError),
        (OSError(errno.EIO, "Input/output error"), OSError),
    ],
)
def test_what_was_there_stays_when_writing_fails(
    tmp_path: Path, error: Exception, expected: type[Exception]
) -> None:
    target = tmp_path / "file"
    target.write_text("whole")

    def fail() -> None:
        with beside(target) as partial:
            partial.write_text("half")
            raise error

    with pytest.raises(expected):
        fail()
    assert target.read_text() == "whole"
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_many_that_want_it_build_it_once(tmp_path: Path) -> None:
    built = []

    def build(partial: Path) -> None:
        built.append(partial)
        partial.write_text("whole")

    threads = [
        threading.Thread(target=build_once, args=(tmp_path / "deep" / "file", build)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    assert (tmp_path / "deep" / "file").read_text() == "whole"


def test_a_cache_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="ADWRIGHT_HOME"):
        build_once(tmp_path / "file" / "model", lambda partial: partial.touch())
