"""Reward models: Bradley–Terry networks on a sentence encoder, and the independent judge.

All texts of a test are encoded once and every pair among them enters the loss, so that a test of six
texts costs six passes for its fifteen pairs. A pair's target is the probability that the winner truly
is (empirical Bayes), which weighs it by confidence: a pair of even chances pulls towards even.

The ensemble that RL climbs ("proxy") and the model that judges it ("independent") see disjoint stories.

What is left out: hyper-parameter search, context fusion, distillation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch.nn import functional as F

from adwright.config import RewardConfig
from adwright.errors import NotEnoughDataError
from adwright.models import autocast
from adwright.reward import RewardModel, RewardNetwork, context_of
from adwright.stats import fit_temperature

__all__ = ["RewardTest", "bradley_terry_loss", "fit_ensemble", "fit_member", "reward_tests"]

Advance = Callable[..., None]


@dataclass(frozen=True)
class RewardTest:
    """One test: its texts, and for each pair (i, j) the probability that text i truly beats j."""

    texts: tuple[str, ...]
    context: str
    first: np.ndarray
    second: np.ndarray
    p_first: np.ndarray


def reward_tests(pairs: pd.DataFrame) -> list[RewardTest]:
    """Group preference pairs (records.PAIR_COLUMNS) by test."""
    tests = []
    for _, group in pairs.groupby("test_id", sort=True):
        texts = sorted({*group["winner"], *group["loser"]})
        place = {text: i for i, text in enumerate(texts)}
        tests.append(
            RewardTest(
                tuple(texts),
                context_of(group["brief"].iloc[0], group["context"].iloc[0]),
                group["winner"].map(place).to_numpy(np.int64, copy=True),
                group["loser"].map(place).to_numpy(np.int64, copy=True),
                group["p_win"].to_numpy(np.float64, copy=True),
            )
        )
    return tests


def bradley_terry_loss(
    scores: torch.Tensor, first: torch.Tensor, second: torch.Tensor, p_first: torch.Tensor, texts: int
) -> torch.Tensor:
    """Soft-label Bradley–Terry over the pairs of one test: cross entropy of sigmoid(s_i - s_j) with p_i.

    The pairs of a test of n texts are not independent, they carry n - 1 comparisons: the sum is
    scaled by 2 / n.

    Args:
        scores: [texts]; first, second: [pairs] indices; p_first: [pairs] in [0, 1].
    """
    assert scores.shape == (texts,)
    assert first.shape == second.shape == p_first.shape
    losses = F.binary_cross_entropy_with_logits(scores[first] - scores[second], p_first, reduction="sum")
    return losses * (2.0 / texts)


def fit_member(
    tests: Sequence[RewardTest], config: RewardConfig, seed: int, advance: Advance
) -> RewardNetwork:
    """Train one network; members differ by dropout and by the order of the tests (arXiv 1612.01474)."""
    network = RewardNetwork(config.encoder, use_context=config.use_context, seed=seed)
    network.to("cuda" if torch.cuda.is_available() else "cpu").train()
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(tests)) for _ in range(config.epochs)]
    batches = [batch for order in orders for batch in _batches(order, config.batch_tests)]
    optimizer = torch.optim.AdamW(
        [
            {"params": network.encoder.parameters(), "lr": config.learning_rate, "weight_decay": 0.01},
            {"params": network.head.parameters(), "lr": config.head_learning_rate},
        ]
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: warm_then_linear(s, len(batches)))
    for batch in batches:
        loss = _batch_loss(network, [tests[k] for k in batch])
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        advance(len(batch))
    network.eval()
    return network


def warm_then_linear(step: int, total: int, warm: float = 0.1) -> float:
    """Learning-rate factor: linear rise over the first tenth, then linear fall to zero."""
    return min(1.0, (step + 1) / max(1.0, warm * total)) * max(0.0, (total - step) / total)


def _batches(order: np.ndarray, size: int) -> list[np.ndarray]:
    return [order[i : i + size] for i in range(0, len(order), size)]


def _batch_loss(network: RewardNetwork, tests: Sequence[RewardTest]) -> torch.Tensor:
    texts = [text for test in tests for text in test.texts]
    contexts = [test.context for test in tests for _ in test.texts]
    with autocast():
        scores = network(texts, contexts)
    scores = scores.float()
    total, start = scores.new_zeros(()), 0
    for test in tests:
        n = len(test.texts)
        total = total + bradley_terry_loss(
            scores[start : start + n],
            torch.as_tensor(test.first, device=scores.device),
            torch.as_tensor(test.second, device=scores.device),
            torch.as_tensor(test.p_first, dtype=torch.float32, device=scores.device),
            n,
        )
        start += n
    mean: torch.Tensor = total * (4.0 / len(texts))
    return mean


def fit_ensemble(
    train: pd.DataFrame,
    valid: pd.DataFrame,
    config: RewardConfig,
    members: int,
    seed: int,
    folder: Path,
    advance: Advance,
) -> RewardModel:
    """Train the members, each saved when done (a cut-off run keeps them), and calibrate on ``valid``.

    Raises:
        NotEnoughDataError: too few tests to train on, or no validation pair to calibrate with.
    """
    tests = reward_tests(train)
    if len(tests) < config.batch_tests:
        raise NotEnoughDataError(
            f"{len(tests)} tests are too few to train a reward model (at least {config.batch_tests})",
            fix="import more tests, or lower pairs.min_impressions in the recipe",
        )
    if valid.empty:
        raise NotEnoughDataError(
            "no validation pairs to calibrate with", fix="raise pairs.valid_share, or import more tests"
        )
    networks = []
    for k in range(members):
        place = folder / f"member-{k}"
        if (place / "reward.json").is_file():
            networks.append(RewardNetwork.load(place))
            advance(config.epochs * len(tests))
        else:
            networks.append(fit_member(tests, config, seed * 1000 + k, advance))
            networks[-1].save(place)
    model = RewardModel(networks)
    model.temperature = calibrate(model, valid)
    average = RewardModel([model.averaged()])
    average.temperature = calibrate(average, valid)
    average.members[0].save(folder / "average" / "member-0")
    average.save(folder / "average")
    model.save(folder)
    return model


def calibrate(model: RewardModel, valid: pd.DataFrame) -> float:
    """Temperature that fits the chances to the validation pairs' p_win."""
    contexts = [context_of(b, c) for b, c in zip(valid["brief"], valid["context"], strict=True)]
    difference, _ = model.against(list(valid["winner"]), list(valid["loser"]), contexts)
    temperature = fit_temperature(difference, valid["p_win"].to_numpy(), np.ones(len(valid)))
    return temperature if math.isfinite(temperature) and temperature > 0 else 1.0
