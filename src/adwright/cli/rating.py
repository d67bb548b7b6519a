"""``adwright rate``: saying of texts, one by one, whether they could be run."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from adwright.cli.layout import brief, percent, print_figures, print_sentences, program
from adwright.cli.options import JSON
from adwright.cli.printing import answer

__all__ = ["rate"]


def rate(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Texts: .jsonl, .csv, .tsv or .parquet with a column 'text', or the .json that "
            "'adwright generate --json' printed.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Ratings to go on with; else FILE.ratings.jsonl."),
    ] = None,
    rater: Annotated[
        str | None, typer.Option("--rater", metavar="NAME", help="Who rates; else your login name.")
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, metavar="N", help="Same seed, same order of the texts.")
    ] = 0,
    json: JSON = False,
) -> None:
    """Rate texts one by one, with single keys: could each be run unchanged, and if not, why.

    Who wrote a text is not shown. Each rating is written at once, and the same command goes on where you
    ended.

    \b
    Example:
      adwright generate --text "Handmade leather bags from Florence." --json > bags.json
      adwright rate bags.json --rater anna
    """
    given = {"--out": out, "--rater": rater, "--seed": seed or None}
    words = [str(file), *(str(w) for option in given.items() if option[1] is not None for w in option)]

    def human(result: dict[str, Any]) -> None:
        _rated(result, shlex.join(words))

    answer(json, human, _session, file, out=out, rater=rater, seed=seed)


def _session(file: Path, **options: Any) -> dict[str, Any]:
    from adwright import verbs
    from adwright.cli.screen import Screen

    with Screen() as screen:
        return verbs.rate(file, ask=screen.ask, **options)


def _rated(result: dict[str, Any], same: str) -> None:
    """What this rater has said so far, how far others agree, and how to go on."""
    faults = {kind: count for kind, count in result["faults"].items() if count}
    print_figures(
        [
            ("Rated", f"{result['rated']} of {result['rated'] + result['remaining']}"),
            ("Usable", _span(result["usable"])),
            ("Not usable", brief(faults)),
            *((f"As {other}", _agreed(found)) for other, found in result["agreement"].items()),
        ]
    )
    print_sentences([f"Written to {result['path']}"])
    if result["remaining"]:
        print(f"Go on with: {program()} rate {same}")


def _agreed(found: dict[str, Any]) -> str:
    """ "31 of 40 texts: 78% (62% to 88%), kappa 0.54 (0.28 to 0.79)", or why there is none."""
    kappa = found["kappa"]
    beyond = (
        f"kappa {kappa['value']:.2f} ({kappa['low']:.2f} to {kappa['high']:.2f})"
        if kappa
        else f"no kappa: {found['reason']}"
    )
    return f"{_span(found['agreed'])} of {found['texts']} texts; {beyond}"


def _span(found: dict[str, float] | None) -> str:
    if found is None:
        return ""
    return f"{percent(found['value'])} ({percent(found['low'])} to {percent(found['high'])})"
