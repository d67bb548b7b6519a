"""The shape of the command line: names, options, help, start-up, and what becomes of errors."""

import inspect
import json
import os
import subprocess
import sys

import pytest
import typer

import adwright
from adwright import verbs
from adwright.cli import app
from adwright.errors import RunError
from adwright.text import LIMITS

ROOT = typer.main.get_command(app)
HEAVY = ("torch", "transformers", "pandas", "numpy", "matplotlib", "adwright.verbs")


def leaves(group, path=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(leaves(ROOT))


def adwright_process(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "adwright.cli", *arguments], text=True, check=False, timeout=120, **options
    )


def test_every_verb_is_a_command_of_the_same_name_and_every_command_a_verb():
    names = {"_".join(path) for path in COMMANDS}
    assert names == set(adwright.VERBS) == set(verbs.__all__)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_has_the_options_of_its_verb_and_json(path):
    wanted = set(inspect.signature(getattr(verbs, "_".join(path))).parameters) - {"say", "ask"}
    assert {parameter.name for parameter in COMMANDS[path].params} == wanted | {"json"}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_defaults_of_a_command_are_those_of_its_verb(path):
    signature = inspect.signature(getattr(verbs, "_".join(path)))
    for parameter in COMMANDS[path].params:
        if parameter.name != "json" and not parameter.required:
            default = signature.parameters[parameter.name].default
            assert (parameter.default or None) == (default or None)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_teaches_with_an_example_and_explains_every_option(cli, path):
    answer = cli(*path, "--help")
    assert answer.code == 0
    assert "Example:" in answer.out
    assert f"adwright {' '.join(path)}" in answer.out
    assert all(parameter.help for parameter in COMMANDS[path].params)


def test_the_help_of_placement_names_every_placement():
    option = next(p for p in COMMANDS[("generate",)].params if p.name == "placement")
    assert all(name in option.help for name in LIMITS)


def test_version_is_printed(cli):
    answer = cli("--version")
    assert (answer.code, answer.out) == (0, f"adwright {adwright.__version__}\n")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"], ["data", "import"]])
def test_starting_up_loads_nothing_heavy(arguments):
    code = (
        "import sys; from adwright.cli import main; main(sys.argv[1:]); "
        f"sys.exit(', '.join(m for m in {HEAVY} if m in sys.modules) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_data_commands_never_wait_for_torch(tmp_path):
    csv, market, table, pairs = (tmp_path / name for name in ("may.csv", "market", "table", "pairs"))
    csv.write_text("test_id,text,impressions,clicks\na,Handmade bags,1000,20\na,A bag for life,1000,30\n")
    commands = [
        ["inspect", str(csv)],
        ["import", str(csv), "--out", str(table)],
        ["market", "--out", str(market), "--tests", "150"],
        ["pairs", str(market), "--out", str(pairs)],
    ]
    code = (
        "import sys; from adwright.cli import main\n"
        f"for command in {commands}:\n"
        "    assert main(['data', *command]) == 0, command\n"
        "    loaded = [m for m in ('torch', 'transformers', 'trl', 'peft') if m in sys.modules]\n"
        "    assert not loaded, (command, loaded)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=_with_source()
    )
    assert done.returncode == 0, done.stderr
    assert (pairs / "pairs.parquet").is_file()


def test_tab_completion_is_offered():
    env = os.environ | {"_ADWRIGHT_COMPLETE": "complete_bash", "COMP_WORDS": "adwright da", "COMP_CWORD": "1"}
    done = adwright_process(capture_output=True, env=env)
    assert "data" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["data"], ["data", "import", "a.csv"], ["data", "market", "--out", "x", "--seed", "-1"]],
)
def test_a_wrong_command_line_is_the_users_to_put_right(cli, arguments):
    answer = cli(*arguments)
    assert answer.code == 2
    assert "Traceback" not in answer.err


def test_a_wrong_command_line_is_told_in_json_too(cli):
    answer = cli("data", "inspect", "--json")
    assert answer.code == 2
    assert answer.json["error"]["kind"] == "UsageError"
    assert "FILE" in answer.json["error"]["what"]
    assert "Missing argument" in answer.err


def test_an_error_is_told_plainly_on_stderr_and_as_json_on_stdout(cli, monkeypatch):
    def broken(**_):
        raise RunError("damaged", where="runs/a/run.json", fix="delete it")

    monkeypatch.setattr(verbs, "runs_list", broken)
    plain = cli("runs", "list")
    assert (plain.code, plain.out) == (2, "")
    assert plain.err == "runs/a/run.json: damaged\n  To fix: delete it\n"
    answer = cli("runs", "list", "--json")
    assert answer.err == plain.err
    assert answer.json == {
        "error": {"kind": "RunError", "what": "damaged", "where": "runs/a/run.json", "fix": "delete it"}
    }


def test_our_own_faults_are_one_line_unless_the_trace_is_asked_for(cli, monkeypatch):
    def broken(**_):
        raise ZeroDivisionError("by zero\nand more")

    monkeypatch.setattr(verbs, "runs_list", broken)
    answer = cli("runs", "list")
    assert answer.code == 1
    assert answer.err.startswith("internal error (ZeroDivisionError: by zero); please report it")
    assert answer.err.count("\n") == 1
    assert "Traceback" in cli("--debug", "runs", "list").err
    monkeypatch.setenv("ADWRIGHT_DEBUG", "1")
    assert "Traceback" in cli("runs", "list").err
    assert cli("runs", "list", "--json").json["error"]["kind"] == "InternalError"


def test_ctrl_c_is_told_without_a_trace(cli, monkeypatch):
    def stopped(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(verbs, "runs_list", stopped)
    answer = cli("runs", "list", "--json")
    assert answer.code == 130
    assert answer.err == "Stopped. What was finished is kept; run the same command again to go on.\n"
    assert answer.json["error"]["kind"] == "Stopped"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("os error 28")])
def test_a_full_disk_is_told_whoever_notices_it(cli, monkeypatch, error):
    def full(**_):
        raise error

    monkeypatch.setattr(verbs, "runs_list", full)
    answer = cli("runs", "list", "--json")
    assert answer.code == 2
    assert answer.json["error"]["kind"] == "DiskFullError"
    assert "free some room" in answer.err


def test_errors_of_the_system_are_told_with_their_path(cli, tmp_path):
    (tmp_path / "file").write_text("x")
    answer = cli("data", "market", "--tests", 2, "--out", tmp_path / "file/below")
    assert answer.code == 2
    path, what = answer.err.splitlines()[0].split(": ")
    assert path.startswith(f"{tmp_path}/file/below")
    assert what == "not a directory"


def test_json_stands_alone_on_stdout_whatever_libraries_print(cli, monkeypatch):
    def noisy(**_):
        print("loading …")
        return [{"path": "é", "score": float("nan"), "pair": (1.0, float("inf"))}]

    monkeypatch.setattr(verbs, "runs_list", noisy)
    answer = cli("runs", "list", "--json")
    assert answer.json == [{"path": "é", "score": None, "pair": [1.0, None]}]
    assert answer.err == "loading …\n"


def test_a_reader_who_leaves_early_is_no_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "adwright.cli", "runs", "list", "--root", "/nowhere", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(60) == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "arguments", [["--help"], ["runs", "list", "--json"], ["runs", "show", "nowhere", "--json"]]
)
def test_a_full_disk_under_the_output_is_told(tmp_path, arguments):
    with open("/dev/full", "w") as full:
        done = adwright_process(
            *arguments, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, env=_with_source()
        )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "no room left on the disk" in done.stderr or "nowhere" in done.stderr


def _with_source():
    return os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}


def test_python_m_is_the_same_command():
    done = adwright_process("--version", capture_output=True)
    assert done.stdout == f"adwright {adwright.__version__}\n"
    assert (
        json.loads(
            adwright_process("runs", "list", "--root", "/nowhere", "--json", capture_output=True).stdout
        )
        == []
    )
