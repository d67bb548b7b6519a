from __future__ import annotations

import socket
from typing import Any

import pytest

from adwright.errors import EngineError
from adwright.models.remote import KEY_VARIABLE, OpenAIEngine

CHAT = [{"role": "user", "content": "Write a headline"}]
SETTINGS: dict[str, Any] = {"max_tokens": 8, "temperature": 0.9, "min_p": 0.05}
KEY = "sk-very-secret"


def completion(*texts: str) -> dict[str, Any]:
    return {
        "choices": [{"index": i, "message": {"role": "assistant", "content": t}} for i, t in enumerate(texts)]
    }


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def engine(scripted: Any, pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> OpenAIEngine:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    return OpenAIEngine(scripted.url, "writer-8b", timeout=5, pause=pauses.append)


def test_a_good_answer(scripted: Any, engine: OpenAIEngine) -> None:
    scripted.answers(200, completion("One", "Two"))
    assert engine.generate([CHAT], 2, **SETTINGS, seed=5) == [["One", "Two"]]
    (asked,) = scripted.asked
    assert asked["path"] == "/v1/chat/completions"
    assert asked["key"] == f"Bearer {KEY}"
    assert (asked["model"], asked["messages"], asked["n"]) == ("writer-8b", CHAT, 2)
    assert (asked["max_tokens"], asked["temperature"], asked["min_p"]) == (8, 0.9, 0.05)


def test_several_prompts_keep_their_order(scripted: Any, engine: OpenAIEngine) -> None:
    for _ in range(3):
        scripted.answers(200, completion("Same"))
    assert engine.generate([CHAT] * 3, 1, **SETTINGS, seed=0) == [["Same"]] * 3
    assert engine.generate([], 1, **SETTINGS, seed=0) == []


def test_a_server_that_gives_one_text_at_a_time_is_asked_again(scripted: Any, engine: OpenAIEngine) -> None:
    for text in ("One", "Two", "Three"):
        scripted.answers(200, completion(text))
    assert engine.generate([CHAT], 3, **SETTINGS, seed=0) == [["One", "Two", "Three"]]
    assert [asked["n"] for asked in scripted.asked] == [3, 2, 1]
    assert len({asked["seed"] for asked in scripted.asked}) == 3


def test_failures_of_the_server_are_tried_again(
    scripted: Any, engine: OpenAIEngine, pauses: list[float]
) -> None:
    scripted.answers(500, "oh")
    scripted.answers(429, "slowly", {"Retry-After": "3"})
    scripted.answers(200, completion("Good"))
    assert engine.generate([CHAT], 1, **SETTINGS, seed=0) == [["Good"]]
    assert pauses == [0.5, 3.0]


def test_a_server_that_stays_down_is_given_up(
    scripted: Any, engine: OpenAIEngine, pauses: list[float]
) -> None:
    for _ in range(4):
        scripted.answers(503, "down")
    with pytest.raises(EngineError, match=r"503.*4 attempts"):
        engine.generate([CHAT], 1, **SETTINGS, seed=0)
    assert pauses == [0.5, 1.0, 2.0]


def test_a_server_without_min_p_is_asked_without_it(scripted: Any, engine: OpenAIEngine) -> None:
    scripted.answers(400, {"error": {"message": "Unrecognized request argument: min_p"}})
    for _ in range(2):
        scripted.answers(200, completion("Good"))
    for _ in range(2):
        assert engine.generate([CHAT], 1, **SETTINGS, seed=0) == [["Good"]]
    assert ["min_p" in asked for asked in scripted.asked] == [True, False, False]


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, KEY_VARIABLE), (403, KEY_VARIABLE), (404, "model's name"), (400, "log"), (302, "redirects")],
)
def test_refusals_say_what_to_do_and_keep_the_key_secret(
    scripted: Any, engine: OpenAIEngine, status: int, advice: str
) -> None:
    scripted.answers(status, f"bad key {KEY}", {"Location": "http://127.0.0.1:9/elsewhere"})
    with pytest.raises(EngineError, match=advice) as caught:
        engine.generate([CHAT], 1, **SETTINGS, seed=0)
    assert KEY not in str(caught.value)
    assert str(status) in str(caught.value)
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<html>hello</html>", "not a chat completion"),
        ({"choices": "none"}, "not a chat completion"),
        ([1], "not a chat completion"),
        ({"choices": []}, "no text"),
        ({"choices": [{"message": {"content": None}}]}, "no text"),
    ],
)
def test_garbage_is_an_engine_error(scripted: Any, engine: OpenAIEngine, body: Any, message: str) -> None:
    scripted.answers(200, body)
    with pytest.raises(EngineError, match=message):
        engine.generate([CHAT], 1, **SETTINGS, seed=0)


def test_a_refused_connection(monkeypatch: pytest.MonkeyPatch, pauses: list[float]) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = OpenAIEngine(f"http://127.0.0.1:{port}", "m", pause=pauses.append)
    with pytest.raises(EngineError, match="no answer") as caught:
        engine.generate([CHAT], 1, **SETTINGS, seed=0)
    assert f"127.0.0.1:{port}/v1/chat/completions" in str(caught.value)
    assert len(pauses) == 3


@pytest.mark.parametrize(
    "url",
    ["ftp://host/v1", "file:///etc/passwd", "localhost:8000", "", "http://", "http://h:port/v1", "http://[::1/v1",
     "http://user:secret@host/v1", "https://host/v1?key=secret", "https://host/v1#part"],
)  # fmt: skip
def test_what_is_not_an_address(url: str) -> None:
    with pytest.raises(EngineError, match="address") as caught:
        OpenAIEngine(url, "m")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://h:1", "http://h:1/v1/chat/completions"),
        ("https://h/v1/", "https://h/v1/chat/completions"),
        ("https://h/api/v2", "https://h/api/v2/chat/completions"),
        ("https://h/v1/chat/completions", "https://h/v1/chat/completions"),
    ],
)
def test_the_base_of_the_address(url: str, endpoint: str) -> None:
    assert OpenAIEngine(url, "m")._url == endpoint


def test_a_key_is_cleared_of_line_breaks_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, f"{KEY}\r\n")
    assert OpenAIEngine("http://localhost:1", "m")._key == KEY
    monkeypatch.setenv(KEY_VARIABLE, f"{KEY}\nand more")
    with pytest.raises(EngineError, match=KEY_VARIABLE) as caught:
        OpenAIEngine("http://localhost:1", "m")
    assert KEY not in str(caught.value)
