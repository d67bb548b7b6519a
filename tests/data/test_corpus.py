"""The starter corpus: whole, in splits, and true to its briefs as far as rules can tell."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pytest
from pydantic import ValidationError

from adwright.data import CORPUS_SPLITS, load_corpus
from adwright.text import ANGLES, LIMITS, check_filters, fits, numbers, overlap
from adwright.text.words import plain

LEAST_PASSING = 0.97
GROUNDED = 0.7
STORIES = "stories"
CLOCK = re.compile(r"(?<![\d:.])\d{1,2} ?[ap]m\b")
FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")


def test_the_corpus_is_whole() -> None:
    entries = load_corpus()
    assert len(entries) >= 1000
    assert len({e.sector for e in entries}) >= 40
    assert all(len(e.variations) == 5 for e in entries)
    texts = [t for e in entries for t in e.texts()]
    assert len(set(texts)) == len(texts)


def test_every_brief_is_in_one_split_and_every_sector_in_all() -> None:
    by_split = {split: load_corpus(split) for split in CORPUS_SPLITS}
    assert sum(map(len, by_split.values())) == len(load_corpus())
    brands = {split: {e.brief.brand.lower() for e in entries} - {""} for split, entries in by_split.items()}
    assert all(not brands[a] & brands[b] for a, b in combinations(brands, 2))
    sectors = {e.sector for e in load_corpus()}
    for split in ("train", "valid", "ratings", "test"):
        assert {e.sector for e in by_split[split]} == sectors, split
    assert len(by_split["train"]) > 2 * sum(len(by_split[s]) for s in ("valid", "ratings", "test"))


def test_briefs_are_filled() -> None:
    for entry in load_corpus():
        brief = entry.brief
        if entry.sector == STORIES:
            assert brief.placement == "story_headline"
            assert brief.excerpt
            continue
        assert all((brief.product, brief.brand, brief.audience, brief.goal))
        assert 3 <= len(brief.facts) <= 5


def test_variations_look_from_different_sides_and_fit_their_placement() -> None:
    for entry in load_corpus():
        angles = [angle for angle, _ in entry.variations]
        assert len(set(angles)) == len(angles)
        assert set(angles) <= ANGLES.keys()
        for text in entry.texts():
            assert fits(text, entry.brief.placement), (text, LIMITS[entry.brief.placement])
        for angle, text in entry.variations:
            assert angle != "question" or "?" in text
            assert "—" not in text


def test_plain_rewrites_are_made_of_text_and_brief() -> None:
    entries = [e for split in ("train", "valid") for e in load_corpus(split)]
    assert all(len(e.plain) == 4 for e in entries)
    shares = [overlap(text, e.text, e.brief)[0] for e in entries for text in e.plain]
    assert sum(share >= GROUNDED for share in shares) > 0.9 * len(shares)
    freer = [overlap(text, e.text, e.brief)[0] for e in entries for _, text in e.variations]
    assert sum(share >= GROUNDED for share in freer) < 0.75 * len(freer)


def test_numbers_stand_in_the_brief() -> None:
    """In digits: words such as "one" or "twice" are more than numbers. A time of day may set a scene."""
    for entry in load_corpus():
        brief = f"{entry.text} . {entry.brief.grounds()} . {entry.brief.audience}"
        known = {*FIGURE.findall(brief), *numbers(plain(brief))}
        for text in entry.texts()[1:]:
            said = set(FIGURE.findall(CLOCK.sub("", text)))
            assert said <= known, (text, said - known)


def test_the_filters_let_good_texts_stand() -> None:
    judged = [(e, text) for e in load_corpus() for text in e.texts()[1:]]
    objections = Counter(
        finding.rule for e, text in judged for finding in check_filters(text, e.text, e.brief)[:1]
    )
    assert 1 - objections.total() / len(judged) >= LEAST_PASSING, objections


def test_an_entry_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load_corpus()[0].sector = "other"  # type: ignore[misc]
