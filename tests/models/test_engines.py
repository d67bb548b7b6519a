from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch

from adwright.errors import EngineError
from adwright.models import engines
from adwright.models.embedded import writer_gguf
from adwright.models.engines import (
    Engine,
    LlamaCppEngine,
    TransformersEngine,
    open_engine,
    writer_for_llamacpp,
)
from adwright.models.loading import load_writer
from adwright.models.remote import OpenAIEngine

SETTINGS: dict[str, Any] = {"max_tokens": 6, "temperature": 0.9, "min_p": 0.05}
CHATS = [
    [
        {"role": "system", "content": "You rewrite ads."},
        {"role": "user", "content": "Rewrite: Big sale on shoes"},
    ],
    [{"role": "user", "content": "Größe 42 — “neu” 😀\n\n 1,299.00 €"}],
    [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello "},
        {"role": "user", "content": " don't I'LL 3rd"},
    ],
]


@pytest.fixture(scope="module")
def real() -> LlamaCppEngine:
    return LlamaCppEngine(writer_gguf(), threads=1, parallel=4)


@pytest.fixture(scope="module")
def tiny(tiny_gguf: Path) -> LlamaCppEngine:
    return LlamaCppEngine(tiny_gguf, threads=1, parallel=32)


@pytest.fixture(scope="module")
def tiny_torch(tiny_folder: Path) -> TransformersEngine:
    return TransformersEngine(load_writer(str(tiny_folder)))


def test_the_real_writer_writes_and_repeats_itself_for_a_seed(real: LlamaCppEngine) -> None:
    first = real.generate(CHATS[:1], 4, **SETTINGS, seed=3)
    assert [len(texts) for texts in first] == [4]
    assert all("<|im_" not in text for texts in first for text in texts)
    assert len(set(first[0])) > 1
    other = real.generate(CHATS[:1], 4, **SETTINGS, seed=4)
    assert other != first
    assert real.generate(CHATS[:1], 4, **SETTINGS, seed=3) == first


def test_llamacpp_reads_the_very_prompt_that_transformers_reads(real: LlamaCppEngine) -> None:
    tokenizer = load_writer("embedded").tokenizer
    for chat in CHATS:
        expected = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
        assert real._render(chat) == expected
        answer = real._server.handle_completions({"prompt": expected, "max_tokens": 1, "temperature": 0})
        assert answer["usage"]["prompt_tokens"] == len(
            tokenizer(expected, add_special_tokens=False)["input_ids"]
        )


def test_neighbouring_seeds_and_later_texts_share_no_randomness(tiny: LlamaCppEngine) -> None:
    drawn = tiny.generate(CHATS[:1], 64, max_tokens=8, temperature=3.0, min_p=0.0, seed=0)[0]
    again = tiny.generate(CHATS[:1], 64, max_tokens=8, temperature=3.0, min_p=0.0, seed=1)[0]
    assert len(drawn) == 64
    assert len({*drawn, *again}) > 120


def test_both_engines_draw_from_the_same_tokens(tiny: LlamaCppEngine, tiny_torch: TransformersEngine) -> None:
    loaded = tiny_torch._loaded
    prompt = loaded.tokenizer.apply_chat_template(CHATS[0], tokenize=False, add_generation_prompt=True)
    ids = torch.tensor([loaded.tokenizer(prompt, add_special_tokens=False)["input_ids"]])
    with torch.no_grad():
        chances = (loaded.model(ids).logits[0, -1] / 8.0).softmax(-1)
    allowed = {loaded.tokenizer.decode([i]) for i in (chances >= 0.28 * chances.max()).nonzero().flatten()}
    surely = {loaded.tokenizer.decode([i]) for i in (chances >= 0.36 * chances.max()).nonzero().flatten()}
    kinds = [
        set(engine.generate(CHATS[:1], 320, max_tokens=1, temperature=8.0, min_p=0.3, seed=0)[0])
        for engine in (tiny, tiny_torch)
    ]
    allowed.add("")  # the end mark
    readable = {text for text in allowed if text.isascii() and text.isprintable()}
    for drawn in kinds:
        assert {text for text in drawn if text.isascii() and text.isprintable()} <= readable
    assert len(surely) > 2
    assert kinds[0] & surely
    assert kinds[1] & surely


def test_transformers_engine_repeats_itself_and_cuts_the_end_mark(tiny_torch: TransformersEngine) -> None:
    first = tiny_torch.generate(CHATS, 30, **SETTINGS, seed=1)
    assert [len(texts) for texts in first] == [30, 30, 30]
    assert first == tiny_torch.generate(CHATS, 30, **SETTINGS, seed=1)
    assert first != tiny_torch.generate(CHATS, 30, **SETTINGS, seed=2)
    assert not any("<|im_end|>" in text for texts in first for text in texts)


def test_a_prompt_beyond_the_context_is_an_engine_error(tiny: LlamaCppEngine) -> None:
    long = [{"role": "user", "content": "word " * 600}]
    with pytest.raises(EngineError, match="context"):
        tiny.generate([long], 1, **SETTINGS, seed=0)
    assert tiny.generate([], 3, **SETTINGS, seed=0) == []


def test_a_chat_that_is_none_is_an_engine_error(tiny: LlamaCppEngine) -> None:
    with pytest.raises(EngineError, match="role"):
        tiny.generate([[{"text": "hello"}]], 1, **SETTINGS, seed=0)


def test_files_that_llamacpp_cannot_load(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no such GGUF"):
        LlamaCppEngine(tmp_path / "none.gguf")
    (tmp_path / "bad.gguf").write_bytes(b"GGUFgarbage")
    with pytest.raises(EngineError, match="cannot load"):
        LlamaCppEngine(tmp_path / "bad.gguf")


def test_a_long_prompt_gets_the_room_it_takes_and_short_ones_write_as_before(real: LlamaCppEngine) -> None:
    before = real.generate(CHATS[:1], 4, **SETTINGS, seed=3)
    facts = "佛罗伦萨的皮包由手工制作，三十天内可以免费退货。" * 14
    long = real.generate([[{"role": "user", "content": facts}]], 4, **SETTINGS, seed=3)
    assert [bool(text) for text in long[0]] == [True] * 4
    assert real.generate(CHATS[:1], 4, **SETTINGS, seed=3) == before
    with pytest.raises(EngineError, match="shorten"):
        real.generate([[{"role": "user", "content": facts * 4}]], 1, **SETTINGS, seed=3)


def test_each_model_gets_its_engine(tiny_folder: Path) -> None:
    embedded = open_engine("embedded")
    folder = open_engine(str(tiny_folder))
    remote = open_engine("some-model", url="http://localhost:1/v1")
    assert isinstance(embedded, LlamaCppEngine)
    assert isinstance(folder, TransformersEngine)
    assert isinstance(remote, OpenAIEngine)
    assert all(isinstance(engine, Engine) for engine in (embedded, folder, remote))


def test_exports_are_kept_by_their_adapters_and_the_oldest_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = []
    monkeypatch.setattr(engines, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(engines, "_export", lambda adapters, out: (made.append(adapters), out.touch()))
    adapters = [tmp_path / f"adapter{i}" for i in range(8)]
    for i, adapter in enumerate(adapters):
        adapter.mkdir()
        (adapter / "weights").write_text(str(i))
    assert writer_for_llamacpp() == writer_gguf()
    assert writer_for_llamacpp(adapters[:2]) == writer_for_llamacpp(adapters[:2])
    assert len(made) == 1
    assert writer_for_llamacpp(adapters[1::-1]) != writer_for_llamacpp(adapters[:2])
    for age, adapter in enumerate(reversed(adapters)):
        os.utime(writer_for_llamacpp([adapter]), (1000 - age, 1000 - age))
    kept = writer_for_llamacpp(adapters[:2])
    assert kept.exists()
    assert len(list((tmp_path / "exports").glob("*.gguf"))) == engines.KEPT_EXPORTS


@pytest.mark.parametrize(("stated", "expected"), [("3", 3), ("0", None), ("many", None), ("", None)])
def test_threads_follow_the_environment(
    monkeypatch: pytest.MonkeyPatch, stated: str, expected: int | None
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", stated)
    assert engines._threads() == (expected or min(len(os.sched_getaffinity(0)), engines.MOST_THREADS))
