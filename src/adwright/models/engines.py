"""Engines that write: llama.cpp on this machine, transformers, or any OpenAI-compatible server.

All draw from the same distribution (temperature first, then min-p, arXiv 2407.01082) and use the
model's own chat template, so that what was trained is what is served.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch

from adwright.errors import EngineError
from adwright.models.cache import build_once, cache_folder
from adwright.models.embedded import writer_gguf, writer_target
from adwright.models.export import export_gguf
from adwright.models.loading import EMBEDDED, LoadedWriter, load_writer
from adwright.models.remote import OpenAIEngine
from adwright.models.sampling import sample, token_ids
from adwright.runs import hash_of

__all__ = ["Engine", "LlamaCppEngine", "TransformersEngine", "open_engine", "writer_for_llamacpp"]

Message = dict[str, str]
MOST_THREADS = 8
ROWS = 64
GREEDY = 1e-4
KEPT_EXPORTS = 6


@runtime_checkable
class Engine(Protocol):
    """What every engine does."""

    def generate(
        self,
        prompts: Sequence[list[Message]],
        n: int,
        *,
        max_tokens: int,
        temperature: float,
        min_p: float,
        seed: int,
    ) -> list[list[str]]:
        """Draw ``n`` raw texts for each prompt.

        Args:
            prompts: chats of ``{"role", "content"}``; the next assistant turn is written.
            n: texts a prompt, at least 1.
            max_tokens: a text is cut off here.
            temperature: of the sampling; 0 takes the likeliest token each time.
            min_p: tokens less likely than this share of the likeliest are not drawn; 0 allows all.
            seed: the same seed and prompts give the same texts; another seed gives fresh ones.

        Returns:
            [prompts][n] texts, as the model wrote them.

        Raises:
            EngineError: the engine failed; the message says why.
        """
        ...


class LlamaCppEngine:
    """llama.cpp in this process: slots that share batches, and one pass over a prompt for all its texts.

    Prompts are not kept from one call to the next: rounding would differ with what was cached, and
    with it the texts of a seed. Long prompts get longer and fewer slots, of the same memory.

    Args:
        gguf: the model.
        threads: by default ``OMP_NUM_THREADS``, else the cores that this process may use, at most 8.
        parallel: texts written at the same time.
        context: tokens of prompt and text together, for each of them.

    Raises:
        EngineError: llama.cpp cannot load the file.
    """

    def __init__(
        self, gguf: Path, threads: int | None = None, parallel: int = 32, context: int = 512
    ) -> None:
        if not Path(gguf).is_file():
            raise EngineError("no such GGUF file", where=str(gguf), fix="name a file that llama.cpp loads")
        self._gguf, self._threads = Path(gguf), threads or _threads()
        self._usual = (parallel, context)
        self._turn = (
            threading.Lock()
        )  # concurrent calls would mix their batches, and seeds lose their meaning
        self._open(parallel, context)

    def _open(self, parallel: int, context: int) -> None:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(self._gguf)
        params.n_parallel = parallel
        params.n_ctx = parallel * context
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = self._threads
        params.warmup = False
        params.fit_params = False
        params.cache_ram_mib = 0
        params.verbosity = -1
        self._server: Any = None  # one model in memory at a time
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise EngineError(
                f"llama.cpp cannot load this file: {error}",
                where=str(self._gguf),
                fix="make or download it again",
            ) from error
        self._parallel, self._context = parallel, context

    def _make_room(self, prompts: list[str], max_tokens: int) -> None:
        """Have slots that hold the longest prompt and its text; the same call always finds the same."""
        parallel, context = self._usual
        longest = max(
            (len(self._tokens(p)) for p in prompts if len(p.encode()) + max_tokens > context), default=0
        )
        while longest + max_tokens > context and parallel > 1:
            parallel, context = parallel // 2, context * 2
        if (parallel, context) != (self._parallel, self._context):
            self._open(parallel, context)

    def generate(
        self,
        prompts: Sequence[list[Message]],
        n: int,
        *,
        max_tokens: int,
        temperature: float,
        min_p: float,
        seed: int,
    ) -> list[list[str]]:
        """See ``Engine``. Raises EngineError if a prompt is longer than the context."""
        texts: list[list[str]] = [[] for _ in prompts]
        if not prompts:
            return texts
        with self._turn:
            rendered = [self._render(prompt) for prompt in prompts]
            self._make_room(rendered, max_tokens)
            for start in range(0, n, self._parallel):
                count = min(self._parallel, n - start)
                drawn = self._complete(rendered, count, max_tokens, temperature, min_p, _derived(seed, start))
                for row, text in enumerate(drawn):
                    texts[row // count].append(text)
        return texts

    def _complete(
        self, prompts: list[str], n: int, max_tokens: int, temperature: float, min_p: float, seed: int
    ) -> list[str]:
        # llama.cpp cuts by min-p before it divides by the temperature T. For logits l, min-p after T
        # keeps l / T >= max / T + log p, that is l >= max + log p^T: the cut before T by p^T.
        request = {
            "prompt": prompts,
            "n": n,
            "max_tokens": max_tokens,
            "temperature": temperature,
            "min_p": min_p**temperature if min_p > 0 else 0.0,
            "samplers": ["min_p", "temperature"],
            "seed": seed,
            "cache_prompt": False,
        }
        answer = self._server.handle_completions(request)
        if "error" in answer:
            raise EngineError(
                f"llama.cpp: {answer['error'].get('message', answer['error'])}",
                fix="shorten the brief or its excerpt",
            )
        return [str(choice["text"]) for choice in sorted(answer["choices"], key=lambda c: c["index"])]

    def _render(self, prompt: list[Message]) -> str:
        return str(self._ask("/apply-template", {"messages": prompt}, "prompt"))

    def _tokens(self, text: str) -> list[int]:
        return list(self._ask("/tokenize", {"content": text, "parse_special": True}, "tokens"))

    def _ask(self, path: str, body: dict[str, Any], key: str) -> Any:
        # Only the server's own loopback endpoint does this without generating.
        connection = http.client.HTTPConnection(
            self._server.listening_address.removeprefix("http://"), timeout=30
        )
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise EngineError(f"llama.cpp did not answer {path}: {error}", fix="try again") from error
        finally:
            connection.close()
        if key not in answer:
            raise EngineError(
                f"llama.cpp: {answer.get('error', answer)}", fix="give messages with role and content"
            )
        return answer[key]


class TransformersEngine:
    """A transformers model, on whatever device it is.

    Args:
        loaded: what writes.
    """

    def __init__(self, loaded: LoadedWriter) -> None:
        self._loaded = loaded

    def generate(
        self,
        prompts: Sequence[list[Message]],
        n: int,
        *,
        max_tokens: int,
        temperature: float,
        min_p: float,
        seed: int,
    ) -> list[list[str]]:
        """See ``Engine``."""
        tokenizer, ids = self._loaded.tokenizer, token_ids(self._loaded, prompts)
        generator = torch.Generator().manual_seed(_derived(seed, 0))
        texts: list[list[str]] = []
        step = max(1, ROWS // n)
        for start in range(0, len(ids), step):
            drawn = sample(
                self._loaded.model,
                ids[start : start + step],
                n,
                max_new_tokens=max_tokens,
                temperature=max(temperature, GREEDY),
                generator=generator,
                eos_ids=self._loaded.ends,
                min_p=min_p,
            )
            texts += [tokenizer.batch_decode(rows, skip_special_tokens=True) for rows in drawn]
        return texts


def open_engine(
    model: str, adapters: Sequence[Path] = (), url: str | None = None, *, dtype: str = "float32"
) -> Engine:
    """The fastest engine for a model.

    Args:
        model: "embedded" (llama.cpp), a folder or Hugging Face id (transformers, on a GPU if there is
            one), or the name by which the server at ``url`` knows it.
        adapters: peft folders, merged in this order; a server at ``url`` has its own.
        url: an OpenAI-compatible server.
        dtype: of the weights under transformers.

    Raises:
        ModelError: the model or an adapter cannot be loaded.
        EngineError: llama.cpp fails, or ``url`` is not one.
    """
    if url:
        return OpenAIEngine(url, model)
    if model == EMBEDDED:
        return LlamaCppEngine(writer_for_llamacpp(adapters))
    return TransformersEngine(load_writer(model, dtype, adapters))


def writer_for_llamacpp(adapters: Sequence[Path] = ()) -> Path:
    """The embedded writer, with adapters merged, as a GGUF file; made once for the same adapters.

    Raises:
        ModelError, DiskFullError: as ``load_writer`` and ``export_gguf``.
    """
    if not adapters:
        return writer_gguf()
    identity = [writer_target().name, *(hash_of(Path(adapter)) for adapter in adapters)]
    key = hashlib.sha256("\n".join(identity).encode()).hexdigest()[:20]
    target = cache_folder() / "exports" / f"{key}.gguf"
    build_once(target, lambda partial: _export(adapters, partial))
    os.utime(target)
    _forget_oldest(target.parent)
    return target


def _export(adapters: Sequence[Path], out: Path) -> None:
    export_gguf(load_writer(EMBEDDED, adapters=adapters).model, out)


def _forget_oldest(folder: Path) -> None:
    """Each export takes 145 MB; one that is needed again is made again."""
    by_use = sorted(folder.glob("*.gguf"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in by_use[KEPT_EXPORTS:]:
        path.unlink(missing_ok=True)


def _threads() -> int:
    set_by_user = os.environ.get("OMP_NUM_THREADS", "")
    if set_by_user.isdigit() and int(set_by_user) > 0:
        return int(set_by_user)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_THREADS)


def _derived(seed: int, start: int) -> int:
    """A seed for llama.cpp, which gives text i the seed plus i: neighbouring seeds must not overlap."""
    return int(np.random.SeedSequence([seed, start]).generate_state(1)[0]) & 0x7FFFFFFF
