"""What a training leaves behind: checkpoints, its log, its adapter."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from peft import PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

from adwright.config import LoraSettings
from adwright.training.checkpoints import last_checkpoint
from adwright.training.log import append_log, read_log, rewind_log
from adwright.training.settings import lora_config, on_one_gpu, save_adapter


def make_checkpoint(folder: Path, step: int, cut: str = "") -> Path:
    place = folder / f"checkpoint-{step}"
    place.mkdir(parents=True)
    (place / "trainer_state.json").write_text(json.dumps({"global_step": step}))
    for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth"):
        torch.save({"of": torch.arange(100)}, place / name)
    save_file({"w": torch.ones(4)}, place / "adapter_model.safetensors")
    if cut:
        data = (place / cut).read_bytes()
        (place / cut).write_bytes(data[: len(data) // 2])
    return place


@pytest.mark.parametrize(
    "cut",
    ["adapter_model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json"],
)
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(tmp_path: Path, cut: str) -> None:
    assert last_checkpoint(tmp_path / "none") is None
    good = make_checkpoint(tmp_path, 10)
    bad = make_checkpoint(tmp_path, 20, cut)
    assert last_checkpoint(tmp_path) == good
    assert not bad.exists()


def test_a_checkpoint_without_weights_is_not_whole(tmp_path: Path) -> None:
    (make_checkpoint(tmp_path, 10) / "adapter_model.safetensors").unlink()
    assert last_checkpoint(tmp_path) is None


def test_a_log_that_was_cut_off_goes_on_from_its_whole_lines(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    assert read_log(log) == []
    rewind_log(log, 3)
    for step in (1, 2, 3):
        append_log(log, {"step": step, "loss": 1 / step})
    log.write_text(log.read_text() + '{"step": 4, "lo')
    rewind_log(log, 2)
    append_log(log, {"step": 3, "loss": 0.5})
    assert read_log(log) == [{"step": 1, "loss": 1.0}, {"step": 2, "loss": 0.5}, {"step": 3, "loss": 0.5}]


def test_the_same_adapter_gives_the_same_files(tmp_path: Path) -> None:
    config = LlamaConfig(vocab_size=20, hidden_size=8, intermediate_size=8, num_hidden_layers=1,
                         num_attention_heads=2, num_key_value_heads=2)  # fmt: skip
    policy = get_peft_model(LlamaForCausalLM(config), lora_config(LoraSettings(r=2, alpha=2)))
    save_adapter(policy, tmp_path)
    named = json.loads((tmp_path / "adapter_config.json").read_text())["target_modules"]
    assert named == sorted(named)
    assert len(named) == 7
    PeftModel.from_pretrained(LlamaForCausalLM(config), tmp_path)


def test_a_process_of_its_own_takes_one_gpu_of_several() -> None:
    several = SimpleNamespace(n_gpu=4)
    assert on_one_gpu(several)._n_gpu == 1
    assert not hasattr(on_one_gpu(SimpleNamespace(n_gpu=1)), "_n_gpu")
