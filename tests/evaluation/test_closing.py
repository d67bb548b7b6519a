"""What a run says in the terminal when it closes."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from adwright.evaluation.closing import closing_table, variations_lines
from adwright.runs import write_json
from tests.evaluation.built_run import (
    build_run,
    change,
)


def test_closing_table_in_plain_words(whole: Path, tmp_path: Path) -> None:
    console = Console(width=150, file=io.StringIO())
    with console.capture() as capture:
        console.print(closing_table(whole))
    text = " ".join(capture.get().split())
    for words in (
        "Person",
        "Untrained model",
        "Imitation (SFT)",
        "Best of 8",
        "What you would be shown",
        "Faithfulness",
        "0.84",
        "68–80%",
    ):
        assert words in text
    assert "True clicks" not in text
    assert "They were preferred to the person's own in 74%" in text
    market = closing_table(build_run(tmp_path / "market", market=True))
    assert "True clicks against imitation" in [c.header for c in market.columns]
    write_json(tmp_path / "run.json", {"kind": "run"})
    assert closing_table(tmp_path).row_count == 0


@pytest.mark.parametrize("market", [False, True])
def test_the_closing_table_stands_in_a_terminal_of_80_characters(tmp_path: Path, market: bool) -> None:
    run = build_run(tmp_path / "run", market=market)
    console = Console(width=80, file=io.StringIO())
    with console.capture() as capture:
        console.print(closing_table(run))
    text = capture.get()
    assert "…" not in text
    for words in ("Preferred", "imitation", "Faithfulness", "breaches", "2.0%", "68–80%"):
        assert words in text
    last = (
        "Against the person's own texts it was 6.0% fewer (−9.0% to −3.0%)." if market else "in 74% (68–80%)."
    )
    assert " ".join(text.split()).endswith(last)


def test_variations_are_safe_lines(run: Path) -> None:
    lines = variations_lines(run)
    assert lines[1].plain == "1. This Week Only: 20% Off Every Running Shoe  72% to beat yours"
    assert lines[5].plain.endswith("51% to beat yours, a light edit")
    change(run / "sample" / "variations.json", variations=[{"text": "[bold]A\x1b[31m\nB", "beats": None}])
    assert variations_lines(run)[1].plain == "1. [bold]A [31m B  – to beat yours"
    (run / "sample" / "variations.json").unlink()
    assert [line.plain for line in variations_lines(run)] == ["This run has no variations yet."]
