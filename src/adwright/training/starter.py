"""What a starter adapter imitates: the corpus' rewrites, each from its advertiser's text and brief.

AdLlama's first stage (arXiv 2507.21983, section 3) learned from rewrites that a 70B model made; these were
written by hand. A variation is asked for by its angle, a plain rewrite by none: so a writer can be asked
for one angle after the other, and is plain when it is asked for nothing. In one of six the brief is kept
back, where the text alone bears all that the rewrite says, for a person may have no more than a text.

A very small writer takes scenes and leaps from people that it cannot carry, so a recipe may leave out
variations that are not made of the words of text and brief (``sft.grounded``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from adwright.data import CorpusEntry
from adwright.records import Brief
from adwright.text import check_filters, overlap

__all__ = ["starter_examples"]

BARE = 1 / 6


def starter_examples(entries: Sequence[CorpusEntry], grounded: float, seed: int) -> pd.DataFrame:
    """Rewrites to imitate, in the columns of :func:`adwright.training.sft.sft_examples`.

    Args:
        entries: of one split of the corpus.
        grounded: least share of a variation's content words that text and brief must have.

    Returns:
        columns source, target, brief (JSON), angle ("" of a plain rewrite); a row a rewrite, shuffled.
    """
    rng = np.random.default_rng(seed)
    rows = [
        _example(entry, angle, target, rng)
        for entry in entries
        for angle, target in (*entry.variations, *(("", text) for text in entry.plain))
        if not angle or overlap(target, entry.text, entry.brief)[0] >= grounded
    ]
    order = rng.permutation(len(rows))
    return pd.DataFrame([rows[i] for i in order], columns=["source", "target", "brief", "angle"])


def _example(entry: CorpusEntry, angle: str, target: str, rng: np.random.Generator) -> dict[str, str]:
    alone = rng.random() < BARE
    bare = Brief(placement=entry.brief.placement)
    brief = bare if alone and not check_filters(target, entry.text, bare) else entry.brief
    return {"source": entry.text, "target": target, "brief": brief.model_dump_json(), "angle": angle}
