"""``adwright models``: which writers and encoders are here, and fetching another one."""

from __future__ import annotations

from typing import Annotated

import typer

from adwright.cli import printing
from adwright.cli.options import JSON
from adwright.cli.printing import answer

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True, help="List and fetch language models and encoders.")


@group.command("list")
def models_list(json: JSON = False) -> None:
    """List the embedded models, and those of the local Hugging Face cache.

    \b
    Example:
      adwright models list
    """
    from adwright import verbs

    answer(json, printing.listed_models, verbs.models_list)


@group.command("pull")
def models_pull(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="Hugging Face id, or 'embedded'.", show_default=False)
    ],
    json: JSON = False,
) -> None:
    """Fetch a model by Hugging Face id (safetensors only), or prepare the embedded one.

    \b
    Example:
      adwright models pull HuggingFaceTB/SmolLM2-360M-Instruct
    """
    from adwright import verbs

    answer(json, printing.pulled, verbs.models_pull, model)
