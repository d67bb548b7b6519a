"""Options that several commands share: spelt, typed and explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["JSON", "Again", "Out", "Pairs", "RecipeFile", "Run", "Seed"]

JSON = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on standard output.")
]
Again = Annotated[
    bool, typer.Option("--again", help="Do it again, even if it is done with the same inputs and settings.")
]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write; made if need be.")]
Pairs = Annotated[
    Path, typer.Argument(metavar="PAIRS", help="Folder that 'adwright data pairs' wrote.", show_default=False)
]
RecipeFile = Annotated[
    Path | None,
    typer.Option("--recipe", metavar="FILE", help="Take settings from this recipe instead of the defaults."),
]
Run = Annotated[
    Path | None,
    typer.Option("--run", metavar="DIR", help="Run whose models to use; without it the newest finished one."),
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, metavar="N", help="Seed instead of the recipe's.")]
