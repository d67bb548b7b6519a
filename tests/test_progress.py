from types import SimpleNamespace

import pytest

from adwright import progress


def test_without_a_terminal_the_end_is_one_plain_line_on_stderr(capsys):
    with progress.bar("reading", 3) as advance:
        for _ in range(3):
            advance()
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("reading: 3/3, ")
    assert err.count("\n") == 1


def test_a_line_comes_now_and_then_with_the_time_left(capsys, monkeypatch):
    clock = iter([0.0, 10.0, 25.0, 40.0])
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with progress.bar("RLPF", 100) as advance:
        advance(10)
        advance(15, note="reward 0.4")
        advance(5)
    assert capsys.readouterr().err == "RLPF: 25/100, 25 s, 75 s left  reward 0.4\n"


@pytest.mark.parametrize("note", [None, "half"])
def test_on_a_terminal_there_is_a_bar(capsys, monkeypatch, note):
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    with progress.bar("SFT", 2) as advance:
        advance(1, note=note)
        advance()
    out, err = capsys.readouterr()
    assert out == ""
    assert "SFT" in err
    assert "2/2" in err


def test_of_several_ranks_the_first_speaks(capsys, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    with progress.bar("SFT", 1) as advance:
        advance(1, note="done")
    assert capsys.readouterr().err == ""
