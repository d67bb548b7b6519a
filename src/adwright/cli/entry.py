"""The ``adwright`` command: its groups, its global options, and what becomes of errors.

Heavy imports stand inside the commands, so that ``--help`` and tab completion answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from adwright import __version__
from adwright.cli import data, models, rating, runs, train, writing
from adwright.cli.faults import BROKEN_PIPE, STOPPED, report, report_stop, settle_stdout

__all__ = ["app", "main"]

KERNELS_KEPT = "64"
"""Shapes of matrix products that oneDNN keeps compiled. Texts come in all lengths: its usual thousand take a
gigabyte in an hour's training and save no time."""

app = typer.Typer(
    name="adwright",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"adwright {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", envvar="ADWRIGHT_DEBUG", help="Show the trace of an error.")
    ] = False,
) -> None:
    """Learn to write ads from results.

    The whole loop on a simulated market, from data to a report:

    \b
      adwright run recipes/demo.yaml
      adwright generate --text "Handmade leather bags from Florence." -n 5
    """


app.command("run")(runs.run)
app.add_typer(data.group, name="data")
app.add_typer(train.group, name="train")
app.add_typer(train.reward_group, name="reward")
app.command("evaluate")(runs.evaluate)
app.command("generate")(writing.generate)
app.command("score")(writing.score)
app.command("rate")(rating.rate)
app.add_typer(runs.group, name="runs")
app.add_typer(models.group, name="models")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: what follows ``adwright``; the process's own if not given.

    Returns:
        0 if done, 2 for what the user can put right, 130 if stopped by Ctrl-C, 1 for our own faults.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", KERNELS_KEPT)
    try:
        return _run(given)
    finally:
        settle_stdout()


def _run(given: list[str]) -> int:
    as_json = "--json" in given
    try:
        code: int | None = app(given, prog_name="adwright", standalone_mode=False)
        if code == STOPPED:  # Typer's answer to Ctrl-C
            return report_stop(as_json=as_json)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return report_stop(as_json=as_json)
    except BrokenPipeError:
        return BROKEN_PIPE
    except Exception as error:
        debug = "--debug" in given or bool(os.environ.get("ADWRIGHT_DEBUG"))
        return report(error, as_json=as_json, debug=debug)
    return code or 0
