"""``adwright rate``: keys through the real program in a real terminal, screens, and refusals."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time

import pytest
import typer

from adwright.data import read_ratings
from adwright.records import FAULTS, USABLE

TEXTS = ("Bags that last", "A bag for life", "Bags, made by hand", "Bring it.")
RIGHT, LEFT, CTRL_C = "\x1b[C", "\x1b[D", "\x03"
STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def texts(tmp_path):
    brief = {"product": "bags", "brand": "Lapi", "facts": ["handmade", "Florence"], "audience": "parents"}
    rows = [{"text": text, "source": "Handmade bags", "brief": brief, "writer": "rlpf"} for text in TEXTS]
    path = tmp_path / "my texts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


class Terminal:
    """The program in a pseudo-terminal; its standard output alone goes elsewhere."""

    def __init__(self, *arguments):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        os.set_blocking(self.master, False)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "adwright.cli", *map(str, arguments)],
            stdin=self.slave,
            stdout=subprocess.PIPE,
            stderr=self.slave,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm-256color"},
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        os.close(self.master)
        os.close(self.slave)

    def read(self):
        try:
            return os.read(self.master, 65536)
        except BlockingIOError:
            return b""

    def until(self, *parts, seconds=300):
        """What is written from now on, until all of it stands there and a key is waited for."""
        found, last = b"", time.monotonic() + seconds
        while not all(part.encode() in found for part in parts) or self._is_at_work():
            assert self.process.poll() is None, found
            assert time.monotonic() < last, found
            time.sleep(0.01)
            found += self.read()
        return (found + self.read()).decode()

    def _is_at_work(self):
        """Whether no key is waited for: keys that are pressed meanwhile are dropped."""
        return termios.tcgetattr(self.slave)[3] & termios.ICANON

    def press(self, key, *parts):
        os.write(self.master, key.encode())
        return self.until(*parts)

    def end(self, key):
        """What stands on standard output when this key has ended the program."""
        os.write(self.master, key.encode())
        out, _ = self.process.communicate(timeout=300)
        return out.decode()


def shown(screen):
    """Which of the texts a screen asks about."""
    (text,) = [text for text in TEXTS if text in screen]
    return text


def test_keys_in_a_terminal_rate_undo_quit_and_go_on(texts):
    hint = "q end"
    with Terminal("rate", texts, "--rater", "anna") as terminal:
        screen = terminal.until(hint)
        first = shown(screen)
        for part in ("1 of 4", "Lapi", "handmade · Florence", "parents", "at most 60", "Handmade bags"):
            assert part in STEERING.sub("", screen)
        assert "rlpf" not in screen
        second = shown(terminal.press(RIGHT, hint, "2 of 4"))
        terminal.press("n", "5  dull")
        third = shown(terminal.press("2", hint, "3 of 4", "Last: not usable, invented"))
        terminal.press("y", hint, "4 of 4")
        assert shown(terminal.press("u", hint, "3 of 4", "Taken back")) == third
        out = terminal.end("q")
        assert terminal.process.returncode == 0
    assert "Rated       2 of 4" in out
    assert f"rate '{texts}' --rater anna\n" in out
    ratings = f"{texts}.ratings.jsonl"
    assert [(r.text, r.fault) for r in read_ratings(ratings)] == [(first, ""), (second, "invented")]
    with Terminal("rate", texts, "--rater", "anna", "--json") as terminal:
        assert shown(terminal.until(hint, "3 of 4")) == third
        terminal.press(LEFT, "5  dull")
        fourth = shown(terminal.press("3", hint, "4 of 4"))
        terminal.press("Y", "That was the last text.")
        result = json.loads(terminal.end("\r"))
        assert terminal.process.returncode == 0
    assert (result["rated"], result["remaining"], result["usable"]["value"]) == (4, 0, 0.5)
    found = [(r.text, r.fault, r.writer) for r in read_ratings(ratings)]
    faults = {first: "", second: "invented", third: "language", fourth: ""}
    assert found == [(text, fault, "rlpf") for text, fault in faults.items()]


@pytest.mark.parametrize("kill", ["kill", "Ctrl-C"])
def test_a_session_that_ends_at_once_loses_nothing(texts, kill):
    with Terminal("rate", texts, "--rater", "anna") as terminal:
        first = shown(terminal.until("q end"))
        terminal.press("y", "2 of 4", "q end")
        if kill == "kill":
            terminal.process.kill()
        else:
            assert "Go on with: " in terminal.end(CTRL_C)
            assert terminal.process.returncode == 0
    assert [r.text for r in read_ratings(f"{texts}.ratings.jsonl")] == [first]


@pytest.fixture
def keys(monkeypatch):
    """Keys that are pressed as if in a terminal, one after the other; then the terminal is gone."""

    def press(*pressed):
        left = iter(pressed)

        def getchar():
            key = next(left, "")
            if isinstance(key, type):
                raise key
            return key

        monkeypatch.setattr(typer, "getchar", getchar)
        for stream in (sys.stdin, sys.stderr):
            monkeypatch.setattr(stream, "isatty", lambda: True)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setenv("LINES", "30")

    return press


def test_each_number_is_a_fault_and_escape_goes_back(cli, texts, keys):
    keys("n", "x", "3", "N", "\x1b", "\x1bOD", "5", "\xe0M", "n", "u", "\xe0K", "1", "\n")
    answer = cli("rate", texts, "--rater", "anna", "--json")
    assert answer.code == 0
    found = read_ratings(answer.json["path"])
    assert [r.fault for r in found] == ["language", "dull", "", "meaning"]


def test_help_explains_what_usable_means_and_every_fault(cli, texts, keys):
    keys("?", "x", "\r", "q")
    screen = " ".join(STEERING.sub("", cli("rate", texts).err).split())
    assert USABLE in screen
    assert all(said in screen for said in FAULTS.values())
    assert screen.count("1 of 4") == 2


@pytest.mark.parametrize("ending", [("q",), ("n", "q"), (KeyboardInterrupt,), ("n", EOFError), ("",)])
def test_every_way_to_end_keeps_what_is_rated(cli, texts, keys, ending):
    keys("y", *ending)
    answer = cli("rate", texts, "--rater", "anna")
    assert answer.code == 0
    assert "Rated       1 of 4" in answer.out
    assert len(read_ratings(f"{texts}.ratings.jsonl")) == 1
    assert answer.err.endswith("\x1b[?1049l"), "the terminal is as it was"


def test_nothing_to_take_back_is_said(cli, texts, keys):
    keys("u", "s", "q")
    answer = cli("rate", texts)
    assert "Nothing to take back" in answer.err
    assert "Last: skipped" in answer.err
    assert "Not usable  –" in answer.out


def test_the_last_rating_can_be_taken_back(cli, texts, keys):
    keys("y", "y", "y", "y", "x", "u", "n", "4", "q")
    answer = cli("rate", texts, "--rater", "anna", "--json")
    assert answer.json["faults"]["off_topic"] == 1
    assert answer.json["remaining"] == 0


def test_what_is_in_a_file_does_not_steer_the_terminal(cli, tmp_path, keys):
    evil = "Bags\x1b[2J that \x9b31m[red]last\r\nfor\u202e ever"
    path = tmp_path / "texts.jsonl"
    row = {"text": evil, "source": evil, "brand": evil, "facts": [evil]}
    path.write_text(json.dumps(row), encoding="utf-8")
    keys("y", "q")
    answer = cli("rate", path, "--rater", "an\x1b[31mna")
    assert answer.err.count("Bags [2J that 31m[red]last for ever") == 4
    assert "\x1b[31m" not in answer.err + answer.out
    assert "\x9b" not in answer.err + answer.out


def test_a_text_that_is_too_long_for_its_place_is_marked(cli, tmp_path, keys):
    (tmp_path / "texts.csv").write_text(f"text,placement\n{'bag ' * 9},search_headline\n", encoding="utf-8")
    keys("q")
    assert "35 characters, 5 too many" in cli("rate", tmp_path / "texts.csv").err


@pytest.mark.parametrize("height", ["5", "80"])
def test_the_keys_stand_in_the_last_lines_of_any_terminal(cli, texts, keys, monkeypatch, height):
    keys("q")
    monkeypatch.setenv("LINES", height)
    screen = cli("rate", texts).err.partition("\x1b[2J")[2].partition("\x1b[?25h")[0]
    assert "q end" in screen.splitlines()[-1]
    assert len(screen.splitlines()) == max(int(height) - 1, 15)


def test_two_raters_are_compared(cli, texts, keys, tmp_path):
    out = tmp_path / "ours.jsonl"
    keys("y", "y", "n", "1", "n", "2", "\r")
    assert cli("rate", texts, "--rater", "anna", "--out", out).code == 0
    keys("y", "n", "1", "n", "2", "n", "2", "\r")
    answer = cli("rate", texts, "--rater", "bo", "--out", out)
    assert "As anna" in answer.out
    assert "75.0% (30.1% to 95.4%) of 4 texts; kappa 0.50 (" in " ".join(answer.out.split())
    assert "meaning 1, invented 2" in answer.out
    assert "Go on with" not in answer.out
    keys("y", "q")
    answer = cli("rate", texts, "--rater", "cy", "--out", out, "--seed", 3)
    assert "no kappa: kappa needs at least 2 items" in " ".join(answer.out.split())
    assert f"--out {out} --rater cy --seed 3\n" in answer.out


def test_without_a_terminal_rating_is_refused_and_nothing_is_written(cli, texts, tmp_path):
    answer = cli("rate", texts)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("texts are rated with single keys, and this is no terminal\n  To fix: ")
    assert list(tmp_path.iterdir()) == [texts]
    assert cli("rate", texts, "--json").json["error"]["kind"] == "InputError"


def test_who_has_rated_all_sees_the_figures_without_a_terminal(cli, texts, keys, monkeypatch):
    keys("y", "y", "y", "y", "q")
    first = cli("rate", texts, "--rater", "anna", "--json")
    monkeypatch.undo()
    answer = cli("rate", texts, "--rater", "anna", "--json")
    assert answer.code == 0
    assert answer.json == first.json


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no file at"),
        ("", "the file is empty"),
        ("copy\nBags\n", "no column 'text'"),
        ('text\n" "\n', "row 1, column text: empty"),
        ("text,placement\nBags,banner\n", "row 1, column placement: Input should be 'headline'"),
        ('text,brief\nBags,"{"\n', "row 1, column brief: not the JSON of a brief"),
    ],
)
def test_a_file_that_cannot_be_rated(cli, tmp_path, content, message):
    path = tmp_path / "texts.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    answer = cli("rate", path)
    assert (answer.code, answer.out) == (2, "")
    assert str(path) in answer.err
    assert message in answer.err
    assert answer.err.count("  To fix: ") == 1


def test_ratings_that_are_damaged_are_told_by_line_and_left_alone(cli, texts):
    ratings = texts.with_name("r.jsonl")
    ratings.write_text("{}\nwrong\n", encoding="utf-8")
    answer = cli("rate", texts, "--out", ratings)
    assert answer.code == 2
    assert f"{ratings}, line 1: source: Field required" in answer.err
    assert f"{ratings}, line 2: Invalid JSON" in answer.err
    assert ratings.read_text(encoding="utf-8") == "{}\nwrong\n"
