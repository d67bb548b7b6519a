"""``adwright train`` and ``adwright reward``: the stages of the loop, one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from adwright.cli import printing
from adwright.cli.options import JSON, Again, Out, Pairs, RecipeFile, Seed
from adwright.cli.printing import answer

__all__ = ["group", "reward_group"]

group = typer.Typer(no_args_is_help=True, help="Train one stage of the loop on a folder of pairs.")
reward_group = typer.Typer(no_args_is_help=True, help="Judge a reward model.")


@group.command("sft")
def train_sft(
    pairs: Pairs,
    out: Out,
    recipe: RecipeFile = None,
    seed: Seed = None,
    again: Again = False,
    json: JSON = False,
) -> None:
    """Imitation: teach the writer to write as people did who did better.

    \b
    Example:
      adwright train sft data/may-pairs --out models/sft --recipe recipes/upworthy.yaml
    """
    from adwright import verbs

    answer(json, printing.trained, verbs.train_sft, pairs, out=out, recipe=recipe, seed=seed, again=again)


@group.command("reward")
def train_reward(
    pairs: Pairs,
    out: Out,
    recipe: RecipeFile = None,
    seed: Seed = None,
    again: Again = False,
    json: JSON = False,
) -> None:
    """Reward: learn from pairs which text wins; an ensemble, and an independent judge.

    \b
    Example:
      adwright train reward data/may-pairs --out models/reward
    """
    from adwright import verbs

    answer(json, printing.rewarded, verbs.train_reward, pairs, out=out, recipe=recipe, seed=seed, again=again)


@group.command("rl")
def train_rl(
    pairs: Pairs,
    sft: Annotated[
        Path, typer.Option("--sft", metavar="DIR", help="Folder that 'adwright train sft' wrote.")
    ],
    reward: Annotated[
        Path, typer.Option("--reward", metavar="DIR", help="Folder that 'adwright train reward' wrote.")
    ],
    out: Out,
    recipe: RecipeFile = None,
    seed: Seed = None,
    again: Again = False,
    json: JSON = False,
) -> None:
    """RLPF: teach the writer to write what wins, leashed to the imitation model.

    \b
    Example:
      adwright train rl data/may-pairs --sft models/sft --reward models/reward --out models/rl
    """
    from adwright import verbs

    answer(
        json,
        printing.trained,
        verbs.train_rl,
        pairs,
        sft=sft,
        reward=reward,
        out=out,
        recipe=recipe,
        seed=seed,
        again=again,
    )


@reward_group.command("evaluate")
def reward_evaluate(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run, or the folder of its reward stage.")],
    data: Annotated[Path, typer.Option("--data", metavar="FILE", help="Export or ad table to judge it on.")],
    model: Annotated[
        Literal["proxy", "independent"],
        typer.Option("--model", help="The ensemble that RL climbs, or the independent judge."),
    ] = "proxy",
    min_impressions: Annotated[
        int,
        typer.Option("--min-impressions", min=1, metavar="N", help="Texts shown less often make no pairs."),
    ] = 100,
    keep_flagged: Annotated[
        bool, typer.Option("--keep-flagged", help="Use rows of flagged periods too.")
    ] = False,
    json: JSON = False,
) -> None:
    """How often a reward model picks the winner, on all pairs of any ad table.

    \b
    Example:
      adwright reward evaluate runs/demo-1a2b3c4d --data exports/june.csv
    """
    from adwright import verbs

    answer(
        json,
        printing.judged,
        verbs.reward_evaluate,
        run,
        data=data,
        model=model,
        min_impressions=min_impressions,
        keep_flagged=keep_flagged,
    )
