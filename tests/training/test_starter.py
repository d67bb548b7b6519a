"""What the starter adapter imitates."""

from __future__ import annotations

from adwright.data import load_corpus
from adwright.records import Brief
from adwright.text import ANGLES, check_filters
from adwright.training import starter_examples


def test_every_variation_is_an_example_and_one_without_its_brief_stands_alone() -> None:
    entries = load_corpus("train")[:40]
    examples = starter_examples(entries, seed=0)
    known = {(e.text, text) for e in entries for _, text in e.variations}
    assert set(zip(examples["source"], examples["target"], strict=True)) == known
    bare = [row for row in examples.itertuples() if not Brief.model_validate_json(row.brief).brand]
    assert bare
    assert not any(
        check_filters(row.target, row.source, Brief.model_validate_json(row.brief)) for row in bare
    )


def test_angles_and_briefs_are_kept_back_now_and_then() -> None:
    entries = load_corpus("train")[:120]
    examples = starter_examples(entries, seed=0)
    asked = (examples["angle"] != "").mean()
    assert 0.6 < asked < 0.74
    assert set(examples["angle"]) <= {"", *ANGLES}
    bare = [
        Brief.model_validate_json(b) == Brief(placement=Brief.model_validate_json(b).placement)
        for b in examples["brief"]
    ]
    assert 0.02 < sum(bare) / len(bare) < 0.17
    angle_of = {text: angle for e in entries for angle, text in e.variations}
    assert all(not a or angle_of[t] == a for a, t in zip(examples["angle"], examples["target"], strict=True))


def test_the_same_seed_gives_the_same_examples() -> None:
    entries = load_corpus("valid")
    first, again, other = (starter_examples(entries, seed) for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)
    assert sorted(first["target"]) == sorted(other["target"])
