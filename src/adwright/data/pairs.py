"""Preference pairs: two texts of a test, and how sure it is that the winner truly wins."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pandas as pd

from adwright.config import PairsConfig
from adwright.data.splits import assign_role, assign_splits, assign_stories, check_leaks
from adwright.data.table import usual
from adwright.errors import NotEnoughDataError
from adwright.records import PAIR_COLUMNS, Brief, Source
from adwright.stats import EmpiricalBayes, noise_ceiling, two_proportion_p

__all__ = ["evaluation_pairs", "make_pairs", "sources"]

SIGNIFICANT = 0.05


def make_pairs(
    frame: pd.DataFrame, config: PairsConfig, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Assign stories, splits and roles, and pair the texts of each test.

    Args:
        frame: an ad table; ``config`` says what is left out of it, ``seed`` fixes the splits.

    Returns:
        - pairs: ``PAIR_COLUMNS`` and "role" ("proxy", "independent", "" in test);
        - the table with story, split and role filled, without the rows that ``config`` leaves out: what
          must not be learned from must not be written for either (:func:`sources`);
        - a summary of the whole table for JSON: rows, tests, tests_used, stories, pairs by split and role,
          median_p_win, noise_ceiling by split (all and p < 0.05), tau, dropped by reason, notes.

    Raises:
        NotEnoughDataError: a split or role that the stages need would have no pairs.
        TableError: a story is on two sides.
    """
    table = frame.copy()
    table["story"] = assign_stories(frame, config.near_duplicate)
    table["split"] = assign_splits(table, config, seed)
    table["role"] = assign_role(table, config, seed)
    check_leaks(table)
    usable, dropped = _usable(table, config.drop_flagged, config.min_impressions)
    kept, dropped = _comparable(usable, len(table), dropped)
    pairs, tau, equal = _pair(kept)
    dropped |= {"pairs with equal rates": equal} if equal else {}
    _check_enough(pairs, table)
    summary = {
        "rows": len(table),
        "tests": int(table["test_id"].nunique()),
        "tests_used": int(pairs["test_id"].nunique()),
        "stories": int(table["story"].nunique()),
        "pairs": _counts(pairs),
        "median_p_win": float(pairs["p_win"].median()),
        "noise_ceiling": {str(split): _ceilings(part) for split, part in pairs.groupby("split")},
        "tau": tau,
        "dropped": dropped,
        "notes": _notes(frame, table),
    }
    return pairs, usable, summary


def evaluation_pairs(
    frame: pd.DataFrame,
    drop_flagged: bool = True,
    min_impressions: int = 100,
    near_duplicate: float = 0.6,
) -> pd.DataFrame:
    """Pairs of all rows, whatever their split, for judging a reward model on a file of its own.

    Returns:
        ``PAIR_COLUMNS``; stories are assigned anew, for intervals; the split is the table's own.

    Raises:
        NotEnoughDataError: no test has two texts with different rates.
    """
    table = frame.assign(story=assign_stories(frame, near_duplicate), role="")
    usable, dropped = _usable(table, drop_flagged, min_impressions)
    kept, _ = _comparable(usable, len(table), dropped)
    pairs, _, _ = _pair(kept)
    return pairs[list(PAIR_COLUMNS)]


def _usable(
    table: pd.DataFrame, drop_flagged: bool, min_impressions: int
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Rows whose counts are to be believed, and how many are not, by reason."""
    dropped = {}
    reasons = {f"shown less than {min_impressions} times": table["impressions"] < min_impressions}
    if drop_flagged:
        reasons = {"flagged": table["flagged"], **reasons}
    kept = pd.Series(True, index=table.index)
    for reason, wrong in reasons.items():
        if count := int((wrong & kept).sum()):
            dropped[reason] = count
        kept &= ~wrong
    return table[kept].reset_index(drop=True), dropped


def _comparable(
    usable: pd.DataFrame, rows: int, dropped: dict[str, int]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Rows whose test has another text, and how many of all ``rows`` are left out by now, by reason."""
    several = usable.groupby("test_id")["text"].transform("nunique") > 1
    if count := int((~several).sum()):
        dropped = {**dropped, "alone in its test": count}
    if not several.any():
        reasons_given = ", ".join(f"{count} rows {reason}" for reason, count in dropped.items())
        raise NotEnoughDataError(
            f"no test has two texts to compare ({rows} rows; left out: {reasons_given})",
            fix="give tests of two texts or more, or lower min_impressions, or keep flagged rows",
        )
    return usable[several].reset_index(drop=True), dropped


def _pair(kept: pd.DataFrame) -> tuple[pd.DataFrame, float, int]:
    """All pairs within a test: the pairs, tau, and the number left out because the rates are equal."""
    model = EmpiricalBayes.fit(kept["clicks"], kept["impressions"], kept["test_id"])
    posterior = model.posterior(kept["clicks"], kept["impressions"], kept["test_id"])
    place = pd.DataFrame({"test": kept["test_id"], "at": np.arange(len(kept))})
    both = place.merge(place, on="test", suffixes=("_i", "_j"))
    both = both[both["at_i"] < both["at_j"]]
    i, j = both["at_i"].to_numpy(), both["at_j"].to_numpy()
    texts = kept["text"].to_numpy()
    i, j = i[texts[i] != texts[j]], j[texts[i] != texts[j]]
    clicks, shown = (kept[name].to_numpy() for name in ("clicks", "impressions"))
    # Cross products, not quotients: equal rates must compare as equal.
    lead = clicks[i] * shown[j] - clicks[j] * shown[i]
    w, l = np.where(lead > 0, i, j)[lead != 0], np.where(lead > 0, j, i)[lead != 0]  # noqa: E741
    if not len(w):
        raise NotEnoughDataError(
            "all texts of each test have the same click rate",
            fix="give more impressions, so that clicks can differ",
        )
    pairs = pd.DataFrame(
        {name: kept[name].to_numpy()[w] for name in ("test_id", "story", "split", "role")}
        | _side(kept, w, "winner")
        | _side(kept, l, "loser")
        | {
            "p_win": posterior.p_better(w, l),
            "p_value": two_proportion_p(clicks[w], shown[w], clicks[l], shown[l]),
            "context": kept["audience"].to_numpy()[w],
            # The test's, not the winner's own, which would give the winner away.
            "brief": kept["test_id"].map(usual(kept["brief"], kept["test_id"])).to_numpy()[w],
        }
    )
    return pairs[[*PAIR_COLUMNS, "role"]], model.tau, int((lead == 0).sum())


def _side(kept: pd.DataFrame, rows: Any, side: str) -> dict[str, Any]:
    names = {"": "text", "_row": "row_id", "_clicks": "clicks", "_impressions": "impressions"}
    return {f"{side}{end}": kept[column].to_numpy()[rows] for end, column in names.items()}


def _counts(pairs: pd.DataFrame) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (split, role), count in pairs.groupby(["split", "role"]).size().items():
        found.setdefault(split, {})[role or "all"] = int(count)
    return found


def _ceilings(pairs: pd.DataFrame) -> dict[str, float]:
    significant = pairs["p_win"][pairs["p_value"] < SIGNIFICANT]
    found = {"all": noise_ceiling(pairs["p_win"])}
    return found | ({"p05": noise_ceiling(significant)} if len(significant) else {})


def _notes(frame: pd.DataFrame, table: pd.DataFrame) -> list[str]:
    notes = []
    moved = table["story"][(frame["split"] == "train") & (table["split"] == "test")].nunique()
    if moved:
        notes.append(f"{moved} stories had rows in train and in test; they are in test as a whole")
    largest = table["story"].value_counts().iloc[0] / len(table)
    if largest > 0.2:
        notes.append(f"one story holds {largest:.0%} of all rows (its tests share texts): uneven splits")
    return notes


def _check_enough(pairs: pd.DataFrame, table: pd.DataFrame) -> None:
    needed = [(split, role) for split in ("train", "valid") for role in ("proxy", "independent")]
    needed.append(("test", ""))
    there = set(zip(pairs["split"], pairs["role"], strict=True))
    missing = [f"{split} ({role})" if role else split for split, role in needed if (split, role) not in there]
    if missing:
        tests, stories = table["test_id"].nunique(), table["story"].nunique()
        raise NotEnoughDataError(
            f"no pairs for {', '.join(missing)}: {len(pairs)} pairs from {tests} tests in {stories} stories",
            fix="give more tests (about 50, of different texts, is a start), or raise the missing share; "
            "a split column of the table's own must have test rows, or leave rows empty to draw them from",
        )


def _hash(seed: int, *parts: str) -> str:
    return hashlib.sha256("\0".join([str(seed), *parts]).encode()).hexdigest()


def sources(frame: pd.DataFrame, split: str, role: str | None, limit: int | None, seed: int) -> list[Source]:
    """Human texts to be rewritten, one a test and each text once; deterministic in ``seed``.

    The text is drawn from those of its test that are not the best by observed rate, since there
    should be something to gain; ``second`` is drawn from the test's other texts.

    Args:
        frame: the table that :func:`make_pairs` returns.
        split: train, valid or test.
        role: proxy or independent, or None for all.
        limit: at most so many, tests of several texts first, then different stories; None for all.
        seed: of the draws.

    Raises:
        NotEnoughDataError: the split has no texts.
    """
    rows = frame[(frame["split"] == split) & (True if role is None else frame["role"] == role)]
    if rows.empty:
        side = f"{split} ({role})" if role else split
        raise NotEnoughDataError(f"no texts in {side}", fix="make the pairs from more tests")
    briefs = usual(rows["brief"], rows["test_id"])
    stories = rows.groupby("test_id")["story"].first()
    rates: dict[str, dict[str, float]] = defaultdict(dict)
    for test, text, rate in zip(
        rows["test_id"], rows["text"], rows["clicks"] / rows["impressions"], strict=True
    ):
        rates[test][text] = rate
    found: list[Source] = []
    texts: set[str] = set()
    for test in sorted(rates, key=lambda t: _hash(seed, t)):
        text, second = _draw(test, rates[test], seed)
        if text not in texts:
            texts.add(text)
            found.append(Source(test, stories[test], text, Brief.model_validate_json(briefs[test]), second))
    return _in_turn(found)[:limit]


def _in_turn(found: list[Source]) -> list[Source]:
    told: Counter[str] = Counter()
    turn: list[tuple[bool, int]] = []
    for source in found:
        turn.append((not source.second, told[source.story]))
        told[source.story] += 1
    return [found[k] for k in sorted(range(len(found)), key=turn.__getitem__)]


def _draw(test: str, rates: dict[str, float], seed: int) -> tuple[str, str]:
    texts = sorted(rates, key=lambda text: _hash(seed, test, text))
    text = next((text for text in texts if rates[text] < max(rates.values())), texts[0])
    others = [other for other in texts if other != text]
    return text, min(others, key=lambda other: _hash(seed, test, other, "second"), default="")
