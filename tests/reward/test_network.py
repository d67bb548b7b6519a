"""A reward network on the disk: written, read, and found out when it is damaged."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from adwright.errors import ModelError
from adwright.reward import LinearReward, RewardNetwork, load_member

TEXTS = ["Bags that last", "Handmade leather bags from Florence"]
WEIGHTS, SETTINGS = "reward.safetensors", "reward.json"


@pytest.fixture(scope="module")
def network() -> RewardNetwork:
    made = RewardNetwork("embedded", use_context=True)
    torch.nn.init.normal_(made.head.weight)
    return made.eval()


@pytest.fixture
def folder(tmp_path: Path, network: RewardNetwork) -> Path:
    network.save(tmp_path / "member-0")
    return tmp_path / "member-0"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def without(path: Path, name: str) -> None:
    state = load_file(path)
    del state[name]
    save_file(state, path)


def reshaped(path: Path) -> None:
    state = load_file(path)
    state["head.weight"] = state["head.weight"][:, :-1].contiguous()
    save_file(state, path)


DAMAGE = {
    "weights cut off": lambda f: cut(f / WEIGHTS),
    "weights empty": lambda f: (f / WEIGHTS).write_bytes(b""),
    "weights of another kind": lambda f: (f / WEIGHTS).write_bytes(b"not weights" * 99),
    "weights missing": lambda f: (f / WEIGHTS).unlink(),
    "a folder for weights": lambda f: ((f / WEIGHTS).unlink(), (f / WEIGHTS).mkdir()),
    "a weight missing": lambda f: without(f / WEIGHTS, "head.bias"),
    "a weight of another shape": lambda f: reshaped(f / WEIGHTS),
    "settings missing": lambda f: (f / SETTINGS).unlink(),
    "settings cut off": lambda f: (f / SETTINGS).write_text("{"),
    "settings no text": lambda f: (f / SETTINGS).write_bytes(b"\xff\xfe\xff"),
    "settings without the encoder": lambda f: (f / SETTINGS).write_text('{"use_context": true}'),
    "settings that are a list": lambda f: (f / SETTINGS).write_text("[1]"),
}


def test_what_was_saved_is_read_again(folder: Path, network: RewardNetwork) -> None:
    again = RewardNetwork.load(folder)
    assert again.use_context
    assert not again.training
    assert again.score(TEXTS, ["", "bags"]) == pytest.approx(network.score(TEXTS, ["", "bags"]))
    assert not list(folder.glob("*.tmp"))


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_told_with_place_and_fix(folder: Path, kind: str) -> None:
    DAMAGE[kind](folder)
    with pytest.raises(ModelError, match="damaged") as caught:
        RewardNetwork.load(folder)
    assert caught.value.where == str(folder)
    assert "run the same command again" in caught.value.fix


def test_an_encoder_that_is_not_there_is_named(folder: Path) -> None:
    settings = json.loads((folder / SETTINGS).read_text())
    (folder / SETTINGS).write_text(json.dumps(settings | {"encoder": "nobody/nothing"}))
    with pytest.raises(ModelError, match="nobody/nothing"):
        RewardNetwork.load(folder)


def test_faults_of_ours_are_not_taken_for_damage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("adwright.reward.network.load_encoder", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        RewardNetwork.load(folder)


def test_a_linear_reward_is_read_again_and_known_from_a_network(folder: Path, tmp_path: Path) -> None:
    made = LinearReward(np.random.default_rng(0).normal(size=384 + 576))
    made.save(tmp_path / "linear")
    again = load_member(tmp_path / "linear")
    assert isinstance(again, LinearReward)
    assert again.score(TEXTS) == pytest.approx(made.score(TEXTS))
    assert isinstance(load_member(folder), RewardNetwork)
    assert not list((tmp_path / "linear").glob("*.tmp"))


@pytest.mark.parametrize("damage", ["weights", "settings", "width"])
def test_a_damaged_linear_reward_is_said(tmp_path: Path, damage: str) -> None:
    LinearReward(np.ones(5 if damage == "width" else 960)).save(tmp_path)
    if damage == "weights":
        cut(tmp_path / "linear.safetensors")
    if damage == "settings":
        (tmp_path / SETTINGS).write_text('{"encoder": "embedded"}')
    with pytest.raises(ModelError) as fault:
        load_member(tmp_path).score(TEXTS)
    assert fault.value.fix
