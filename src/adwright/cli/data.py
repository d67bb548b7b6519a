"""``adwright data``: from exports to preference pairs, and the simulated market."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adwright.cli import printing
from adwright.cli.options import JSON, Again, Out, RecipeFile, Seed
from adwright.cli.printing import answer

__all__ = ["group"]

group = typer.Typer(
    no_args_is_help=True, help="Import, look at and pair performance data; simulate a market."
)

Export = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="Export or ad table: .parquet, .csv, .csv.gz, .tsv or .jsonl."),
]


@group.command("import")
def data_import(file: Export, out: Out, again: Again = False, json: JSON = False) -> None:
    """Read an export or any table into an ad table, and say what became of its rows.

    \b
    Example:
      adwright data import exports/may.csv --out data/may
    """
    from adwright import verbs

    answer(json, printing.imported, verbs.data_import, file, out=out, again=again)


@group.command("inspect")
def data_inspect(file: Export, json: JSON = False) -> None:
    """Say what is in an export, an ad table, or the folder of an import or market.

    \b
    Example:
      adwright data inspect exports/may.csv
    """
    from adwright import verbs

    answer(json, printing.inspected, verbs.data_inspect, file)


@group.command("pairs")
def data_pairs(
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="Ad table, or the folder of an import or market.")
    ],
    out: Out,
    recipe: RecipeFile = None,
    seed: Seed = None,
    again: Again = False,
    json: JSON = False,
) -> None:
    """Make preference pairs: two texts of one test, and how sure it is which one wins.

    \b
    Example:
      adwright data pairs data/may --out data/may-pairs
    """
    from adwright import verbs

    answer(json, printing.paired, verbs.data_pairs, table, out=out, recipe=recipe, seed=seed, again=again)


@group.command("market")
def data_market(
    out: Out,
    tests: Annotated[int | None, typer.Option("--tests", metavar="N", help="Tests to run.")] = None,
    advertisers: Annotated[
        int | None, typer.Option("--advertisers", metavar="N", help="Fictional advertisers.")
    ] = None,
    impressions: Annotated[
        int | None,
        typer.Option("--impressions", metavar="N", help="Mean impressions of one text in one test."),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, metavar="N", help="Everything random derives from it.")
    ] = 0,
    again: Again = False,
    json: JSON = False,
) -> None:
    """Simulate a market's history, for trying everything without data of your own.

    \b
    Example:
      adwright data market --out data/market --tests 300
    """
    from adwright import verbs

    answer(
        json,
        printing.simulated,
        verbs.data_market,
        out=out,
        tests=tests,
        advertisers=advertisers,
        impressions=impressions,
        seed=seed,
        again=again,
    )
