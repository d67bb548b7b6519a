"""Copies, near-equal variations, greedy choice; light edits of a person's own text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adwright.records import Brief
from adwright.text import (
    check_filters,
    distinct_n,
    fits,
    is_copy,
    light_edits,
    same,
    select_distinct,
)

# The dictionary loads on first use, and machines are busy: time is no fault here.


def test_distinct_n_by_hand():
    assert distinct_n(["a b c", "a b d"], 1) == 4 / 6
    assert distinct_n(["a b c", "a b d"], 2) == 3 / 4
    assert distinct_n(["a"], 2) == 0.0
    assert distinct_n([], 1) == 0.0


@pytest.mark.parametrize(
    ("a", "b", "copy", "alike"),
    [
        ("Trail shoes £84", "trail shoes, £84!", True, True),
        ("Trail shoes for muddy paths at £84", "Trail shoes for muddy path at £84", True, True),
        ("Trail shoes for muddy paths at £84", "Trail shoes for muddy paths at £85", False, True),
        ("Trail shoes for muddy paths", "Muddy paths: for trail shoes", False, True),
        ("Trail shoes for muddy paths", "Kayak hire by the sea", False, False),
        ("", "", True, True),
        ("", "Trail shoes", False, False),
    ],
)
def test_copies_and_near_equals(a, b, copy, alike):
    assert is_copy(a, b) == copy
    assert same(a, b) == alike


def test_select_distinct_takes_the_best_of_each_kind():
    texts = [
        "Trail shoes £84",
        "trail shoes £84.",
        "Kayak hire by the sea",
        "Hire a kayak",
        "The source text here",
    ]
    assert select_distinct(texts, [1.0, 3.0, 2.0, 0.5, 9.0], 3, other_than="The source text, here") == [
        1,
        2,
        3,
    ]
    assert select_distinct(texts, [0.0] * 5, 0) == []


@given(st.lists(st.text(max_size=20), max_size=6), st.text(max_size=20))
def test_diversity_takes_any_texts(texts, source):
    chosen = select_distinct(texts, [float(i) for i in range(len(texts))], 3, source)
    assert len(set(chosen)) == len(chosen) <= 3
    assert 0 <= distinct_n(texts, 2) <= 1
    assert all(same(text, text) for text in texts)


KAYAK = Brief(
    product="half-day kayak hire", brand="Saltmere", placement="headline", goal="bookings",
    facts=("£25 for half a day", "wetsuit included", "beginners welcome", "open until 30 September"),
)  # fmt: skip
KAYAK_TEXT = "Half-day kayak hire £25, wetsuit included"


def test_light_edits_by_example():
    edits = light_edits(KAYAK_TEXT, KAYAK)
    assert "Half-day kayak hire £25, wetsuit included. Beginners welcome" in edits
    assert "Wetsuit included: half-day kayak hire £25" in edits
    assert "Saltmere: half-day kayak hire £25, wetsuit included" in edits


def test_light_edits_reorder_sentences_and_keep_the_call_last():
    brief = Brief(placement="primary_text", goal="online sales")
    text = "Oktavi earbuds for €59. Six hours of music per charge. Two-year warranty. Order online."
    edits = light_edits(text, brief)
    assert "Two-year warranty. Oktavi earbuds for €59. Six hours of music per charge. Order online." in edits
    assert all(edit.endswith("Order online.") or "Order online" not in edit for edit in edits)


def test_a_sentence_that_leans_on_another_does_not_open():
    brief = Brief(placement="primary_text")
    text = "Kettlewood makes tables of solid oak. It delivers them to your door. They seat six."
    assert not any(edit.startswith(("It ", "They ")) for edit in light_edits(text, brief))


def test_no_edits_of_nothing_or_of_other_languages():
    assert light_edits("", KAYAK) == []
    assert light_edits("Des sacs en cuir faits à la main pour toute la famille", KAYAK) == []


@given(st.text(max_size=120), st.text(max_size=30), st.text(max_size=30))
def test_light_edits_of_any_text_pass_the_filters(text, brand, fact):
    brief = Brief(brand=brand, facts=(fact,), goal="bookings", placement="description")
    source = " ".join(text.split())
    for edit in light_edits(text, brief):
        assert fits(edit, brief.placement)
        assert edit != source


CONDITIONS = [
    ("Earn 5% a year on your savings. Capital at risk.", "risk"),
    ("Free trial for 30 days. Then £9.99 a month.", "then"),
    ("Free delivery in the UK, orders over £50", "over"),
    ("Save 20% on beach holidays, new customers only", "only"),
    ("Half-day kayak hire £25, weekdays", "weekdays"),
    ("Kids eat free at Trattoria Vessa, Tuesdays", "tuesdays"),
    ("Kids eat free at our restaurant, one child per adult", "one child"),
    ("Two nights for €140 by the sea, breakfast €12", "€12"),
    ("Win a holiday by the sea. Terms apply.", "terms"),
    ("A savings account for everyone. Capital at risk.", "risk"),
]


@pytest.mark.parametrize(("text", "condition"), CONDITIONS)
@pytest.mark.parametrize("placement", ["description", "primary_text"])
def test_no_edit_drops_the_condition_of_an_offer(text, condition, placement):
    brief = Brief(
        brand="Marisol", placement=placement, goal="sign-ups", facts=("open since 1990", "based in Leeds")
    )
    edits = light_edits(text, brief)
    assert edits
    assert all(condition in edit.lower() for edit in edits)


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("Waterproof ankle boots with soft lining, £129", "Waterproof ankle boots with soft lining"),
        ("Half-day kayak hire £25, wetsuit included", "Half-day kayak hire £25. Book today."),
        ("A table of oak from one tree. It seats six.", "A table of oak from one tree."),
        ("Farmhouse in Puglia, sleeps 6, €840. Check dates now.", "Farmhouse in Puglia, sleeps 6, €840."),
    ],
)
def test_what_restricts_no_offer_may_go(text, shorter):
    assert shorter in light_edits(text, Brief(placement="description", goal="bookings"))


def test_most_typical_entries_get_an_edit(shared):
    lines = (shared / "data" / "corpus_seed.jsonl").read_text(encoding="utf-8").splitlines()
    enough = 0
    for entry in map(json.loads, lines):
        brief = Brief.model_validate(entry)
        edits = light_edits(entry["text"], brief)
        enough += bool(edits)
        assert all(not check_filters(edit, entry["text"], brief, similarity=1.0) for edit in edits)
    assert enough / len(lines) > 0.8
