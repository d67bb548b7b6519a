"""Run folders: done is not redone, cut off goes on, nothing is ever half-written."""

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adwright import runs
from adwright.config import MarketConfig
from adwright.errors import DiskFullError, NotFoundError, RunError
from adwright.runs import (
    hash_of,
    is_at_work,
    is_disk_full,
    is_main,
    open_stage,
    ranks,
    read_json,
    read_record,
    versions_here,
    write_json,
)


def work(folder, content="result", *, config=None, seed=0, inputs=None, again=False):
    """Do a stage that writes one file; returns (stage, whether it was done now)."""
    with open_stage(
        folder, kind="test", config=config or {"size": 1}, seed=seed, inputs=inputs or {}, again=again
    ) as stage:
        if stage.done:
            return stage, False
        (stage.work / "out.txt").write_text(content)
        stage.figures["letters"] = len(content)
    return stage, True


def fail(folder, error, **options):
    """A stage that writes half and then breaks."""
    with open_stage(folder, kind="test", config={"size": 1}, seed=0, inputs={}, **options) as stage:
        (stage.work / "half.txt").write_text("half")
        raise error


def test_a_stage_stands_in_its_folder_when_it_is_done(tmp_path):
    stage, now = work(tmp_path / "a")
    assert now
    assert stage.done
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["out.txt", "run.json"]
    record = read_record(tmp_path / "a")
    assert record["kind"] == "test"
    assert record["figures"] == {"letters": 6}
    assert record["versions"]["python"]
    assert not (tmp_path / "a.partial").exists()


def test_what_is_done_is_not_done_again_unless_asked(tmp_path):
    work(tmp_path / "a", "first")
    stage, now = work(tmp_path / "a", "second")
    assert (now, stage.figures, (tmp_path / "a/out.txt").read_text()) == (False, {"letters": 5}, "first")
    _, now = work(tmp_path / "a", "third", again=True)
    assert (now, (tmp_path / "a/out.txt").read_text()) == (True, "third")


@pytest.mark.parametrize("change", [{"config": {"size": 2}}, {"seed": 1}])
def test_another_configuration_or_seed_is_done_anew(tmp_path, change):
    work(tmp_path / "a", "old")
    stage, now = work(tmp_path / "a", "new", **change)
    assert now
    assert (stage.folder / "out.txt").read_text() == "new"
    assert not (tmp_path / "a.old").exists()


def test_a_changed_input_is_noticed_by_its_content(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("one")
    work(tmp_path / "a", inputs={"file": source})
    os.utime(source, (1, 1))
    assert not work(tmp_path / "a", inputs={"file": source})[1]
    source.write_text("two")
    assert work(tmp_path / "a", inputs={"file": source})[1]


def test_a_pydantic_configuration_is_recorded_field_by_field(tmp_path):
    work(tmp_path / "a", config=MarketConfig(tests=7))
    assert read_record(tmp_path / "a")["config"]["tests"] == 7
    assert not work(tmp_path / "a", config=MarketConfig(tests=7))[1]
    assert work(tmp_path / "a", config=MarketConfig(tests=8))[1]


def test_a_stage_that_was_cut_off_finds_what_it_had(tmp_path):
    with pytest.raises(ValueError, match="broke"):
        fail(tmp_path / "a", ValueError("broke"))
    assert not (tmp_path / "a").exists()
    with open_stage(tmp_path / "a", kind="test", config={"size": 1}, seed=0, inputs={}) as stage:
        assert (stage.work / "half.txt").read_text() == "half"
    assert (tmp_path / "a/half.txt").exists()


@pytest.mark.parametrize("damage", [None, "{ not json", "\xff"])
def test_what_another_configuration_left_is_thrown_away(tmp_path, damage):
    with pytest.raises(ValueError, match="broke"):
        fail(tmp_path / "a", ValueError("broke"))
    (tmp_path / "a.partial/folder").mkdir()
    if damage is not None:
        (tmp_path / "a.partial/stage.json").write_text(damage, encoding="latin-1")
    config = {"size": 2} if damage is None else {"size": 1}
    with open_stage(tmp_path / "a", kind="test", config=config, seed=0, inputs={}) as stage:
        assert not (stage.work / "half.txt").exists()
        assert not (stage.work / "folder").exists()


def test_a_failure_leaves_the_earlier_result_whole(tmp_path):
    work(tmp_path / "a", "good")
    before = hash_of(tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        fail(tmp_path / "a", KeyboardInterrupt(), again=True)
    assert hash_of(tmp_path / "a") == before
    assert (tmp_path / "a/out.txt").read_text() == "good"


def contents(folder):
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


@pytest.fixture
def place(tmp_path):
    """A user's folder: an export and notes, and beside it results of two stages."""
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports/may.csv").write_text("may")
    (tmp_path / "exports/notes.txt").write_text("mine")
    (tmp_path / "backup.partial").mkdir()
    (tmp_path / "backup.partial/old.txt").write_text("mine")
    (tmp_path / "file.txt").write_text("mine")
    work(tmp_path / "done", "of the same kind")
    with open_stage(tmp_path / "other", kind="other", config={}, seed=0, inputs={}) as stage:
        (stage.work / "out.txt").write_text("of another kind")
    (tmp_path / "run/pairs").mkdir(parents=True)
    (tmp_path / "run/pairs/pairs.txt").write_text("pairs")
    write_json(tmp_path / "run/run.json", {"kind": "run"})
    return tmp_path


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize(
    ("out", "source", "said"),
    [
        ("exports", None, "not adwright's"),
        ("exports/", "exports/may.csv", "what the stage reads"),
        ("file.txt", None, "a file"),
        ("other", None, "a result of 'other'"),
        ("run", None, "a result of 'run'"),
        ("run", "run/pairs", "what the stage reads"),
        ("run/pairs", "run/pairs", "what the stage reads"),
        ("run/pairs/sft", "run/pairs", "what the stage reads"),
        ("done", "done/out.txt", "what the stage reads"),
        ("done/deeper", "done/out.txt", "what the stage reads"),
        ("exports/../done", "done", "what the stage reads"),
        ("backup", None, "backup.partial"),
    ],
)
def test_a_result_replaces_nothing_but_an_earlier_one_of_its_kind(place, out, source, said, again):
    before = contents(place)
    inputs = {} if source is None else {"from": place / source}
    with pytest.raises(RunError, match=said) as caught:
        work(f"{place}/{out}", config={"size": 2}, inputs=inputs, again=again)
    assert "new or empty" in caught.value.fix
    assert contents(place) == before


@pytest.mark.parametrize(
    ("out", "source"),
    [
        ("new", "exports/may.csv"),
        ("exports/table", "exports/may.csv"),
        ("empty", None),
        ("done", "exports/may.csv"),
        ("done/", None),
        ("run/test", "run/pairs"),
        ("run/pairs-2", "run/pairs"),
        ("exports/../new", "done"),
    ],
)
def test_a_result_takes_a_new_place_or_that_of_an_earlier_one(place, out, source):
    (place / "empty").mkdir()
    before = contents(place)
    inputs = {} if source is None else {"from": place / source}
    stage, now = work(f"{place}/{out}", "new", config={"size": 2}, inputs=inputs)
    assert now
    assert (stage.folder / "out.txt").read_text() == "new"
    kept = {name: content for name, content in before.items() if not name.startswith("done/")}
    assert contents(place).items() >= kept.items()
    assert not list(place.glob("*.old*"))


@pytest.mark.parametrize("out", [".", "..", "../here", "sub/.."])
def test_the_folder_that_one_is_in_is_not_replaced(tmp_path, monkeypatch, out):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(RunError, match="you are in this one"):
        work(out)
    assert not list(tmp_path.glob("*.partial"))
    stage, _ = work("result")
    assert (stage.folder / "out.txt").read_text() == "result"


def test_a_link_to_a_result_is_replaced_and_what_it_leads_to_stays(tmp_path):
    work(tmp_path / "big", "big")
    (tmp_path / "link").symlink_to(tmp_path / "big")
    work(tmp_path / "link", "new", config={"size": 2})
    assert [(tmp_path / name / "out.txt").read_text() for name in ("link", "big")] == ["new", "big"]


def test_what_a_kill_left_of_a_stage_is_its_own(tmp_path):
    (tmp_path / "a.partial").mkdir()
    (tmp_path / "a.partial/lock").touch()
    (tmp_path / "a.partial/half.txt").touch()
    assert work(tmp_path / "a")[1]


def attempt(folder, seconds, monkeypatch, *, error=None, now):
    """An attempt of so many seconds; ends with an error, or in peace."""
    clock = iter([0.0, 0.0, *[float(seconds)] * 9])
    with monkeypatch.context() as patched, suppress(ValueError):
        patched.setattr(runs, "time", SimpleNamespace(monotonic=lambda: next(clock)))
        with open_stage(folder, kind="test", config={"size": 1}, seed=0, inputs={}) as stage:
            (stage.work / f"{now}.txt").touch()
            if error is not None:
                raise error
    return stage


def test_the_seconds_of_a_stage_are_those_of_all_its_attempts(tmp_path, monkeypatch):
    for number in (1, 2):
        attempt(tmp_path / "a", 600, monkeypatch, error=ValueError("broke"), now=number)
    assert attempt(tmp_path / "a", 300, monkeypatch, now=3).record["seconds"] == 1500
    assert sorted(contents(tmp_path / "a")) == ["1.txt", "2.txt", "3.txt", "run.json"]
    work(tmp_path / "b")
    assert read_record(tmp_path / "b")["seconds"] < 60, "another stage starts from nothing"


def test_a_killed_attempt_lasted_until_it_last_wrote(tmp_path, monkeypatch):
    attempt(tmp_path / "a", 600, monkeypatch, error=ValueError("broke"), now=1)
    clock = tmp_path / "a.partial/clock.json"
    assert read_json(clock) == {"spent": 600.0, "since": None}
    since = os.stat(clock).st_mtime
    write_json(clock, {"spent": 600.0, "since": since})  # as a killed attempt leaves it
    os.utime(tmp_path / "a.partial/1.txt", (since + 1200, since + 1200))
    assert attempt(tmp_path / "a", 300, monkeypatch, now=2).record["seconds"] == pytest.approx(2100, abs=2)


def test_time_of_another_configuration_does_not_count(tmp_path, monkeypatch):
    attempt(tmp_path / "a", 600, monkeypatch, error=ValueError("broke"), now=1)
    stage, _ = work(tmp_path / "a", config={"size": 2})
    assert stage.record["seconds"] < 60


def test_a_run_is_at_work_while_one_of_its_stages_is(tmp_path):
    assert not is_at_work(tmp_path)
    work(tmp_path / "data")
    assert not is_at_work(tmp_path)
    with open_stage(tmp_path / "sft", kind="test", config={}, seed=0, inputs={}):
        assert is_at_work(tmp_path)
    with pytest.raises(ValueError, match="broke"):
        fail(tmp_path / "rl", ValueError("broke"))
    assert (tmp_path / "rl.partial/lock").is_file()
    assert not is_at_work(tmp_path)


def test_two_processes_cannot_work_in_one_folder(tmp_path):
    with open_stage(tmp_path / "a", kind="test", config={}, seed=0, inputs={}):
        with pytest.raises(RunError, match="another adwright process") as caught:
            work(tmp_path / "a")
        assert caught.value.fix
        code = (
            "from adwright.runs import open_stage\nfrom adwright.errors import RunError\nimport sys\n"
            "try:\n    with open_stage(sys.argv[1], kind='test', config={}, seed=0, inputs={}): pass\n"
            "except RunError: sys.exit(7)"
        )
        other = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], check=False)
        assert other.returncode == 7
    assert read_record(tmp_path / "a")["kind"] == "test"


def test_checkpoints_go_when_the_stage_is_done(tmp_path):
    with open_stage(tmp_path / "a", kind="test", config={}, seed=0, inputs={}) as stage:
        (stage.work / "checkpoints").mkdir()
        (stage.work / "checkpoints/1.bin").write_bytes(b"x" * 100)
    assert not (tmp_path / "a/checkpoints").exists()


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        RuntimeError("[enforce fail at inline_container.cc] . No space left on device"),
        ValueError("I/O error: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_told_as_such(tmp_path, error):
    work(tmp_path / "earlier", "good")
    assert is_disk_full(error)
    with pytest.raises(DiskFullError, match="no room left on the disk while doing test") as caught:
        fail(tmp_path / "a", error)
    assert "free some room" in caught.value.fix
    assert read_record(tmp_path / "earlier")["kind"] == "test"
    assert not (tmp_path / "a").exists()


def test_a_disk_full_error_is_passed_on_as_it_is(tmp_path):
    with pytest.raises(DiskFullError, match=r"^no room for the writer$"):
        fail(tmp_path / "a", DiskFullError("no room for the writer"))


def test_other_errors_are_no_full_disk():
    assert not is_disk_full(OSError(errno.EACCES, "Permission denied"))
    assert not is_disk_full(ValueError("28"))


@contextmanager
def small_disk(folder):
    """A disk of 64 kB where one can be mounted (as root); else a file that is always full, /dev/full."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, check=False
    )
    try:
        yield mounted.returncode == 0
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(out, *, device_full):
    with open_stage(out, kind="test", config={"size": 2}, seed=0, inputs={}) as stage:
        if device_full:
            (stage.work / "big.bin").symlink_to("/dev/full")
        (stage.work / "big.bin").write_bytes(b"x" * 200_000)


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs a system with mount and /dev/full")
def test_a_disk_that_really_is_full_leaves_the_earlier_result_whole(tmp_path):
    with small_disk(tmp_path / "disk") as mounted:
        out = tmp_path / "disk/stage"
        work(out, "good")
        with pytest.raises(DiskFullError):
            fill(out, device_full=not mounted)
        assert (out / "out.txt").read_text() == "good"
        assert read_record(out)["config"] == {"size": 1}
        (tmp_path / "disk/stage.partial/big.bin").unlink()
        assert work(out, "better", config={"size": 2})[1]
        assert (out / "out.txt").read_text() == "better"


def test_a_damaged_record_is_told_with_what_to_do(tmp_path):
    work(tmp_path / "a")
    (tmp_path / "a/run.json").write_text('{"kind": "te')
    with pytest.raises(RunError, match="damaged") as caught:
        work(tmp_path / "a")
    assert caught.value.where.endswith("run.json")
    assert "delete that folder" in caught.value.fix
    (tmp_path / "a/run.json").write_text("[1, 2]")
    with pytest.raises(RunError, match="not the record of a run"):
        read_record(tmp_path / "a")


def test_a_missing_record_is_not_found(tmp_path):
    with pytest.raises(NotFoundError, match=r"no run\.json"):
        read_record(tmp_path)


def test_a_reader_never_sees_half_a_file(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    write_json(path, {"a": 1})

    def cut_off(*_):
        raise OSError(errno.EIO, "power cut")

    with monkeypatch.context() as patched:
        patched.setattr(runs.os, "replace", cut_off)
        with pytest.raises(OSError, match="power cut"):
            write_json(path, {"a": 2})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert read_json(path) == {"a": 1}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda v: st.lists(v) | st.dictionaries(st.text(), v),
    )
)
def test_json_comes_back_as_it_went(tmp_path_factory, value):
    path = tmp_path_factory.getbasetemp() / "value.json"
    try:
        write_json(path, value)
    except UnicodeEncodeError:  # lone surrogates are no text
        return
    assert read_json(path) == value


def test_the_same_work_has_the_same_hash_wherever_and_whenever_it_is_done(tmp_path):
    first, _ = work(tmp_path / "a")
    second, _ = work(tmp_path / "b/c")
    assert first.record["outputs"] == second.record["outputs"] == hash_of(tmp_path / "a")
    other, _ = work(tmp_path / "d", "other")
    assert other.record["outputs"] != first.record["outputs"]


def test_names_count_in_the_hash_and_records_do_not(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text("same")
    assert hash_of(tmp_path / "a") != hash_of(tmp_path / "b")
    before = hash_of(tmp_path / "a")
    (tmp_path / "a/run.json").write_text(json.dumps({"kind": "run"}))
    assert hash_of(tmp_path / "a") == before


def test_the_hash_of_what_is_not_there_is_an_error(tmp_path):
    with pytest.raises(NotFoundError, match="nothing at"):
        hash_of(tmp_path / "none")


def test_versions_name_what_results_depend_on_and_leave_out_what_is_not_installed(monkeypatch):
    found = versions_here()
    assert {"python", "torch", "numpy"} <= found.keys()
    monkeypatch.setattr(runs, "VERSIONED", ("numpy", "no-such-package"))
    assert versions_here().keys() == {"python", "numpy"}


@pytest.fixture
def second_rank(monkeypatch):
    """This process is the second rank of two; each time that it waits, rank 0 takes its next turn."""
    turns = []
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv("RANK", "1")

    def sleep(_):
        with monkeypatch.context() as other:
            other.setenv("RANK", "0")
            turns.pop(0)()

    monkeypatch.setattr(runs, "time", SimpleNamespace(sleep=sleep, monotonic=time.monotonic))
    return turns


def test_without_a_launcher_there_is_one_process_and_it_speaks(monkeypatch):
    monkeypatch.delenv("RANK", raising=False)
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert (is_main(), ranks()) == (True, 1)


def test_a_second_rank_finds_done_what_the_first_does(tmp_path, second_rank):
    assert (is_main(), ranks()) == (False, 2)
    second_rank += [lambda: None, lambda: work(tmp_path / "a", "the first")]
    stage, now = work(tmp_path / "a", "the second")
    assert (now, stage.done, stage.fresh, second_rank) == (False, True, False, [])
    assert (tmp_path / "a/out.txt").read_text() == "the first"
    assert stage.figures == read_record(tmp_path / "a")["figures"] == {"letters": 9}


def test_a_second_rank_does_not_take_an_earlier_result_for_this_one(tmp_path, second_rank, monkeypatch):
    with monkeypatch.context() as first:
        first.setenv("RANK", "0")
        work(tmp_path / "a", "earlier", seed=1)
    second_rank += [lambda: work(tmp_path / "a", "this one")]
    work(tmp_path / "a")
    assert (tmp_path / "a/out.txt").read_text() == "this one"
    work(tmp_path / "a")
    assert second_rank == [], "what is done is not waited for"


def test_all_ranks_share_the_work_of_a_stage_that_they_enter_together(tmp_path, second_rank):
    second_rank += [lambda: work(tmp_path / "a", "together")]
    with open_stage(
        tmp_path / "a", kind="test", config={"size": 1}, seed=0, inputs={}, all_ranks=True
    ) as stage:
        assert (stage.done, stage.work) == (False, tmp_path / "a.partial")
        stage.figures["letters"] = -1
    assert (stage.done, stage.work) == (True, tmp_path / "a")
    assert stage.record == read_record(tmp_path / "a")
    assert stage.figures == {"letters": 8}, "the first rank's figures count"


def test_a_rank_whose_launcher_is_gone_waits_no_longer(tmp_path, second_rank, monkeypatch):
    parents = iter([70, 70, 1])
    monkeypatch.setattr(runs.os, "getppid", lambda: next(parents))
    second_rank += [lambda: None]
    with pytest.raises(RunError, match="launcher of this process is gone") as caught:
        work(tmp_path / "a")
    assert "same command again" in caught.value.fix
