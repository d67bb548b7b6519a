from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType, GGUFReader
from gguf.quants import dequantize
from hypothesis import given, settings
from hypothesis import strategies as st

from adwright.errors import ModelError
from adwright.models.engines import LlamaCppEngine, TransformersEngine, writer_for_llamacpp
from adwright.models.export import export_gguf, merge, to_rotary_order
from adwright.models.loading import load_writer

ASKED = [
    "Write a headline about sunscreen.",
    "Name three fruits.",
    "What is the capital of France?",
    "Rewrite: Big sale on shoes this weekend",
    "Give a short name for a bakery.",
]


def chats(questions: list[str]) -> list[list[dict[str, str]]]:
    return [[{"role": "user", "content": question}] for question in questions]


@settings(max_examples=25)
@given(heads=st.integers(1, 5), half=st.integers(1, 4), width=st.integers(1, 3))
def test_rotary_order_pairs_each_dimension_with_its_partner(heads: int, half: int, width: int) -> None:
    rows = np.arange(heads * half * 2 * width, dtype=np.float32).reshape(-1, width)
    ordered = to_rotary_order(rows, heads)
    for head in range(heads):
        for i in range(half):
            first = head * half * 2
            np.testing.assert_array_equal(ordered[first + 2 * i], rows[first + i])
            np.testing.assert_array_equal(ordered[first + 2 * i + 1], rows[first + i + half])


def test_export_keeps_the_tokenizer_and_the_weights(
    tiny_folder: Path, tiny_gguf: Path, tmp_path: Path
) -> None:
    out = export_gguf(tiny_folder, tmp_path / "out.gguf", like=tiny_gguf)
    written, original = GGUFReader(out), GGUFReader(tiny_gguf)
    assert written.fields.keys() - original.fields.keys() == set()
    for name, field in original.fields.items():
        if not name.startswith("GGUF."):
            assert written.fields[name].contents() == field.contents()
    tensors = {t.name: t for t in written.tensors}
    assert tensors["output_norm.weight"].tensor_type == GGMLQuantizationType.F32
    query = dequantize(tensors["blk.1.attn_q.weight"].data, tensors["blk.1.attn_q.weight"].tensor_type)
    state = load_writer(str(tiny_folder)).model.state_dict()
    merged = to_rotary_order(state["model.layers.1.self_attn.q_proj.weight"].numpy(), 4)
    np.testing.assert_allclose(query, merged, atol=0.01)


def test_llamacpp_continues_an_export_as_transformers_does(
    tiny_folder: Path, tiny_gguf: Path, tmp_path: Path, make_adapter: Any
) -> None:
    adapter = make_adapter(load_writer(str(tiny_folder)).model, "a", std=0.3)
    loaded = load_writer(str(tiny_folder), adapters=[adapter])
    out = export_gguf(loaded.model, tmp_path / "out.gguf", like=tiny_gguf)
    prompts = chats([f"advert {i}" for i in range(12)])
    settings = {"max_tokens": 4, "temperature": 0.0, "min_p": 0.0, "seed": 0}
    cpp = LlamaCppEngine(out, threads=1, parallel=4).generate(prompts, 1, **settings)
    torch_texts = TransformersEngine(loaded).generate(prompts, 1, **settings)
    base = TransformersEngine(load_writer(str(tiny_folder))).generate(prompts, 1, **settings)
    assert sum(a == b for a, b in zip(cpp, torch_texts, strict=True)) >= 9
    assert sum(a == b for a, b in zip(base, torch_texts, strict=True)) <= 6


@pytest.mark.slow
def test_the_real_writer_with_adapters_says_the_same_under_both_engines(
    make_adapter: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    adapter = make_adapter(load_writer("embedded").model, "a", std=0.003)
    # The converted writer stays where it is; only the export goes to a fresh cache.
    monkeypatch.setattr("adwright.models.engines.cache_folder", lambda: tmp_path)
    gguf = writer_for_llamacpp([adapter])
    assert writer_for_llamacpp([adapter]) == gguf
    settings = {"max_tokens": 5, "temperature": 0.0, "min_p": 0.0, "seed": 0}
    cpp = LlamaCppEngine(gguf, threads=1, parallel=4).generate(chats(ASKED), 1, **settings)
    engine = TransformersEngine(load_writer("embedded", adapters=[adapter]))
    torch_texts = engine.generate(chats(ASKED), 1, **settings)
    assert sum(a == b for a, b in zip(cpp, torch_texts, strict=True)) >= 3


def test_a_model_of_another_shape_is_refused(tiny_gguf: Path, tiny_folder: Path, tmp_path: Path) -> None:
    model = load_writer(str(tiny_folder)).model
    del model.model.layers[1]
    with pytest.raises(ModelError, match="not shaped as the GGUF file"):
        export_gguf(model, tmp_path / "out.gguf", like=tiny_gguf)
    assert not (tmp_path / "out.gguf").exists()


def test_merge_writes_a_folder_that_loads_as_the_merged_model(
    tiny_folder: Path, tmp_path: Path, make_adapter: Any
) -> None:
    first = make_adapter(load_writer(str(tiny_folder)).model, "first", seed=1)
    second = make_adapter(load_writer(str(tiny_folder), adapters=[first]).model, "second", seed=2)
    out = merge(str(tiny_folder), [first, second], tmp_path / "merged")
    ids = torch.tensor([[1, 20, 30]])
    expected = load_writer(str(tiny_folder), adapters=[first, second])
    plain = load_writer(str(tiny_folder))
    got = load_writer(str(out))
    torch.testing.assert_close(got.model(ids).logits, expected.model(ids).logits)
    assert not torch.allclose(got.model(ids).logits, plain.model(ids).logits, atol=1e-3)
    assert got.tokenizer.chat_template == expected.tokenizer.chat_template
