"""Losses and schedules on numbers worked out by hand, and learning on a rule that can be learned."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from adwright.config import RewardConfig
from adwright.errors import NotEnoughDataError
from adwright.records import PAIR_COLUMNS
from adwright.reward import (
    LinearReward,
    RewardModel,
    RewardNetwork,
    calibration_of,
    differences,
    features,
    pairwise_accuracy,
)
from adwright.training import bradley_terry_loss, fit_ensemble, reward_tests
from adwright.training.reward import RIDGE, fit_linear, warm_then_linear


def test_bradley_terry_by_hand() -> None:
    scores = torch.tensor([1.0, 0.0, -1.0])
    first, second, p = torch.tensor([0, 0]), torch.tensor([1, 2]), torch.tensor([0.9, 0.5])
    by_hand = 0.9 * math.log1p(math.exp(-1)) + 0.1 * math.log1p(math.exp(1))
    by_hand += 0.5 * math.log1p(math.exp(-2)) + 0.5 * math.log1p(math.exp(2))
    assert bradley_terry_loss(scores, first, second, p, 3).item() == pytest.approx(by_hand * 2 / 3, rel=1e-6)


def test_an_even_pair_pulls_towards_even() -> None:
    scores = torch.tensor([2.0, 0.0], requires_grad=True)
    one, two = torch.tensor([0]), torch.tensor([1])
    bradley_terry_loss(scores, one, two, torch.tensor([0.5]), 2).backward()
    assert scores.grad is not None
    assert scores.grad[0] > 0 > scores.grad[1]


def test_learning_rate_rises_then_falls_to_nothing() -> None:
    factors = [warm_then_linear(step, 100) for step in range(101)]
    assert factors[0] == pytest.approx(0.1)
    assert max(factors) == pytest.approx(factors[9], abs=0.02)
    assert factors[100] == 0.0


def pairs_frame(tests: int, seed: int) -> pd.DataFrame:
    """Tests in which the text that speaks of a gift wins."""
    rng = np.random.default_rng(seed)
    things = ["lamp", "chair", "bag", "coat", "kettle", "bicycle", "garden", "piano", "boat", "bread"]
    rows = []
    for k in range(tests):
        thing = things[rng.integers(len(things))]
        rows.append(
            {
                **dict.fromkeys(PAIR_COLUMNS, ""),
                "test_id": f"t{k}",
                "story": f"s{k}",
                "winner": f"A free gift with every {thing} number {k}",
                "loser": f"Our {thing} number {k} is sold in the shop",
                "p_win": 0.95,
                "p_value": 0.01,
                "brief": "{}",
            }
        )
    return pd.DataFrame(rows)


def test_an_ensemble_learns_is_calibrated_and_comes_back_from_disk(tmp_path: Path) -> None:
    config = RewardConfig(batch_tests=4, epochs=2)
    train, valid, held_out = pairs_frame(24, 0), pairs_frame(8, 1), pairs_frame(12, 2)
    steps: list[int] = []
    model = fit_ensemble(train, valid, config, 2, 5, tmp_path, lambda n=1, note="": steps.append(n))
    found = pairwise_accuracy(differences(model, held_out), held_out)
    assert found["all"]["accuracy"] == 1.0
    assert found["all"]["pairs"] == found["p05"]["pairs"] == 12
    assert calibration_of(differences(model, held_out))["ece"] < 0.25
    loaded = RewardModel.load(tmp_path)
    texts = list(held_out["winner"])
    assert loaded.scores(texts) == pytest.approx(model.scores(texts), abs=1e-5)
    assert loaded.temperature == model.temperature
    assert loaded.scales == model.scales
    assert [type(member) for member in loaded.members] == [RewardNetwork, RewardNetwork, LinearReward]
    average = RewardModel.load_average(tmp_path)
    assert len(average.members) == 1
    assert pairwise_accuracy(differences(average, held_out), held_out)["all"]["accuracy"] == 1.0
    assert sum(steps) == (2 * 2 + 1) * len(reward_tests(train))


def test_members_count_alike_whatever_their_scale() -> None:
    texts, others = ["A free gift with every lamp"], ["Our lamp is sold in the shop"]
    one, two = RewardNetwork("embedded", seed=1), RewardNetwork("embedded", seed=2)
    for network in (one, two):
        torch.nn.init.normal_(network.head.weight)
    alike = RewardModel([one, two], scales=(2.0, 4.0), temperature=0.5)
    by_hand = [
        (network.score(texts) - network.score(others))[0] / scale / 0.5
        for network, scale in ((one, 2.0), (two, 4.0))
    ]
    mean, spread = alike.against(texts, others)
    assert mean[0] == pytest.approx(np.mean(by_hand), rel=1e-4)
    assert spread[0] == pytest.approx(np.std(by_hand), rel=1e-4)


def test_the_linear_reward_is_the_best_of_its_loss() -> None:
    tests = reward_tests(pairs_frame(12, 0))
    found = fit_linear(tests, RewardConfig())
    blocks = features([text for test in tests for text in test.texts], "embedded", "embedded")
    unit = np.concatenate([(b.std(0) + 1e-6) * math.sqrt(b.shape[1]) for b in blocks])

    def loss(weights: np.ndarray) -> float:
        own = LinearReward(weights)
        parts = []
        for test in tests:
            s = torch.from_numpy(own.score(test.texts))
            first, second, p = (torch.from_numpy(x) for x in (test.first, test.second, test.p_first))
            parts.append(bradley_terry_loss(s, first, second, p, len(test.texts)).item())
        return sum(parts) + RIDGE / 2 * float(((weights * unit) ** 2).sum())

    best, rng = loss(found.weights), np.random.default_rng(0)
    for _ in range(3):
        assert loss(found.weights + 0.05 * rng.normal(size=len(unit)) / unit) > best
    assert best < loss(np.zeros(len(unit)))
    winner, loser = found.score(["A free gift with every sofa", "Our sofa is sold in the shop"])
    assert winner > loser


def test_members_that_are_done_are_not_trained_again(tmp_path: Path) -> None:
    config = RewardConfig(batch_tests=4)
    train, valid = pairs_frame(8, 0), pairs_frame(4, 1)
    fit_ensemble(train, valid, config, 3, 5, tmp_path, lambda n=1, note="": None)
    before = [(tmp_path / f"member-{k}" / "reward.safetensors").stat().st_mtime_ns for k in range(3)]
    fit_ensemble(train, valid, config, 3, 5, tmp_path, lambda n=1, note="": None)
    after = [(tmp_path / f"member-{k}" / "reward.safetensors").stat().st_mtime_ns for k in range(3)]
    assert before == after


def test_too_few_tests_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotEnoughDataError, match="too few to train"):
        fit_ensemble(pairs_frame(2, 0), pairs_frame(2, 1), RewardConfig(), 3, 0, tmp_path, lambda n=1: None)
    with pytest.raises(NotEnoughDataError, match="calibrate"):
        fit_ensemble(
            pairs_frame(12, 0), pairs_frame(2, 1).head(0), RewardConfig(), 3, 0, tmp_path, lambda n=1: None
        )
