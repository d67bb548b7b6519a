"""Ctrl-C, a full disk and a second process, in real processes: earlier results stay whole."""

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd

from adwright.cli import main
from adwright.runs import hash_of, read_json, read_record, write_json

LARGE = ["--tests", "60000", "--advertisers", "400"]


def start(*arguments):
    """The command in a process that hears Ctrl-C, even if the tests themselves were started to ignore it."""
    return subprocess.Popen(
        [sys.executable, "-m", "adwright.cli", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for(folder, pattern, process, seconds=300):
    until = time.monotonic() + seconds
    while not list(folder.glob(pattern)):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.02)


def test_ctrl_c_keeps_what_was_finished(tmp_path):
    out = tmp_path / "market"
    assert main(["data", "market", "--out", str(out), "--tests", "20"]) == 0
    before = hash_of(out), read_json(out / "run.json")
    with start("data", "market", "--out", out, *LARGE) as process:
        try:
            wait_for(tmp_path, "market.partial/stage.json", process)
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert stderr == "Stopped. What was finished is kept; run the same command again to go on.\n"
    assert (hash_of(out), read_json(out / "run.json")) == before
    assert pd.read_parquet(out / "table.parquet")["test_id"].nunique() == 20
    assert main(["data", "market", "--out", str(out), "--tests", "30"]) == 0
    assert read_record(out)["config"]["tests"] == 30


def test_a_run_that_is_stopped_in_a_stage_goes_on_from_it(tmp_path, tiny_recipe, capsys):
    command = ("run", tiny_recipe, "--out", tmp_path)
    with start(*command) as process:
        try:
            wait_for(tmp_path, "*/sft.partial/log.jsonl", process)
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=300)
        finally:
            process.kill()
    assert process.returncode == 130, stderr
    assert stderr.endswith("Stopped. What was finished is kept; run the same command again to go on.\n")
    (run,) = tmp_path.iterdir()
    assert {path.parent.name for path in run.glob("*/run.json")} == {"data", "pairs"}
    before = {path: path.stat().st_mtime_ns for path in run.glob("*/*") if path.parent.suffix != ".partial"}
    assert main(["runs", "list", "--root", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["status"] == "stopped"
    with start(*command) as process:
        _, stderr = process.communicate(timeout=600)
    assert process.returncode == 0, stderr
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert read_record(run)["status"] == "done"
    assert [stage["name"] for stage in read_record(run)["stages"]][-1] == "sample"
    assert not list(run.glob("*.partial"))


def test_a_second_process_is_told_that_a_first_is_at_work(tmp_path, capsys):
    out = tmp_path / "market"
    first = start("data", "market", "--out", out, *LARGE)
    try:
        wait_for(tmp_path, "market.partial/stage.json", first)
        assert main(["data", "market", "--out", str(out), "--tests", "20"]) == 2
        assert "another adwright process is working here" in capsys.readouterr().err
        assert first.poll() is None
    finally:
        first.kill()
        first.communicate()
    assert main(["data", "market", "--out", str(out), "--tests", "20"]) == 0
    assert read_record(out)["kind"] == "market"


def test_a_disk_that_fills_up_during_a_stage(tmp_path, capsys):
    disk = tmp_path / "disk"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    mounted = subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0
    out = disk / "market"
    try:
        assert main(["data", "market", "--out", str(out), "--tests", "20"]) == 0
        before = hash_of(out)
        if not mounted:  # not root: the table's place is a device that is always full
            (disk / "market.partial").mkdir()
            (disk / "market.partial/table.parquet.tmp").symlink_to("/dev/full")
            identity = read_json(out / "run.json") | {"seed": 1}
            kept = {k: identity[k] for k in ("kind", "config", "seed", "inputs")}
            kept["config"]["tests"] = 500
            write_json(disk / "market.partial/stage.json", kept)
        capsys.readouterr()
        assert main(["data", "market", "--out", str(out), "--tests", "500", "--seed", "1"]) == 2
        err = capsys.readouterr().err
        assert "no room left on the disk while doing market" in err
        assert err.count("To fix:") == 1
        assert hash_of(out) == before
        assert len(pd.read_parquet(out / "table.parquet"))
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(disk)], check=True)
