"""The one number that RL climbs, and the few texts that are shown."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from adwright.config import RLConfig
from adwright.errors import ModelError, NotFoundError
from adwright.evaluation.training_plots import TERMS
from adwright.records import Brief
from adwright.reward import ComposedReward, RewardModel, RewardNetwork, choose, context_of, judge, refused
from adwright.text import check_filters, is_copy

SOURCE = "Handmade leather bags from Florence. Free returns for 30 days."
BRIEF = Brief(
    brand="Ottavia",
    product="leather bags",
    facts=("handmade in Florence", "free returns for 30 days"),
    placement="description",
)
GOOD = "Leather bags made by hand in Florence, with free returns for 30 days."
INVENTED = "We offer a 50% discount on shoes from Paris."
STRAY = "Leather bags made by hand in Paris, with 50 kinds of buckle."


@pytest.fixture(scope="module")
def model() -> RewardModel:
    """Three heads on the real encoder that differ a little; untrained, which is enough to compose."""
    members = []
    for seed in range(3):
        network = RewardNetwork("embedded", seed=seed)
        torch.nn.init.normal_(network.head.weight, mean=0.02, std=0.05)
        members.append(network.eval())
    return RewardModel(members, temperature=0.8)


@pytest.fixture
def reward(model: RewardModel) -> ComposedReward:
    return ComposedReward(model, RLConfig(filter_weight=0.5, floor=-9.0))


def test_terms_add_up_also_for_what_the_filters_refuse(reward: ComposedReward) -> None:
    terms = reward.terms([GOOD, STRAY], [SOURCE, SOURCE], [BRIEF, BRIEF])
    assert terms["refused"].tolist() == [0.0, 1.0]
    total = sum(terms[name] for name in ("preference", "length", "faithfulness", "filters"))
    assert terms["reward"] == pytest.approx(total)
    rules = {f.rule for f in check_filters(STRAY, SOURCE, BRIEF, 1.0)}
    assert len(rules) >= 2
    assert terms["filters"].tolist() == [0.0, -0.5 * min(3, len(rules))]


def test_the_report_plots_terms_that_are_logged(reward: ComposedReward) -> None:
    assert TERMS.keys() <= reward.terms([GOOD], [SOURCE], [BRIEF]).keys()


def test_a_guardrail_is_a_floor_that_no_preference_buys_off(reward: ComposedReward) -> None:
    shouted = "LEATHER BAGS MADE BY HAND IN FLORENCE!!! Free returns for 30 days."
    reward.config = RLConfig(filter_weight=0.0, floor=-9.0)
    terms = reward.terms([GOOD, shouted], [SOURCE] * 2, [BRIEF] * 2)
    assert terms["breach"].tolist() == [0.0, 1.0]
    assert terms["reward"][1] == -9.0


def test_no_text_earns_less_than_the_floor(reward: ComposedReward) -> None:
    reward.config = RLConfig(floor=-0.1)
    assert reward.terms([INVENTED], [SOURCE], [BRIEF])["reward"].tolist() == [-0.1]


def test_what_pleases_enough_gains_nothing_by_pleasing_more(reward: ComposedReward) -> None:
    reward.unit, reward.config = 1e-6, RLConfig(spread=0.0)
    worse, better = sorted([GOOD, INVENTED], key=lambda text: reward.model.mean([text])[0])
    forth = reward.terms([better], [worse], [BRIEF])["preference"]
    assert forth.tolist() == [1.0]
    assert reward.terms([worse], [better], [BRIEF])["preference"][0] < -100


def test_a_copy_is_no_way_to_be_faithful(reward: ComposedReward) -> None:
    near = "Handmade leather bags from Florence. Free returns, 30 days."
    terms = reward.terms([near, GOOD], [SOURCE, SOURCE], [BRIEF, BRIEF])
    assert terms["near"].tolist() == [1.0, 0.0]
    assert terms["reward"][0] == reward.config.floor - reward.config.copy_penalty


def test_each_part_of_faithfulness_counts_up_to_what_people_keep(reward: ComposedReward) -> None:
    lossy = "Leather bags made by hand in Florence, with free returns."
    judged = judge([GOOD, lossy, INVENTED], [SOURCE] * 3, [BRIEF] * 3)
    assert judged.parts().shape == (5, 3)
    reward.enough = np.array([0.2, 0.5, 0.5, 0.9, 0.9])
    assert judged.total(reward.enough)[:2] == pytest.approx([3.0 / 5, 2.5 / 5])
    reward.usual = 3.0 / 5
    reward.config = RLConfig(faithfulness_weight=2.0)
    terms = reward.terms([GOOD, lossy, INVENTED], [SOURCE] * 3, [BRIEF] * 3)["faithfulness"]
    assert terms[:2] == pytest.approx([0.0, -2.0 * 0.5 / 5])
    assert terms[2] < terms[1], "names kept do not pay for numbers invented"
    nothing = judge(["Warm bread, every day"], ["warm bread every day"], [Brief()])
    assert nothing.means_of_parts()[2] == 1.0


def test_a_claim_of_its_own_is_a_floor_too(reward: ComposedReward) -> None:
    claimed = "Award-winning leather bags made by hand in Florence, with free returns for 30 days."
    terms = reward.terms([claimed], [SOURCE], [BRIEF])
    assert terms["breach"].tolist() == [1.0]
    assert terms["reward"].tolist() == [reward.config.floor]


def test_a_pessimist_counts_the_spread(model: RewardModel) -> None:
    mean, spread = model.against([GOOD], [SOURCE])
    assert spread[0] > 0
    careful = ComposedReward(model, RLConfig(spread=2.0))
    preference = careful.terms([GOOD], [SOURCE], [BRIEF])["preference"]
    assert preference[0] == pytest.approx(min(1.0, mean[0] - 2.0 * spread[0]))


def test_it_keeps_trls_contract_and_can_be_pickled(reward: ComposedReward) -> None:
    copy = pickle.loads(pickle.dumps(reward))
    logged: dict[str, float] = {}
    values = copy(
        prompts=[[], []],
        completions=[[{"role": "assistant", "content": t}] for t in (GOOD, INVENTED)],
        source=[SOURCE] * 2,
        brief=[BRIEF.model_dump_json()] * 2,
        log_metric=logged.__setitem__,
        trainer_state=None,
    )
    assert values == pytest.approx(list(reward.terms([GOOD, INVENTED], [SOURCE] * 2, [BRIEF] * 2)["reward"]))
    assert {"terms/preference", "terms/length", "terms/faithfulness", "terms/refused"} <= set(logged)


def test_faithfulness_sees_what_is_kept_and_what_is_invented() -> None:
    judged = judge([GOOD, INVENTED], [SOURCE] * 2, [BRIEF] * 2)
    assert judged.similarity[0] > judged.similarity[1]
    assert judged.numbers_kept.tolist() == [1.0, 0.0]
    assert judged.numbers_invented.tolist() == [0.0, 1.0]
    assert judged.total()[0] > judged.total()[1]
    assert refused([GOOD, INVENTED], [SOURCE] * 2, [BRIEF] * 2, judged).tolist() == [False, True]
    nothing = judge(["Warm bread, every day"], ["warm bread every day"], [Brief()])
    assert np.isnan(nothing.numbers_kept[0])
    assert nothing.means()["similarity"] > 0.5


def test_only_what_passes_is_shown_best_first_and_distinct(model: RewardModel) -> None:
    drawn = [
        GOOD,
        GOOD,
        INVENTED,
        SOURCE,
        "",
        "Made by hand in Florence: leather bags. Free returns for 30 days.",
    ]
    shown = choose(drawn, SOURCE, BRIEF, model, 5, edits=False)
    texts = [v.text for v in shown]
    assert INVENTED not in texts
    assert SOURCE not in texts
    assert len(set(texts)) == len(texts) <= 2
    assert [v.score for v in shown] == sorted((v.score for v in shown), reverse=True)
    assert all(0 < v.beats < 1 and v.origin == "model" for v in shown)


def test_light_edits_fill_up_and_are_marked(model: RewardModel) -> None:
    shown = choose([INVENTED], SOURCE, BRIEF, model, 3)
    assert shown
    assert {v.origin for v in shown} == {"edit"}
    assert not any(is_copy(v.text, SOURCE) for v in shown)
    assert not choose([INVENTED], SOURCE, BRIEF, model, 3, edits=False)


def test_context_changes_the_score_only_where_it_is_used() -> None:
    blind = RewardModel([RewardNetwork("embedded", seed=1)])
    sighted = RewardModel([RewardNetwork("embedded", seed=1, use_context=True)])
    for each in (blind, sighted):
        torch.nn.init.normal_(each.members[0].head.weight, generator=torch.Generator().manual_seed(0))
    for each, same in ((blind, True), (sighted, False)):
        one, two = (each.mean([GOOD], [context])[0] for context in ("families", "bargain hunters"))
        assert bool(one == pytest.approx(two)) is same
    assert context_of(BRIEF, "families") == "families. Ottavia. leather bags"
    assert context_of(BRIEF.model_dump_json()) == "Ottavia. leather bags"


def test_batches_do_not_change_scores(model: RewardModel) -> None:
    texts = [GOOD, "Bags", SOURCE, INVENTED * 3]
    member = model.members[0]
    assert member.score(texts, batch=1) == pytest.approx(member.score(texts, batch=4), abs=1e-4)
    assert model.scores([]).shape == (3, 0)


def test_damage_is_said(tmp_path: Path, model: RewardModel) -> None:
    with pytest.raises(NotFoundError, match="no reward model"):
        RewardModel.load(tmp_path)
    model.save(tmp_path)
    for k, member in enumerate(model.members):
        member.save(tmp_path / f"member-{k}")
    weights = tmp_path / "member-1" / "reward.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match="damaged"):
        RewardModel.load(tmp_path)
    (tmp_path / "ensemble.json").write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        RewardModel.load(tmp_path)
