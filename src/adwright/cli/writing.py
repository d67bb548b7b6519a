"""``adwright generate`` and ``adwright score``: using what a run has learned."""

from __future__ import annotations

from typing import Annotated

import typer

from adwright.cli import printing
from adwright.cli.options import JSON, Run
from adwright.cli.printing import answer

__all__ = ["generate", "score"]

Text = Annotated[str, typer.Option("--text", help="The ad text that you have, or would write.")]
Most = Annotated[
    int, typer.Option("-n", metavar="N", help="Variations at most; fewer rather than a bad one.")
]
Brand = Annotated[str, typer.Option("--brand", help="Who advertises.")]
Product = Annotated[str, typer.Option("--product", help="What is advertised.")]
Facts = Annotated[
    list[str] | None,
    typer.Option("--fact", help="A fact that a variation may claim; give it once for each fact."),
]
Audience = Annotated[str, typer.Option("--audience", help="To whom it is shown.")]
Placed = Annotated[
    str | None,
    typer.Option(
        "--placement",
        help="headline, description, primary_text, search_headline or story_headline; its length limit "
        "holds. Without it the shortest that the text fits.",
    ),
]
Url = Annotated[
    str | None,
    typer.Option("--url", help="OpenAI-compatible endpoint to write with instead of the run's writer."),
]
Model = Annotated[str | None, typer.Option("--model", help="The endpoint's name for its model.")]
DrawSeed = Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Same seed, same variations.")]


def generate(
    text: Text,
    n: Most = 5,
    brand: Brand = "",
    product: Product = "",
    facts: Facts = None,
    audience: Audience = "",
    placement: Placed = None,
    run: Run = None,
    url: Url = None,
    model: Model = None,
    seed: DrawSeed = 0,
    json: JSON = False,
) -> None:
    """Write variations of a text, best first, each with its chance to beat the text.

    \b
    Example:
      adwright generate --text "Handmade leather bags from Florence." -n 5 \\
        --brand Toscani --fact "free returns for 30 days" --placement headline
    """
    from adwright import verbs

    brief = {"brand": brand, "product": product, "audience": audience}
    answer(
        json, printing.variations, verbs.generate,
        text, n=n, run=run, facts=facts or (), placement=placement, url=url, model=model, seed=seed, **brief,
    )  # fmt: skip


def score(
    texts: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="File with one text a line, or - for standard input.", show_default=False
        ),
    ],
    run: Run = None,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="TEXT", help="Original; adds each text's chance to beat it."),
    ] = None,
    json: JSON = False,
) -> None:
    """Score texts by what a run has learned about winning.

    \b
    Example:
      adwright score headlines.txt --against "Handmade leather bags from Florence."
      echo "Bags that last a lifetime" | adwright score -
    """
    from adwright import verbs

    answer(json, printing.scored, verbs.score, texts, run=run, against=against)
