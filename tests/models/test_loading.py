from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from adwright.errors import ModelError
from adwright.models.embedded import encoder_folder
from adwright.models.embedding import embed, read
from adwright.models.loading import load_encoder, load_reader, load_writer, resolve_writer
from adwright.models.quietness import quiet

TEXTS = [
    "10 reasons to wear sunscreen",
    "",
    "Fresh bread, baked at six each morning, is waiting for you around the corner.",
    "word " * 400,
    "10 reasons to wear sunscreen",
    "Größe zählt — 靴 😀",
]


@pytest.fixture
def copied(tiny_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_folder, tmp_path / "copy"))


def test_embeddings_are_those_of_sentence_transformers() -> None:
    library = pytest.importorskip("sentence_transformers")
    quiet()
    expected = library.SentenceTransformer(str(encoder_folder()), device="cpu").encode(
        TEXTS, show_progress_bar=False
    )
    for batch in (1, 2, 128):
        got = embed(TEXTS, batch=batch)
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, expected, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(got, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_an_empty_matrix() -> None:
    assert embed([]).shape == (0, 384)


def test_reading_is_the_mean_state_at_two_thirds_of_the_depth() -> None:
    whole = load_writer("embedded")
    depth = load_reader()[0].config.num_hidden_layers
    assert depth == round(whole.model.config.num_hidden_layers * 2 / 3) == 20
    texts = [text for text in TEXTS if text]
    for text, own in zip(texts, read(texts, batch=2), strict=True):
        ids = whole.tokenizer(text, return_tensors="pt")["input_ids"]
        with torch.no_grad():
            decoder = whole.model.model
            state = decoder(ids, output_hidden_states=True).hidden_states[depth]
            expected = decoder.norm(state)[0].mean(0).numpy()
        cosine = float(own @ expected / np.linalg.norm(own) / np.linalg.norm(expected))
        assert cosine > 0.999


def test_a_text_without_tokens_reads_as_nothing(tiny_folder: Path) -> None:
    got = read(["", "a bag"], str(tiny_folder))
    assert not got[0].any()
    assert got[1].any()
    assert read(["", ""], str(tiny_folder)).shape == got.shape


def test_the_encoder_is_cut_where_sentence_transformers_cuts() -> None:
    network, tokenizer = load_encoder()
    assert tokenizer.model_max_length == 256
    assert not network.training


def test_an_encoder_without_a_stated_limit_uses_the_tokenizers(tmp_path: Path) -> None:
    folder = tmp_path / "encoder"
    folder.mkdir()
    for file in encoder_folder().iterdir():
        if file.is_file() and file.name != "sentence_bert_config.json":
            (folder / file.name).symlink_to(file)
    assert load_encoder(str(folder))[1].model_max_length == 512
    (folder / "sentence_bert_config.json").write_text("{")
    with pytest.raises(ModelError, match=r"corrupted checkpoint"):
        load_encoder(str(folder))


def test_a_folder_and_an_id_resolve_to_themselves(tiny_folder: Path) -> None:
    assert resolve_writer(str(tiny_folder)) == str(tiny_folder)
    assert resolve_writer("someone/some-model") == "someone/some-model"
    assert Path(resolve_writer("embedded")).is_dir()


@pytest.mark.parametrize("model", ["./nowhere", "/not/there", "a/b/c", "", "~/model"])
def test_a_missing_folder_is_named(model: str) -> None:
    with pytest.raises(ModelError, match="adwright models list"):
        resolve_writer(model)


def test_an_unknown_id_suggests_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError, match="adwright models list") as caught:
        load_writer("nobody/no-such-model")
    assert "adwright models pull nobody/no-such-model" in str(caught.value)


def test_dtype_and_padding(tiny_folder: Path) -> None:
    loaded = load_writer(str(tiny_folder), "bfloat16")
    assert loaded.model.dtype == torch.bfloat16
    assert not loaded.model.training
    assert loaded.name == str(tiny_folder)
    tokens = loaded.tokenizer(["a", "abc"], padding=True)
    assert tokens["attention_mask"][0][0] == 0


def test_a_missing_pad_token_is_set(copied: Path) -> None:
    stated = json.loads((copied / "tokenizer_config.json").read_text())
    del stated["pad_token"]
    (copied / "tokenizer_config.json").write_text(json.dumps(stated))
    assert load_writer(str(copied)).tokenizer.pad_token == "<|im_end|>"


def test_a_model_that_cannot_chat_is_refused(copied: Path) -> None:
    (copied / "chat_template.jinja").unlink()
    with pytest.raises(ModelError, match="chat template"):
        load_writer(str(copied))


def test_where_the_template_knows_no_system_its_line_leads_the_first_turn(copied: Path) -> None:
    refusing = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    template = copied / "chat_template.jinja"
    template.write_text(refusing + template.read_text())
    tokenizer = load_writer(str(copied)).tokenizer
    chat = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Yes?"},
        {"role": "user", "content": "More"},
    ]
    merged = [{"role": "user", "content": "Be brief.\n\nHi"}, *chat[2:]]
    render = tokenizer.apply_chat_template
    assert render(chat, tokenize=False) == render(merged, tokenize=False)
    assert "system" not in render(chat, tokenize=False)


def test_layers_that_carry_a_state_are_refused_before_any_work(copied: Path) -> None:
    config = json.loads((copied / "config.json").read_text())
    hybrid = {"model_type": "qwen3_next", "layer_types": ["linear_attention", "full_attention"]}
    (copied / "config.json").write_text(json.dumps(config | hybrid))
    with pytest.raises(ModelError, match="linear_attention"):
        load_writer(str(copied))


def test_a_text_ends_where_tokenizer_or_model_say(tiny_folder: Path) -> None:
    loaded = load_writer(str(tiny_folder))
    own = loaded.tokenizer.eos_token_id
    for stated, expected in ((None, {own}), (5, {own, 5}), ([own, 7, 5], {own, 5, 7})):
        loaded.model.generation_config.eos_token_id = stated
        assert set(loaded.ends) == expected


def test_adapters_are_merged_one_after_the_other(tiny_folder: Path, make_adapter: Any) -> None:
    base = load_writer(str(tiny_folder)).model
    first = make_adapter(base, "first", seed=1)
    second = make_adapter(base, "second", seed=2)
    name = "model.layers.0.self_attn.q_proj.weight"
    expected = load_writer(str(tiny_folder)).model.state_dict()[name].clone()
    for adapter in (first, second):
        factors = load_file(adapter / "adapter_model.safetensors")
        stem = "base_model.model.model.layers.0.self_attn.q_proj"
        expected += 2.0 * factors[f"{stem}.lora_B.weight"] @ factors[f"{stem}.lora_A.weight"]
    merged = load_writer(str(tiny_folder), adapters=[first, second]).model
    torch.testing.assert_close(merged.state_dict()[name], expected)
    assert not [n for n, _ in merged.named_parameters() if "lora" in n]
    # In bfloat16 the merge happens before the rounding.
    rounded = load_writer(str(tiny_folder), "bfloat16", [first, second]).model.state_dict()[name]
    torch.testing.assert_close(rounded, expected.to(torch.bfloat16))


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def drop_a_weight(path: Path) -> None:
    weights = load_file(path)
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, path, metadata={"format": "pt"})


def break_text(path: Path) -> None:
    path.write_text("{ not json")


@pytest.mark.parametrize(
    ("file", "damage", "message"),
    [
        ("model.safetensors", truncate, "corrupted checkpoint"),
        ("model.safetensors", drop_a_weight, r"corrupted checkpoint: 1 weights are missing.*up_proj"),
        ("model.safetensors", Path.unlink, "no safetensors"),
        ("config.json", break_text, "not a model that transformers can load"),
        ("config.json", Path.unlink, "no config.json"),
        ("tokenizer.json", break_text, "not a model that transformers can load"),
    ],
)
def test_damaged_models_are_refused(copied: Path, file: str, damage: Any, message: str) -> None:
    damage(copied / file)
    with pytest.raises(ModelError, match=message) as caught:
        load_writer(str(copied))
    assert str(copied) in str(caught.value)


def test_pickled_weights_are_not_read(copied: Path) -> None:
    weights = load_file(copied / "model.safetensors")
    torch.save(weights, copied / "pytorch_model.bin")
    (copied / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="no safetensors"):
        load_writer(str(copied))


def test_code_that_comes_with_a_model_is_not_run(copied: Path) -> None:
    stated = json.loads((copied / "config.json").read_text())
    stated |= {
        "model_type": "strange",
        "auto_map": {"AutoConfig": "code.C", "AutoModelForCausalLM": "code.M"},
    }
    (copied / "config.json").write_text(json.dumps(stated))
    (copied / "code.py").write_text(f"open({str(copied / 'ran')!r}, 'w')\n")
    with pytest.raises(ModelError):
        load_writer(str(copied))
    assert not (copied / "ran").exists()


@pytest.mark.parametrize(
    ("file", "damage", "message"),
    [
        ("adapter_model.safetensors", truncate, "corrupted checkpoint"),
        ("adapter_model.safetensors", Path.unlink, "not a peft adapter"),
        ("adapter_config.json", break_text, "corrupted checkpoint"),
        ("adapter_config.json", lambda path: path.write_text('{"peft_type": "STRANGE"}'), "cannot be put on"),
    ],
)
def test_damaged_adapters_are_refused(
    tiny_folder: Path, make_adapter: Any, file: str, damage: Any, message: str
) -> None:
    adapter = make_adapter(load_writer(str(tiny_folder)).model, "a")
    damage(adapter / file)
    with pytest.raises(ModelError, match=message) as caught:
        load_writer(str(tiny_folder), adapters=[adapter])
    assert str(adapter) in str(caught.value)


def test_an_adapter_of_another_model_is_refused(tiny_folder: Path, make_adapter: Any) -> None:
    adapter = make_adapter(load_writer("embedded").model, "a")
    with pytest.raises(ModelError, match="an adapter for another model"):
        load_writer(str(tiny_folder), adapters=[adapter])
    deeper = make_adapter(load_writer(str(tiny_folder)).model, "deeper")
    factors = load_file(deeper / "adapter_model.safetensors")
    renamed = {key.replace("layers.1", "layers.9"): value for key, value in factors.items()}
    save_file(renamed, deeper / "adapter_model.safetensors")
    with pytest.raises(ModelError, match="has no such layer"):
        load_writer(str(tiny_folder), adapters=[deeper])
