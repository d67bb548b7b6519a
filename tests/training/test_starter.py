"""What the starter adapter imitates."""

from __future__ import annotations

import pandas as pd

from adwright.config import SFTConfig
from adwright.data import load_corpus
from adwright.records import Brief
from adwright.text import ANGLES, check_filters, overlap
from adwright.training import starter_examples
from adwright.training.sft import sft_examples


def test_every_rewrite_is_an_example_and_one_without_its_brief_stands_alone() -> None:
    entries = load_corpus("train")[:40]
    examples = starter_examples(entries, grounded=0.0, seed=0)
    known = {(e.text, text) for e in entries for text in e.texts()[1:]}
    assert set(zip(examples["source"], examples["target"], strict=True)) == known
    bare = [row for row in examples.itertuples() if not Brief.model_validate_json(row.brief).brand]
    assert 0.01 < len(bare) / len(examples) < 0.17
    assert not any(
        check_filters(row.target, row.source, Brief.model_validate_json(row.brief)) for row in bare
    )


def test_variations_are_asked_for_by_angle_and_plain_rewrites_by_none() -> None:
    entries = load_corpus("train")[:60]
    examples = starter_examples(entries, grounded=0.0, seed=0)
    assert set(examples["angle"]) <= {"", *ANGLES}
    angle_of = {text: angle for e in entries for angle, text in e.variations}
    assert all(angle_of.get(t, "") == a for a, t in zip(examples["angle"], examples["target"], strict=True))
    assert (examples["angle"] == "").sum() == sum(len(e.plain) for e in entries) > 0


def test_what_is_too_free_is_left_out() -> None:
    entries = load_corpus("train")[:60]
    brief_of = {e.text: e.brief for e in entries}
    every, near = (starter_examples(entries, grounded, seed=0) for grounded in (0.0, 0.7))
    kept = [
        row.target
        for row in every.itertuples()
        if not row.angle or overlap(row.target, row.source, brief_of[row.source])[0] >= 0.7
    ]
    assert sorted(near["target"]) == sorted(kept)
    assert set(near["target"]) < set(every["target"])


def test_the_same_seed_gives_the_same_examples() -> None:
    entries = load_corpus("valid")
    first, again, other = (starter_examples(entries, 0.5, seed) for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)
    assert sorted(first["target"]) == sorted(other["target"])


def test_imitation_of_results_leaves_out_what_is_too_free() -> None:
    brief = Brief(facts=("oak and linen",), placement="description").model_dump_json()
    loser = "Oak lamps with linen shades, made in Leeds from reclaimed wood"
    near = "Reclaimed oak, made into lamps in Leeds"
    free = "Oak lamps with linen shades for evenings of quiet reading"
    pairs = pd.DataFrame({"winner": [near, free], "loser": loser, "brief": brief, "p_win": 0.9})
    config = SFTConfig(similarity=0.0)
    both, one = (
        set(sft_examples(pairs, config.model_copy(update={"grounded": share}), "embedded", 10)["target"])
        for share in (0.0, 0.7)
    )
    assert one == {near} < both == {near, free}
