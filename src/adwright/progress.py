"""Progress bars with time left, on standard error; plain lines where there is no terminal.

Of several ranks the first speaks for all.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from adwright.runs import is_main

__all__ = ["bar"]

LINE_EVERY = 20.0


@contextmanager
def bar(description: str, total: int) -> Iterator[Callable[..., None]]:
    """Show the progress of a long piece of work.

    Yields:
        ``advance(n=1, note="")``, to be called as the work goes on.
    """
    if not is_main():
        yield lambda n=1, note=None: None
    elif sys.stderr.isatty():
        columns = (
            TextColumn("{task.description:<16}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}"),
        )
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task(description, total=total, note="")

            def advance(n: int = 1, note: str | None = None) -> None:
                if note is not None:
                    progress.update(task, note=note)
                progress.update(task, advance=n)

            yield advance
    else:
        yield _lines(description, total)


def _lines(description: str, total: int) -> Callable[..., None]:
    started = last = time.monotonic()
    done = 0

    def advance(n: int = 1, note: str | None = None) -> None:
        nonlocal last, done
        done += n
        now = time.monotonic()
        if done >= total or now - last >= LINE_EVERY:
            last = now
            left = (now - started) / max(done, 1) * max(total - done, 0)
            times = f"{now - started:.0f} s, {left:.0f} s left"
            print(
                f"{description}: {done}/{total}, {times}  {note or ''}".rstrip(), file=sys.stderr, flush=True
            )

    return advance
