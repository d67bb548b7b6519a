"""Loading writers and encoders with transformers, and embedding texts.

Only safetensors are read, and no code that comes with a model is ever run. What is damaged or does
not fit is refused with its reason before transformers fills the gap with random numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from peft import PeftModel
from safetensors import SafetensorError, safe_open
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer

from adwright.errors import ModelError
from adwright.models.embedded import encoder_folder, writer_folder
from adwright.models.quietness import quiet

__all__ = ["EMBEDDED", "LoadedWriter", "embed", "load_encoder", "load_writer", "resolve_writer"]

EMBEDDED = "embedded"
LONGEST = 512
ADAPTER = "adapter_model.safetensors"


@dataclass(frozen=True)
class LoadedWriter:
    """A causal language model, ready to generate or to be trained.

    Attributes:
        model: in eval mode, on the GPU if there is one; adapters, if any, are merged into its weights.
        tokenizer: pads on the left; its pad token is set.
        name: as the user named the model.
    """

    model: Any
    tokenizer: Any
    name: str


def resolve_writer(model: str) -> str:
    """What transformers is to load for ``model``: a folder, or a Hugging Face id as it is.

    Raises:
        ModelError: the embedded writer is not installed, or a folder is named that is not there.
    """
    return str(writer_folder()) if model == EMBEDDED else _folder_or_id(model)


def load_writer(model: str, dtype: str = "float32", adapters: Sequence[Path] = ()) -> LoadedWriter:
    """Load a writer; merge peft adapters into it, one after the other.

    Args:
        model: "embedded", a folder, or a Hugging Face id.
        dtype: "float32" or "bfloat16"; adapters are merged in float32 before the cast.
        adapters: peft folders, in the order in which they were trained.

    Raises:
        ModelError: unknown model, damaged files, or an adapter that was made for another model.
    """
    quiet()
    place = resolve_writer(model)
    first = torch.float32 if adapters else getattr(torch, dtype)
    network = _from_pretrained(AutoModelForCausalLM, place, dtype=first)
    for adapter in adapters:
        network = _merged(network, Path(adapter))
    tokenizer = _tokenizer(place)
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    device = "cuda" if torch.cuda.is_available() else "cpu"
    return LoadedWriter(network.to(device, getattr(torch, dtype)).eval(), tokenizer, model)


def load_encoder(model: str = EMBEDDED) -> tuple[Any, Any]:
    """A sentence encoder and its tokenizer, the encoder in eval mode and float32.

    Raises:
        ModelError: unknown model or damaged files.
    """
    quiet()
    place = str(encoder_folder()) if model == EMBEDDED else _folder_or_id(model)
    network = _from_pretrained(AutoModel, place, dtype=torch.float32)
    tokenizer = _tokenizer(place)
    tokenizer.model_max_length = _limit(place, tokenizer)
    return network.eval(), tokenizer


@torch.no_grad()
def embed(texts: Sequence[str], encoder: str = EMBEDDED, batch: int = 128) -> NDArray[np.float32]:
    """Sentence embeddings: the mean over a text's tokens, then unit length.

    As sentence-transformers does it for the embedded encoder (arXiv 1908.10084). What is left out:
    other ways of pooling; an encoder made for them still gives the mean.

    Args:
        texts: n texts; what is longer than the encoder can read is cut off.
        encoder: "embedded", a folder, or a Hugging Face id.
        batch: texts in a forward pass; texts of like length go together.

    Returns:
        [n, d], float32, rows of unit norm.

    Raises:
        ModelError: unknown encoder or damaged files.
    """
    network, tokenizer = _encoder(encoder)
    out = np.zeros((len(texts), network.config.hidden_size), dtype=np.float32)
    if not len(texts):
        return out
    ids = tokenizer(list(texts), truncation=True, padding=False, return_attention_mask=False)["input_ids"]
    lengths = np.array([len(row) for row in ids])
    order = np.argsort(-lengths, kind="stable")
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        tokens = np.full((len(rows), lengths[rows[0]]), tokenizer.pad_token_id or 0, dtype=np.int64)
        for place, row in enumerate(rows):
            tokens[place, : lengths[row]] = ids[row]
        mask = torch.from_numpy((np.arange(tokens.shape[1]) < lengths[rows, None]).astype(np.int64))
        hidden = network(input_ids=torch.from_numpy(tokens), attention_mask=mask).last_hidden_state
        weights = mask[:, :, None].to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        out[rows] = torch.nn.functional.normalize(mean, dim=1).numpy()
    return out


@lru_cache(maxsize=2)
def _encoder(model: str) -> tuple[Any, Any]:
    return load_encoder(model)


def _limit(place: str, tokenizer: Any) -> int:
    """Longest text in tokens: what sentence-transformers would cut at, else what the tokenizer says."""
    try:
        stated = json.loads((Path(place) / "sentence_bert_config.json").read_text(encoding="utf-8"))
        limit = stated.get("max_seq_length")
    except FileNotFoundError:
        limit = None
    except (json.JSONDecodeError, AttributeError) as error:
        raise _corrupted(Path(place) / "sentence_bert_config.json", error) from error
    return int(limit or min(tokenizer.model_max_length, LONGEST))


def _folder_or_id(model: str) -> str:
    if model.strip() and Path(model).is_dir():
        return model
    looks_like_path = model.startswith((".", "/", "~")) or model.count("/") > 1 or Path(model).exists()
    if looks_like_path or not model.strip():
        raise ModelError(
            f"no model folder at {model!r}",
            fix="name a folder, a Hugging Face id, or 'embedded'; see 'adwright models list'",
        )
    return model


def _from_pretrained(kind: Any, place: str, dtype: torch.dtype) -> Any:
    local = Path(place).is_dir()
    if local:
        _check_folder(Path(place))
    try:
        network, report = kind.from_pretrained(
            place,
            dtype=dtype,
            use_safetensors=True,
            local_files_only=local,
            trust_remote_code=False,
            output_loading_info=True,
        )
    except SafetensorError as error:
        raise _corrupted(Path(place), error) from error
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise _unloadable(place, local, error) from error
    # The pooler of BERT, which sentence encoders lack and nothing here reads, may be missing.
    missing = sorted(name for name in report["missing_keys"] if "pooler." not in name)
    if missing:
        raise _corrupted(Path(place), f"{len(missing)} weights are missing, the first is {missing[0]}")
    return network


def _tokenizer(place: str) -> Any:
    local = Path(place).is_dir()
    try:
        return AutoTokenizer.from_pretrained(place, local_files_only=local, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise _unloadable(place, local, error) from error


def _check_folder(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise ModelError(
            "no config.json in this model folder",
            where=str(folder),
            fix="name a folder saved by transformers",
        )
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise ModelError(
            "no safetensors in this model folder",
            where=str(folder),
            fix="save the model with safe_serialization=True",
        )
    for file in files:
        _shapes(file)


def _shapes(file: Path) -> dict[str, list[int]]:
    """Name and shape of each tensor; opening compares the header with the file's size."""
    try:
        with safe_open(file, "pt") as opened:
            return {name: opened.get_slice(name).get_shape() for name in opened.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise _corrupted(file, error) from error


def _merged(network: Any, adapter: Path) -> Any:
    _check_adapter(network, adapter)
    try:
        return PeftModel.from_pretrained(network, str(adapter), local_files_only=True).merge_and_unload()
    except SafetensorError as error:
        raise _corrupted(adapter, error) from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelError(
            f"the adapter cannot be merged: {_first_line(error)}",
            where=str(adapter),
            fix=f"make it again for {_name(network)}",
        ) from error


def _check_adapter(network: Any, adapter: Path) -> None:
    if not (adapter / "adapter_config.json").is_file() or not (adapter / ADAPTER).is_file():
        raise ModelError(
            f"not a peft adapter: it needs adapter_config.json and {ADAPTER}",
            where=str(adapter),
            fix="name the folder of a finished training stage",
        )
    try:
        json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise _corrupted(adapter / "adapter_config.json", error) from error
    modules = dict(network.named_modules())
    for name, shape in _shapes(adapter / ADAPTER).items():
        owner, _, factor = name.removeprefix("base_model.model.").partition(".lora_")
        if not factor.startswith(("A.", "B.")):
            continue
        weight = getattr(modules.get(owner), "weight", None)
        fits = weight is not None and (
            shape[1] == weight.shape[1] if factor.startswith("A.") else shape[0] == weight.shape[0]
        )
        if not fits:
            has = "has no such layer" if weight is None else f"has {tuple(weight.shape)}"
            raise ModelError(
                f"an adapter for another model: {owner} {tuple(shape)}, but {_name(network)} {has}",
                where=str(adapter),
                fix="name the model that the adapter was trained on",
            )


def _name(network: Any) -> str:
    return str(network.config.name_or_path or "the model")


def _corrupted(place: Path, error: object) -> ModelError:
    return ModelError(
        f"corrupted checkpoint: {_first_line(error)}",
        where=str(place),
        fix="delete it, and make or download it again",
    )


def _unloadable(place: str, local: bool, error: Exception) -> ModelError:
    if local:
        return ModelError(
            f"not a model that transformers can load: {_first_line(error)}",
            where=place,
            fix="name a folder saved by transformers, with its tokenizer",
        )
    return ModelError(
        f"no model {place!r} could be loaded: {_first_line(error)}",
        fix=f"see 'adwright models list' for what is here; 'adwright models pull {place}' downloads it",
    )


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
