"""Stories, and which side of every split they are on.

Two tests tell the same story if they share a text, or nearly. A story is on one side only, or the
reward model would be judged on texts that it has seen.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from adwright.config import PairsConfig
from adwright.errors import TableError

__all__ = ["assign_role", "assign_splits", "assign_stories", "check_leaks", "near_duplicates"]

UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
TOKEN = re.compile(rf"(?=\w)[{UNSPACED}]|[^\W{UNSPACED}]+")
"""A word; in Chinese, Japanese and Korean, whose words and clauses are not apart, one character."""


def near_duplicates(texts: Iterable[str], threshold: float) -> list[tuple[int, int]]:
    """Pairs of texts whose word-shingle Jaccard similarity is above ``threshold``.

    Shingles are two words that follow each other (or the one word); of Chinese, Japanese and Korean,
    two characters. The join is exact: shingles are sorted from rare to common, and two sets can only
    be that similar if they share one of their first |x| - ceil(threshold |x|) + 1 (prefix filter:
    Chaudhuri, Ganti and Kaushik, ICDE 2006). Pairs that other pairs already connect are left out, so
    the result gives the same components, not all pairs.

    Returns:
        (i, j) with i > j, positions in ``texts``.
    """
    shingles = [_shingles(text) for text in texts]
    frequency: dict[str, int] = defaultdict(int)
    for found in shingles:
        for shingle in found:
            frequency[shingle] += 1
    parent = list(range(len(shingles)))
    index: dict[str, list[int]] = defaultdict(list)
    pairs = []
    for i in sorted(range(len(shingles)), key=lambda k: len(shingles[k])):
        mine = shingles[i]
        ordered = sorted(mine, key=lambda s: (frequency[s], s))
        prefix = ordered[: len(mine) - math.ceil(threshold * len(mine)) + 1]
        for j in {j for shingle in prefix for j in index[shingle]}:
            if _root(parent, i) == _root(parent, j) or len(shingles[j]) <= threshold * len(mine):
                continue
            shared = len(mine & shingles[j])
            if shared > threshold * (len(mine) + len(shingles[j]) - shared):
                parent[_root(parent, i)] = _root(parent, j)
                pairs.append((max(i, j), min(i, j)))
        for shingle in prefix:
            index[shingle].append(i)
    return pairs


def _shingles(text: str) -> frozenset[str]:
    words = TOKEN.findall(text.casefold())
    return frozenset(f"{a} {b}" for a, b in pairwise(words)) or frozenset(words)


def _root(parent: list[int], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


def _normal(text: str) -> str:
    return " ".join(TOKEN.findall(text.casefold())) or text


def assign_stories(frame: pd.DataFrame, near_duplicate: float) -> pd.Series:
    """The story of each row: connected components of tests.

    Tests are joined that share a text (case and punctuation aside), have texts that are nearly the
    same (:func:`near_duplicates`), or whose rows already carry the same non-empty ``story``
    (importers put there what they know, such as the test that two images belong to).

    Returns:
        the first test_id, in order, of each row's component; index of ``frame``.
    """
    tests, names = pd.factorize(frame["test_id"], sort=True)
    texts, known = pd.factorize(frame["text"].map(_normal))
    count = len(names)
    left, right = [tests], [count + texts]
    nodes = count + len(known)
    given = frame["story"].to_numpy() != ""
    stories, labels = pd.factorize(frame["story"][given])
    left, right = [*left, tests[given]], [*right, nodes + stories]
    near = np.array(near_duplicates(known, near_duplicate), dtype=np.int64).reshape(-1, 2) + count
    left, right = [*left, near[:, 0]], [*right, near[:, 1]]
    nodes += len(labels)
    a, b = np.concatenate(left), np.concatenate(right)
    component = connected_components(
        coo_array((np.ones(len(a)), (a, b)), shape=(nodes, nodes)), directed=False
    )[1][:count]
    first = pd.Series(names, dtype="str").groupby(component).transform("min")
    return pd.Series(first.to_numpy()[tests], index=frame.index, name="story", dtype="str")


def _carve(stories: Iterable[str], share: float, purpose: str, seed: int) -> set[str]:
    """About ``share`` of the stories, by a hash of each: a story keeps its side when others come."""
    draw = {story: _uniform(f"{seed}\0{purpose}\0{story}") for story in set(stories)}
    chosen = {story for story, value in draw.items() if value < share}
    if len(draw) > 1 and 0 < share < 1:
        if not chosen:
            return {min(draw, key=draw.__getitem__)}
        if len(chosen) == len(draw):
            return chosen - {max(draw, key=draw.__getitem__)}
    return chosen


def _uniform(key: str) -> float:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64


def assign_splits(frame: pd.DataFrame, config: PairsConfig, seed: int) -> pd.Series:
    """train, valid or test for each row, by story; deterministic in (seed, story).

    A split of the table's own stands: a story with a row in test is in test as a whole, else one
    with a row in valid is in valid. Where the table has no test, the share of ``config`` is carved
    from the stories without a split, never from those that the table calls train; where it has no
    valid, from all that are then in train.

    Args:
        frame: an ad table whose stories are assigned.
    """
    own = frame["split"].groupby(frame["story"]).agg(set)
    side = own.map(lambda given: next((name for name in ("test", "valid", "train") if name in given), ""))
    if not (side == "test").any():
        side[list(_carve(side.index[side == ""], config.test_share, "test", seed))] = "test"
    side[side == ""] = "train"
    if not (side == "valid").any():
        side[list(_carve(side.index[side == "train"], config.valid_share, "valid", seed))] = "valid"
    return frame["story"].map(side).astype("str").rename("split")


def assign_role(frame: pd.DataFrame, config: PairsConfig, seed: int) -> pd.Series:
    """Which reward model may learn from each row, by story: "proxy", "independent", or "" for test.

    Args:
        frame: an ad table whose stories and splits are assigned. Train and valid are each divided.
    """
    role = pd.Series("proxy", index=frame.index, dtype="str", name="role")
    role[frame["split"] == "test"] = ""
    for split in ("train", "valid"):
        inside = frame["split"] == split
        chosen = _carve(frame["story"][inside], config.independent_share, "independent", seed)
        role[inside & frame["story"].isin(chosen)] = "independent"
    return role


def check_leaks(frame: pd.DataFrame) -> None:
    """Check that no story, test or text is on two sides of a split, or has two roles.

    Args:
        frame: an ad table with story and split, and role if it has one.

    Raises:
        TableError: one is.
    """
    side = frame["split"] + ("" if "role" not in frame.columns else "/" + frame["role"])
    keys = {"story": frame["story"], "test": frame["test_id"], "text": frame["text"].map(_normal)}
    for what, key in keys.items():
        sides = side.groupby(key).nunique()
        if (sides > 1).any():
            name = sides.index[sides > 1][0]
            both = ", ".join(sorted(set(side[key == name])))
            raise TableError(
                f"a {what} is on more than one side ({int((sides > 1).sum())} such): {name!r} is in {both}",
                where=f"column {what}",
                fix="make the pairs again from the imported table, so that stories are assigned anew",
            )
