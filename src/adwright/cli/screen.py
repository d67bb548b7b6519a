"""The screens of a rating session: they fill the terminal, and each is answered by one key.

They are drawn on standard error's terminal, beside the usual screen, so that results alone stand on standard
output and what was there before is there again afterwards.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from adwright.cli.layout import one_line
from adwright.errors import InputError
from adwright.records import FAULTS, USABLE, Brief

if TYPE_CHECKING:
    from adwright.verbs.rating import Question

__all__ = ["Screen"]

BACK = ""
RIGHT = ("\x1b[C", "\x1bOC", "\xe0M", "\x00M")
LEFT = ("\x1b[D", "\x1bOD", "\xe0K", "\x00K")
"""An arrow as terminals send it, in their two modes, and as Windows does."""
ESCAPE, ENTER, DELETE = "\x1b", ("\r", "\n"), ("\x7f", "\b")
QUESTION_KEYS = {
    **dict.fromkeys(("y", *RIGHT), "usable"),
    **dict.fromkeys(("n", *LEFT), "fault"),
    "u": "undo",
    "s": "skip",
    "?": "help",
    "q": "quit",
}
FAULT_KEYS = {
    **{str(number): kind for number, kind in enumerate(FAULTS, start=1)},
    **dict.fromkeys((ESCAPE, "u", *DELETE), BACK),
    "q": "quit",
}
END_KEYS = {**dict.fromkeys((*ENTER, "q"), "quit"), "u": "undo"}
HELP_KEYS = dict.fromkeys((*ENTER, ESCAPE, " ", "?", "q", *DELETE), BACK)
QUESTION_HINT = "y → usable    n ← not usable    u take back    s skip    ? help    q end"
NOTES = {"usable": "Last: usable", "skip": "Last: skipped", "undo": "Taken back"}
MEANINGS = (
    ("y or →", "usable"),
    ("n or ←", "not usable; then one key for the fault"),
    ("u", "take back the last rating, and the one before it …"),
    ("s", "skip; it is asked again next time"),
    ("q or Ctrl-C", "end; the same command goes on from here"),
)


class Screen:
    """Asks what :func:`adwright.verbs.rate` wants to know; a context that puts the terminal back."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, markup=False, emoji=False, highlight=False)
        self._note = ""

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_alt_screen:
            self._console.show_cursor(True)
            self._console.set_alt_screen(False)

    def ask(self, question: Question | None) -> str:
        """What the person says of a text; an :data:`adwright.verbs.rating.Ask`.

        Raises:
            InputError: this is no terminal.
        """
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise InputError(
                "texts are rated with single keys, and this is no terminal",
                fix="run it in a terminal, with neither standard input nor standard error redirected",
            )
        if not self._console.is_alt_screen:
            self._console.set_alt_screen(True)
            self._console.show_cursor(False)
        try:
            answer = self._end() if question is None else self._judged(question)
        except (KeyboardInterrupt, EOFError):
            return "quit"
        self._note = NOTES.get(answer, f"Last: not usable, {_words(answer)}")
        return answer

    def _judged(self, question: Question) -> str:
        while True:
            body = _question(question, self._note)
            answer = self._key(QUESTION_KEYS, body, Text(QUESTION_HINT))
            if answer == "help":
                self._key(HELP_KEYS, _help(), Text("Enter back"))
            elif answer == "undo" and not question.rated:
                self._note = "Nothing to take back"
            elif answer != "fault" or (answer := self._fault(question)) != BACK:
                return answer

    def _fault(self, question: Question) -> str:
        return self._key(FAULT_KEYS, _question(question, self._note), _faults())

    def _end(self) -> str:
        body = Text("\nThat was the last text.\n", style="bold")
        return self._key(END_KEYS, body, Text("Enter end    u take back the last"))

    def _key(self, meanings: dict[str, str], body: RenderableType, foot: RenderableType) -> str:
        """What the next key that means something says; any other key draws again, as after a resize."""
        while True:
            self._draw(body, foot)
            pressed = typer.getchar()
            if not pressed:  # the terminal is gone
                raise EOFError
            found = meanings.get(pressed, meanings.get(pressed.lower()))
            if found is not None:
                return found

    def _draw(self, body: RenderableType, foot: RenderableType) -> None:
        """The body at the top, the foot in the terminal's last lines."""
        terminal = self._console
        parts = [Padding(part, (0, 1), expand=True) for part in (body, foot)]
        used = sum(len(terminal.render_lines(part)) for part in parts)
        with terminal:  # written at once, so that nothing flickers
            terminal.clear()
            terminal.print(parts[0])
            terminal.print("\n" * max(0, terminal.height - used - 1), end="")
            terminal.print(parts[1], end="")


def _question(question: Question, note: str) -> RenderableType:
    from adwright.text import LIMITS, measure

    brief = question.brief
    limit, length = LIMITS[brief.placement].max_chars, measure(question.text, brief.placement)
    head = Table.grid(padding=(0, 2), expand=True)
    head.add_column(no_wrap=True)
    head.add_column(ratio=1)
    head.add_row(
        Text(f"{question.number} of {question.total}", style="bold"),
        ProgressBar(total=question.total, completed=question.rated),
    )
    rows = [*_brief(brief, limit), ("The person's text", question.source)]
    too_long = f", {length - limit} too many" if length > limit else ""
    return Group(
        head,
        Text(note, style="dim"),
        _table(rows),
        Text(),
        Rule("Would a busy owner run this unchanged?", align="left", style="dim"),
        Text(),
        Text(one_line(question.text), style="bold"),
        Text(f"{length} characters{too_long}", style="yellow" if too_long else "dim"),
        Text(),
    )


def _brief(brief: Brief, limit: int) -> list[tuple[str, str]]:
    return [
        ("Product", brief.product),
        ("Brand", brief.brand),
        ("Facts", " · ".join(brief.facts)),
        ("It stands for", brief.excerpt),
        ("Audience", brief.audience),
        ("Goal", brief.goal),
        ("Placement", f"{_words(brief.placement)}, at most {limit} characters"),
    ]


def _faults() -> RenderableType:
    numbered = [(f"{n}  {_words(kind)}", said) for n, (kind, said) in enumerate(FAULTS.items(), start=1)]
    return Group(Text("Not usable: what is wrong?"), _table(numbered), Text("1 to 5    Esc back    q end"))


def _help() -> RenderableType:
    faults = [(_words(kind), said) for kind, said in FAULTS.items()]
    return Group(
        Text("\nUsable", style="bold"),
        Text(f"{USABLE}.\n"),
        Text("Not usable, because of", style="bold"),
        _table(faults),
        Text("\nKeys", style="bold"),
        _table(MEANINGS),
        Text("\nIf two faults fit, take the first of them. Judge the text, not the idea.", style="dim"),
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _table(rows: Iterable[tuple[str, str]]) -> Table:
    """Names and what they say, without those that say nothing."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(ratio=1)
    for name, said in rows:
        if said.strip():
            table.add_row(Text(name), Text(one_line(said)))
    return table
