"""How results are laid out in the terminal: tables, figures, single values.

What comes from files and models is printed as it is, never as markup, and cannot steer the terminal.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = [
    "brief",
    "cell",
    "console",
    "one_line",
    "percent",
    "print_figures",
    "print_sentences",
    "print_table",
    "program",
]


def print_sentences(sentences: Iterable[str]) -> None:
    """Print sentences, a line each."""
    for sentence in sentences:
        print(one_line(sentence))


def print_figures(pairs: Iterable[tuple[str, Any]]) -> None:
    """Print names and values, a pair a line."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    for name, value in pairs:
        grid.add_row(_text(name), _text(cell(value)))
    console().print(grid)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[Any]], left: Sequence[int] = (0,)) -> None:
    """Print a table; the columns at ``left`` are words, the others numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place in left else "right", overflow="fold")
    for row in rows:
        table.add_row(*(_text(cell(value)) for value in row))
    console().print(table)


def console() -> Console:
    """Standard output, which takes nothing for markup."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)


def _text(value: str) -> Text:
    from rich.text import Text

    return Text(one_line(value))


def one_line(text: Any) -> str:
    """Any text as one line that can be printed: it must not steer the terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())


def cell(value: Any) -> str:
    """A value of a result in few characters; a dash for nothing."""
    if value is None or value in ("", {}, []):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, dict):
        return _span(value) if {"value", "low", "high"} <= value.keys() else brief(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(cell, value))
    return str(value)


def _span(interval: dict[str, float]) -> str:
    return f"{cell(interval['value'])} ({cell(interval['low'])} to {cell(interval['high'])})"


def brief(figures: dict[str, Any] | None) -> str:
    """Figures in one line."""
    return ", ".join(
        f"{str(name).replace('_', ' ')} {cell(value)}" for name, value in (figures or {}).items()
    )


def program() -> str:
    """What to type to start adwright here: its name, or where that is not on the PATH what started it."""
    if shutil.which("adwright"):
        return "adwright"
    started = sys.argv[0]
    if os.path.basename(started) != "adwright":
        return f"{shlex.quote(sys.executable)} -m adwright.cli"
    near = os.path.relpath(started)
    near = near if os.sep in near else os.path.join(os.curdir, near)
    return shlex.quote(min(near, started, key=len))


def percent(share: float) -> str:
    """0.123 is "12.3%"."""
    return f"{100 * share:.1f}%"
