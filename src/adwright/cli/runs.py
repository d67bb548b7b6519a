"""``adwright run``, ``adwright evaluate`` and ``adwright runs``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adwright.cli import printing
from adwright.cli.options import JSON, Again, Seed
from adwright.cli.printing import answer

__all__ = ["evaluate", "group", "run"]

group = typer.Typer(no_args_is_help=True, help="List, show and compare runs.")

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.", show_default=False)]


def run(
    recipe: Annotated[
        Path, typer.Argument(metavar="RECIPE", help="YAML file; see recipes/.", show_default=False)
    ],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="Export or ad table instead of the recipe's."),
    ] = None,
    seed: Seed = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder under which run folders stand.")
    ] = Path("runs"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and what is missing; do nothing.")
    ] = False,
    json: JSON = False,
) -> None:
    """Run a recipe from data to report; a run that was cut off goes on, a finished one is shown.

    \b
    Example:
      adwright run recipes/demo.yaml
      adwright run recipes/upworthy.yaml --data exports/packages.csv --dry-run
    """
    from adwright import verbs

    human = printing.planned if dry_run else printing.finished
    answer(json, human, verbs.run, recipe, data=data, seed=seed, out=out, dry_run=dry_run, say=printing.note)


def evaluate(run: RunFolder, again: Again = False, json: JSON = False) -> None:
    """Judge a run's writers on texts that nothing was trained on, and write its report.

    \b
    Example:
      adwright evaluate runs/demo-1a2b3c4d
    """
    from adwright import verbs

    answer(json, printing.evaluated, verbs.evaluate, run, again=again)


@group.command("list")
def runs_list(
    root: Annotated[
        Path, typer.Option("--root", metavar="DIR", help="Folder under which run folders stand.")
    ] = Path("runs"),
    json: JSON = False,
) -> None:
    """List runs, newest first.

    \b
    Example:
      adwright runs list
    """
    from adwright import verbs

    answer(json, printing.listed_runs, verbs.runs_list, root=root)


@group.command("show")
def runs_show(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run or stage.", show_default=False)],
    json: JSON = False,
) -> None:
    """Show how a run or stage was made: settings, seed, versions, time, figures.

    \b
    Example:
      adwright runs show runs/demo-1a2b3c4d
    """
    from adwright import verbs

    answer(json, printing.shown_run, verbs.runs_show, run)


@group.command("compare")
def runs_compare(
    first: RunFolder,
    second: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of another run.", show_default=False)],
    json: JSON = False,
) -> None:
    """Compare two runs: settings that differ, and the figures side by side.

    \b
    Example:
      adwright runs compare runs/demo-1a2b3c4d runs/demo-5e6f7a8b
    """
    from adwright import verbs

    answer(json, printing.compared, verbs.runs_compare, first, second)
