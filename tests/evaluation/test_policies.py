"""The last judgement on texts whose scores are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from adwright.evaluation import (
    best_against_rest,
    best_of_n,
    judge_policies,
    ranks,
    scored,
    served_texts,
)
from adwright.records import Brief, Source
from adwright.reward import RewardModel, RewardNetwork, faithfulness
from adwright.stats import cluster_mean

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
    assert result["human"]["true_ctr_lift_vs_human"]["value"] == pytest.approx(0.0)

    def people_know_better(texts: Sequence[str], briefs: Sequence[Brief]) -> np.ndarray:
        own = {s.text for s in SOURCES}
        return truth(texts, briefs) * np.array([2.0 if text in own else 1.0 for text in texts])

    result = judge_policies(POLICIES, SOURCES, scores, people_know_better)["policies"]
    assert result["rlpf"]["true_ctr_lift"]["value"] == pytest.approx(0.5)
    assert result["rlpf"]["true_ctr_lift_vs_human"]["value"] == pytest.approx(-0.25)
    assert result["sft"]["true_ctr_lift_vs_human"]["value"] == pytest.approx(-0.5)


def test_a_single_source_is_judged_without_intervals(independent: RewardModel) -> None:
    policies = {name: texts[:1] for name, texts in POLICIES.items()}
    found = judge_policies(
        policies,
        SOURCES[:1],
        scored(policies, SOURCES[:1], independent),
        lambda texts, briefs: np.array([0.01 * (1 + len(text) / 100) for text in texts]),
    )["policies"]["rlpf"]
    lengths = np.array([len(RLPF[0][0]), np.mean([len(text) for text in SFT[0]]), len(SOURCES[0].text)])
    own, sft, human = 1 + lengths / 100
    for key, expected in (("true_ctr_lift", own / sft - 1), ("true_ctr_lift_vs_human", own / human - 1)):
        assert found[key]["value"] == pytest.approx(expected)
        assert found[key]["low"] is found[key]["high"] is None
    assert found["win_vs_sft"]["low"] is None


def test_the_best_of_several_draws_is_the_one_that_scores_highest(independent: RewardModel) -> None:
    best = best_of_n(SFT, ranks(SFT, SOURCES, independent))
    for group, (chosen,) in zip(SFT, best, strict=True):
        assert independent.mean([chosen])[0] == pytest.approx(independent.mean(group).max(), abs=1e-4)


def test_a_source_for_which_nothing_passes_is_served_a_light_edit_or_itself(independent: RewardModel) -> None:
    shown = served_texts([["$5 off!!! $$$"], ["bread bread bread"], [""]], SOURCES, independent, "embedded")
    assert all(len(group) == 1 and group[0] for group in shown)
    assert not {"$5 off!!! $$$", "bread bread bread"} & {group[0] for group in shown}


@pytest.mark.parametrize("n", [2, 3, 4, 8])
@pytest.mark.parametrize("noise", [0.0, 1.0, 1e9])
def test_the_best_of_n_is_compared_with_draws_it_was_not_chosen_from(n: int, noise: float) -> None:
    """Against the truth: the best of n - 1 draws by a proxy, and one draw more, of 60,000 sources."""
    rng = np.random.default_rng(n)

    def drawn(count: int) -> tuple[np.ndarray, np.ndarray]:
        quality = rng.normal(size=(60_000, count))
        return quality + noise * rng.normal(size=quality.shape), quality

    by, quality = drawn(n - 1)
    fresh = drawn(1)[1][:, 0]
    truth = np.mean(quality[np.arange(len(by)), by.argmax(1)] > fresh)
    by, quality = drawn(n)
    said = cluster_mean(best_against_rest(list(by), list(quality)), np.arange(len(by)))
    assert said.value == pytest.approx(truth, abs=0.01)
    if noise == 0.0:
        assert said.value == pytest.approx((n - 1) / n, abs=1e-9)
    if noise == 1e9:
        assert said.value == pytest.approx(0.5, abs=0.01)


def test_the_best_of_one_draw_and_the_best_of_equals_are_no_better() -> None:
    assert best_against_rest([np.array([3.0])], [np.array([-1.0])]) == [0.5]
    assert best_against_rest([np.arange(4.0)], [np.full(4, 0.7)]) == [0.5]
    by_hand = best_against_rest([np.array([1.0, 3.0, 2.0])], [np.array([5.0, 1.0, 4.0])])
    assert by_hand == pytest.approx([(0 + 1 + 0) / 3])  # 1 against 5, 4 against 1, 1 against 4


def test_the_best_of_n_needs_its_ranks(scores: dict[str, list[np.ndarray]], independent: RewardModel) -> None:
    by = ranks(SFT, SOURCES, independent)
    policies = {**POLICIES, "best_of_n": best_of_n(SFT, by)}
    judged = scored(policies, SOURCES, independent)
    found = judge_policies(policies, SOURCES, judged, by=by)["policies"]["best_of_n"]
    assert found["win_vs_sft"]["value"] == pytest.approx(np.mean(best_against_rest(by, judged["sft"])))
    with pytest.raises(ValueError, match="argument"):
        judge_policies(policies, SOURCES, judged)


@pytest.mark.parametrize(
    ("text", "breaks"),
    [
        ("Leather bags from Florence, handmade with care", False),
        ("Leather bags from Florence since 1950", False),  # an invented number is refused, but no guardrail's
        ("Handmade leather bags from Florence!!!", True),
        ("Free leather bags from Florence", True),
        ("Handmade leather bags from Florence, 50% off", True),
        ("The world's best leather bags, from Florence", True),
    ],
)
def test_a_claim_of_its_own_is_a_breach(text: str, breaks: bool, independent: RewardModel) -> None:
    sources = SOURCES[:1]
    policies = {"human": [[sources[0].text]], "sft": [["Leather bags from Florence"]], "rlpf": [[text]]}
    found = judge_policies(policies, sources, scored(policies, sources, independent))["policies"]
    assert found["rlpf"]["breach_rate"] == float(breaks)
    assert found["human"]["breach_rate"] == 0.0


def test_similarity_is_measured_with_the_encoder_of_the_recipe(
    scores: dict[str, list[np.ndarray]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def embed(texts: Sequence[str], encoder: str) -> np.ndarray:
        asked.append(encoder)
        return np.ones((len(texts), 1))

    monkeypatch.setattr(faithfulness, "embed", embed)
    found = judge_policies(POLICIES, SOURCES, scores, encoder="my/encoder")
    assert set(asked) == {"my/encoder"}
    assert found["second_human"]["similarity"] == 1.0
