"""What a starter adapter imitates: the corpus' variations, each from its plain text and brief.

AdLlama's first stage (arXiv 2507.21983, section 3) learned from rewrites that a 70B model made; these were
written by hand. The angle is asked for in two of three examples, so that a writer can be asked for one
angle after the other and still writes without; in one of six the brief is kept back, where the plain
text alone bears all that the variation says, for a person may have no more than a text.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from adwright.data import CorpusEntry
from adwright.records import Brief
from adwright.text import check_filters

__all__ = ["starter_examples"]

ANGLED = 2 / 3
BARE = 1 / 6


def starter_examples(entries: Sequence[CorpusEntry], seed: int) -> pd.DataFrame:
    """Rewrites to imitate, in the columns of :func:`adwright.training.sft.sft_examples`.

    Args:
        entries: of one split of the corpus.

    Returns:
        columns source, target, brief (JSON), angle ("" where none is asked for); a row a variation, shuffled.
    """
    rng = np.random.default_rng(seed)
    rows = [_example(entry, angle, target, rng) for entry in entries for angle, target in entry.variations]
    order = rng.permutation(len(rows))
    return pd.DataFrame([rows[i] for i in order], columns=["source", "target", "brief", "angle"])


def _example(entry: CorpusEntry, angle: str, target: str, rng: np.random.Generator) -> dict[str, str]:
    asked, alone = rng.random(2)
    bare = Brief(placement=entry.brief.placement)
    brief = bare if alone < BARE and not check_filters(target, entry.text, bare) else entry.brief
    return {
        "source": entry.text,
        "target": target,
        "brief": brief.model_dump_json(),
        "angle": angle if asked < ANGLED else "",
    }
