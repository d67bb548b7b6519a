"""Reward models: Bradley–Terry networks on a sentence encoder, a linear one, and the independent judge.

All texts of a test are encoded once and every pair among them enters the loss, so that a test of six
texts costs six passes for its fifteen pairs. A pair's target is the probability that the winner truly
is (empirical Bayes), which weighs it by confidence: a pair of even chances pulls towards even.

Fine-tuning a small encoder on a thousand tests forgets as well as it learns: beside the networks stands a
linear reward on frozen representations, fitted by ridge regression. On Upworthy's training stories (four
folds) it is as good as a network on all pairs and better on significant ones, and both together are
better than either.

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
from scipy.optimize import minimize
from scipy.special import expit
from torch.nn import functional as F

from adwright.config import RewardConfig
from adwright.errors import NotEnoughDataError
from adwright.models import autocast
from adwright.reward import (
    LinearReward,
    Member,
    RewardModel,
    RewardNetwork,
    context_of,
    features,
    load_member,
)
from adwright.stats import fit_temperature

__all__ = ["RewardTest", "bradley_terry_loss", "fit_ensemble", "fit_linear", "fit_network", "reward_tests"]

Advance = Callable[..., None]
RIDGE = 20.0
"""Penalty on half the squared weights of the linear reward, for blocks of features of unit variance; by
cross-validation on Upworthy's training stories, where 8 to 50 differ little."""
SCALED_BY = 96
"""Training tests that say how large a member's differences are."""


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


def fit_network(
    tests: Sequence[RewardTest], config: RewardConfig, seed: int, advance: Advance
) -> RewardNetwork:
    """Train one network; networks differ by dropout and by the order of the tests (arXiv 1612.01474)."""
    network = RewardNetwork(config.encoder, use_context=config.use_context, seed=seed)
    network.train()
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


def fit_linear(tests: Sequence[RewardTest], config: RewardConfig) -> LinearReward:
    """The linear reward of least penalised loss, the networks' loss on frozen features: it is convex.

    Raises:
        ModelError: the encoder or the reader cannot be loaded.
    """
    texts = list(dict.fromkeys(text for test in tests for text in test.texts))
    place = {text: i for i, text in enumerate(texts)}
    blocks = features(texts, config.encoder, config.reader)
    scale = np.concatenate([1.0 / ((b.std(0) + 1e-6) * math.sqrt(b.shape[1])) for b in blocks])
    own = np.concatenate(blocks, axis=1) * scale
    first = np.array([place[test.texts[i]] for test in tests for i in test.first])
    second = np.array([place[test.texts[i]] for test in tests for i in test.second])
    p_first = np.concatenate([test.p_first for test in tests])
    weight = np.concatenate([np.full(len(test.p_first), 2.0 / len(test.texts)) for test in tests])

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        scores = own @ w
        logits = scores[first] - scores[second]
        cross_entropy = float(weight @ (np.logaddexp(0.0, logits) - p_first * logits))
        slope = weight * (expit(logits) - p_first)
        by_text = np.bincount(first, slope, len(own)) - np.bincount(second, slope, len(own))
        return cross_entropy + RIDGE / 2 * float(w @ w), own.T @ by_text + RIDGE * w

    found = minimize(loss, np.zeros(own.shape[1]), jac=True, method="L-BFGS-B").x
    return LinearReward(found * scale, config.encoder, config.reader)


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
    networks: int,
    seed: int,
    folder: Path,
    advance: Advance,
) -> RewardModel:
    """Train so many networks and a linear reward, each saved when done (a cut-off run keeps them).

    Their scores are brought to one scale by the training pairs, and calibrated on ``valid``.

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
    members: list[Member] = []
    for k in range(networks + 1):
        place = folder / f"member-{k}"
        if (place / "reward.json").is_file():
            members.append(load_member(place))
            advance(config.epochs * len(tests) if k < networks else len(tests))
            continue
        if k < networks:
            members.append(fit_network(tests, config, seed * 1000 + k, advance))
        else:
            members.append(fit_linear(tests, config))
            advance(len(tests))
        members[-1].save(place)
    model = RewardModel(members, scales=_scales(members, tests[:SCALED_BY]))
    model.temperature = calibrate(model, valid)
    average = RewardModel([model.averaged()])
    average.temperature = calibrate(average, valid)
    average.members[0].save(folder / "average" / "member-0")
    average.save(folder / "average")
    model.save(folder)
    return model


def _scales(members: Sequence[Member], tests: Sequence[RewardTest]) -> tuple[float, ...]:
    """For each member the standard deviation of its score within tests."""
    texts = [text for test in tests for text in test.texts]
    contexts = [test.context for test in tests for _ in test.texts]
    cuts = np.cumsum([len(test.texts) for test in tests])[:-1]
    scales = []
    for member in members:
        within = [own - own.mean() for own in np.split(member.score(texts, contexts), cuts)]
        scales.append(float(np.concatenate(within).std()) or 1.0)
    return tuple(scales)


def calibrate(model: RewardModel, valid: pd.DataFrame) -> float:
    """Temperature that fits the chances to the validation pairs' p_win."""
    contexts = [context_of(b, c) for b, c in zip(valid["brief"], valid["context"], strict=True)]
    difference, _ = model.against(list(valid["winner"]), list(valid["loser"]), contexts)
    temperature = fit_temperature(difference, valid["p_win"].to_numpy(), np.ones(len(valid)))
    return temperature if math.isfinite(temperature) and temperature > 0 else 1.0
