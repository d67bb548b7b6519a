"""The last judgement on texts whose scores are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from adwright.evaluation import best_of_n, judge_policies, scored, served_texts
from adwright.records import Brief, Source
from adwright.reward import RewardModel, RewardNetwork

SOURCES = [
    Source(f"t{k}", f"s{k}", text, Brief(), second=second)
    for k, (text, second) in enumerate(
        [
            ("Handmade leather bags from Florence", "Leather bags, made by hand in Florence"),
            ("Warm bread from our own oven, every day", ""),
            ("Quiet rooms by the sea, with breakfast", "Breakfast by the sea, and a quiet room"),
        ]
    )
]
SFT = [
    ["Leather bags from Florence", "Florence bags"],
    ["Warm bread every day", "Bread"],
    ["Quiet rooms", "Rooms by the sea"],
]
RLPF = [["Florence knows leather bags"], ["Our oven, your warm bread"], ["Rooms by the quiet sea"]]
POLICIES = {"human": [[s.text] for s in SOURCES], "sft": SFT, "rlpf": RLPF}


@pytest.fixture(scope="module")
def independent() -> RewardModel:
    network = RewardNetwork("embedded", seed=3)
    torch.nn.init.normal_(network.head.weight, generator=torch.Generator().manual_seed(3))
    return RewardModel([network.eval()])


@pytest.fixture(scope="module")
def scores(independent: RewardModel) -> dict[str, list[np.ndarray]]:
    return scored(POLICIES, SOURCES, independent)


def test_all_policies_at_once_score_as_each_text_alone(
    independent: RewardModel, scores: dict[str, list[np.ndarray]]
) -> None:
    for name, texts in POLICIES.items():
        for source, group, own in zip(SOURCES, texts, scores[name], strict=True):
            alone = [independent.against([text], [source.text])[0][0] for text in group]
            assert own == pytest.approx(alone, abs=1e-4)
    assert [own.tolist() for own in scores["human"]] == [[0.0]] * 3
    with_gaps = scored({"second": [[s.second] if s.second else [] for s in SOURCES]}, SOURCES, independent)
    assert [len(own) for own in with_gaps["second"]] == [1, 0, 1]


def test_win_rates_are_means_over_sources_of_every_draw_against_every_draw(
    scores: dict[str, list[np.ndarray]],
) -> None:
    result = judge_policies(POLICIES, SOURCES, scores)["policies"]
    assert result["sft"]["win_vs_sft"]["value"] == result["human"]["win_vs_human"]["value"] == 0.5
    by_hand = [
        np.mean([own > other for own in new for other in old])
        for new, old in zip(scores["rlpf"], scores["sft"], strict=True)
    ]
    assert result["rlpf"]["win_vs_sft"]["value"] == pytest.approx(np.mean(by_hand))
    assert result["rlpf"]["true_ctr_lift"] is None
    assert result["human"]["copy_rate"] == 1.0


def test_the_truth_is_asked_where_there_is_one(scores: dict[str, list[np.ndarray]]) -> None:
    new = {text for group in RLPF for text in group}

    def truth(texts: Sequence[str], briefs: Sequence[Brief]) -> np.ndarray:
        return np.array([0.03 if text in new else 0.02 for text in texts])

    result = judge_policies(POLICIES, SOURCES, scores, truth)["policies"]
    assert result["rlpf"]["true_ctr"] == pytest.approx(0.03)
    assert result["rlpf"]["true_ctr_lift"]["value"] == pytest.approx(0.5)


def test_the_best_of_several_draws_is_the_one_that_scores_highest(independent: RewardModel) -> None:
    best = best_of_n(SFT, SOURCES, independent)
    for group, (chosen,) in zip(SFT, best, strict=True):
        assert independent.mean([chosen])[0] == pytest.approx(independent.mean(group).max(), abs=1e-4)


def test_a_source_for_which_nothing_passes_is_served_a_light_edit_or_itself(independent: RewardModel) -> None:
    shown = served_texts([["$5 off!!! $$$"], ["bread bread bread"], [""]], SOURCES, independent, "embedded")
    assert all(len(group) == 1 and group[0] for group in shown)
    assert not {"$5 off!!! $$$", "bread bread bread"} & {group[0] for group in shown}
