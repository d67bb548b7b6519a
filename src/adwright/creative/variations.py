"""Variations of a person's text: many drawn, few shown."""

from __future__ import annotations

from adwright.config import GenerateConfig, WriterConfig
from adwright.errors import BriefError
from adwright.models import Engine
from adwright.records import Brief, Variation
from adwright.reward import RewardModel, choose
from adwright.text import clean, flatten, messages

__all__ = ["write_variations"]

LONGEST = 2200


def write_variations(
    text: str,
    brief: Brief,
    engine: Engine,
    reward: RewardModel,
    n: int,
    config: GenerateConfig,
    settings: WriterConfig,
    seed: int = 0,
    *,
    encoder: str = "embedded",
) -> list[Variation]:
    """Up to ``n`` variations of a text, best first, each with its calibrated chance to beat it.

    ``encoder`` compares meanings; it is to be the one of the recipe (``reward.encoder``).

    Raises:
        BriefError: the text is empty, or longer than any placement.
        EngineError: the engine failed.
    """
    source = flatten(text)
    if not any(char.isalnum() for char in source):
        raise BriefError(
            "the text is empty", where="text", fix="give the ad text that you have, or would write"
        )
    if len(source) > LONGEST:
        raise BriefError(
            f"{len(source)} characters is longer than any placement", where="text", fix=f"at most {LONGEST}"
        )
    drawn = engine.generate(
        [messages(source, brief)],
        config.samples,
        max_tokens=settings.max_new_tokens,
        temperature=config.temperature,
        min_p=config.min_p,
        seed=seed,
    )[0]
    return choose([clean(raw) for raw in drawn], source, brief, reward, n, encoder=encoder)
