from __future__ import annotations

import pytest
from pydantic import ValidationError

from adwright.data.corpus import load_corpus
from adwright.data.market_edits import LIMITS


def test_the_corpus_is_whole():
    entries = load_corpus()
    assert len(entries) == 120
    assert len({e.sector for e in entries}) == 24
    assert all(len(e.variations) == 5 for e in entries)
    assert len({t for e in entries for t in e.texts()}) == 720


def test_briefs_are_filled():
    for entry in load_corpus():
        brief = entry.brief
        assert brief.product
        assert brief.brand
        assert len(brief.facts) >= 3
        assert brief.audience
        assert brief.goal
        assert len(entry.text) <= LIMITS[brief.placement][1]
        assert entry.texts()[0] == entry.text
        assert entry.texts()[1:] == tuple(text for _, text in entry.variations)


def test_an_entry_cannot_be_changed():
    with pytest.raises(ValidationError):
        load_corpus()[0].sector = "other"
