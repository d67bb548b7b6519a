"""Text from any server that speaks OpenAI's chat completions: vLLM, llama-server, a hosted model.

What is left out: streaming, tools. Redirects are refused, so that the key goes to the named host alone.
"""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from adwright.errors import EngineError

__all__ = ["KEY_VARIABLE", "OpenAIEngine"]

KEY_VARIABLE = "ADWRIGHT_API_KEY"
ATTEMPTS = 4
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 20.0
AT_ONCE = 8
WORTH_A_RETRY = {408, 409, 425, 429, 500, 502, 503, 504, 529}


class OpenAIEngine:
    """An OpenAI-compatible server.

    Args:
        url: its base, http or https ("http://localhost:8000/v1"); "/v1" is added where there is no path.
        model: the name by which it knows the model.
        timeout: seconds to wait for one answer.
        pause: called with the seconds between attempts.

    The key, if the server wants one, is taken from the environment variable ``ADWRIGHT_API_KEY`` and
    appears in no message.

    Raises:
        EngineError: ``url`` is not such an address, or the key cannot be one.
    """

    def __init__(
        self, url: str, model: str, *, timeout: float = 120.0, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._url, self._model = _endpoint(url), model
        self._timeout, self._pause = timeout, pause
        self._key = _key()
        self._opener = urllib.request.build_opener(_NoRedirects())
        self._knows_min_p = True

    def generate(
        self,
        prompts: Sequence[list[dict[str, str]]],
        n: int,
        *,
        max_tokens: int,
        temperature: float,
        min_p: float,
        seed: int,
    ) -> list[list[str]]:
        """See ``Engine``. A server without min-p is asked without it; one that gives too few, again."""
        settings = {
            "max_tokens": max_tokens,
            "temperature": temperature,
            **({"min_p": min_p} if min_p > 0 else {}),
        }
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            waiting = [pool.submit(self._draw, prompt, n, settings, seed) for prompt in prompts]
            return [answer.result() for answer in waiting]

    def _draw(self, prompt: list[dict[str, str]], n: int, settings: dict[str, Any], seed: int) -> list[str]:
        texts: list[str] = []
        while len(texts) < n:
            body = {
                "model": self._model,
                "messages": prompt,
                "n": n - len(texts),
                "seed": seed * 10_007 + len(texts),
                **settings,
            }
            texts += _texts(self._ask(body), self._url)
        return texts[:n]

    def _ask(self, body: dict[str, Any]) -> bytes:
        failure = ""
        for attempt in range(ATTEMPTS):
            if not self._knows_min_p:
                body.pop("min_p", None)
            wait = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
            try:
                return self._post(body)
            except urllib.error.HTTPError as error:
                failure, said = self._failure(error)
                if error.code in {400, 422} and "min_p" in said and "min_p" in body:
                    self._knows_min_p, wait = False, 0.0
                elif error.code not in WORTH_A_RETRY:
                    raise EngineError(failure, where=self._url, fix=_advice(error.code)) from None
                wait = _asked_to_wait(error) or wait
            except (OSError, http.client.HTTPException) as error:  # URLError and timeouts are OSErrors
                failure = f"no answer: {getattr(error, 'reason', '') or error or type(error).__name__}"
            if attempt < ATTEMPTS - 1:
                self._pause(wait)
        raise EngineError(
            f"{failure} ({ATTEMPTS} attempts)",
            where=self._url,
            fix="see that the server is up, and the address right",
        )

    def _post(self, body: dict[str, Any]) -> bytes:
        headers = {
            "Content-Type": "application/json",
            **({"Authorization": f"Bearer {self._key}"} if self._key else {}),
        }
        request = urllib.request.Request(self._url, json.dumps(body).encode(), headers)
        with self._opener.open(request, timeout=self._timeout) as answer:
            return bytes(answer.read())

    def _failure(self, error: urllib.error.HTTPError) -> tuple[str, str]:
        said = error.read(4000).decode("utf-8", "replace")
        if self._key:
            said = said.replace(self._key, "***")
        return f"the server answered {error.code} {error.reason}: {' '.join(said.split())[:200]}", said


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _key() -> str:
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise EngineError(
            f"{KEY_VARIABLE} holds characters that no key has", fix="set it again, without line breaks"
        )
    return key


def _endpoint(url: str) -> str:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises on a port that is no number
    except ValueError as error:
        raise EngineError(
            f"not an address: {error}", fix="give one such as http://localhost:8000/v1"
        ) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise EngineError(
            f"not an http or https address: {url!r}", fix="give one such as http://localhost:8000/v1"
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise EngineError(
            "an address with a user, password, query or fragment",
            where=parts.hostname,
            fix=f"put the key into {KEY_VARIABLE}",
        )
    path = parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    return f"{parts.scheme}://{parts.netloc}{path}/chat/completions"


def _texts(answer: bytes, url: str) -> list[str]:
    try:
        choices = json.loads(answer)["choices"]
        texts = [choice["message"]["content"] for choice in choices]
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(
            "the answer is not a chat completion",
            where=url,
            fix="give the address of an OpenAI-compatible server",
        ) from error
    if not texts or not all(isinstance(text, str) for text in texts):
        raise EngineError(
            "the answer holds no text", where=url, fix="see the server's log; is the model a chat model?"
        )
    return texts


def _asked_to_wait(error: urllib.error.HTTPError) -> float:
    asked = error.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_PAUSE) if asked.isdigit() else 0.0


def _advice(code: int) -> str:
    if code in {401, 403}:
        return f"set {KEY_VARIABLE} to a key that this server accepts"
    if code == 404:
        return "check the address and the model's name"
    if 300 <= code < 400:
        return "give the address that it redirects to"
    return "see the server's log"
