"""How different texts are: copies, near-equal variations, distinct n-grams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from adwright.text.words import content_stems

__all__ = ["distinct_n", "is_copy", "same", "select_distinct"]

_COPY = 0.95
_SAME_CHARS = 0.85
_SAME_WORDS = 0.75


@lru_cache(maxsize=8192)
def _flat(text: str) -> str:
    return " ".join("".join(ch if ch.isalnum() else " " for ch in text.casefold()).split())


def _is_ratio_over(a: str, b: str, least: float) -> bool:
    """Whether the edit similarity (Ratcliff and Obershelp, 0 to 1) exceeds ``least``; cheap bounds first."""
    if not a or not b or 2 * min(len(a), len(b)) <= least * (len(a) + len(b)):
        return False
    shared = sum((Counter(a) & Counter(b)).values())
    if 2 * shared <= least * (len(a) + len(b)):
        return False
    return SequenceMatcher(None, a, b, autojunk=False).ratio() > least


def is_copy(text: str, source: str) -> bool:
    """Whether the text is the source but for case, punctuation or a few letters."""
    a, b = _flat(text), _flat(source)
    if a == b:
        return True
    # A changed number is another offer, not a copy.
    digits = [ch for ch in a if ch.isdigit()] == [ch for ch in b if ch.isdigit()]
    return digits and _is_ratio_over(a, b, _COPY)


def same(a: str, b: str) -> bool:
    """Whether two variations are nearly equal: of words (Jaccard over 0.75) or letters (over 0.85)."""
    if is_copy(a, b):
        return True
    left = set(content_stems(a)) | {t for t in _flat(a).split() if t.isdigit()}
    right = set(content_stems(b)) | {t for t in _flat(b).split() if t.isdigit()}
    if left and right and len(left & right) > _SAME_WORDS * len(left | right):
        return True
    return _is_ratio_over(_flat(a), _flat(b), _SAME_CHARS)


def distinct_n(texts: Iterable[str], n: int) -> float:
    """Distinct n-grams of words over all of them, 0 to 1; 0 where no text has n words (arXiv 1510.03055)."""
    seen: set[tuple[str, ...]] = set()
    total = 0
    for text in texts:
        tokens = _flat(text).split()
        grams = [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
        seen.update(grams)
        total += len(grams)
    return len(seen) / total if total else 0.0


def select_distinct(texts: Sequence[str], scores: Sequence[float], k: int, other_than: str = "") -> list[int]:
    """Indices of up to ``k`` texts, best score first, that differ from ``other_than`` and one another."""
    chosen: list[int] = []
    for i in sorted(range(len(texts)), key=lambda i: (-scores[i], i)):
        if len(chosen) >= k:
            break
        if (other_than and same(texts[i], other_than)) or any(same(texts[i], texts[j]) for j in chosen):
            continue
        chosen.append(i)
    return chosen
