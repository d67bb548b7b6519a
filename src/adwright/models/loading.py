"""Loading writers, encoders and readers with transformers.

Only safetensors are read, and no code that comes with a model is ever run. What is damaged or does
not fit is refused with its reason before transformers fills the gap with random numbers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jinja2 import TemplateError
from peft import PeftModel
from safetensors import SafetensorError, safe_open
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoTokenizer

from adwright.errors import ModelError
from adwright.models.embedded import encoder_folder, writer_folder
from adwright.models.precision import device, drawing_dtype
from adwright.models.quietness import quiet
from adwright.records import Brief
from adwright.text import messages

__all__ = [
    "EMBEDDED",
    "LoadedWriter",
    "load_encoder",
    "load_reader",
    "load_writer",
    "resolve_writer",
    "trainable",
]

EMBEDDED = "embedded"
LONGEST = 512
READ_DEPTH = 2 / 3
ADAPTER = "adapter_model.safetensors"
SYSTEM_INTO_USER = (
    "{%- if messages and messages[0]['role'] == 'system' -%}"
    "{%- set first = messages[0]['content'] ~ '\n\n' ~ messages[1]['content'] -%}"
    "{%- set messages = [{'role': 'user', 'content': first}] + messages[2:] -%}"
    "{%- endif -%}"
)
"""What a chat template begins with where the model knows no system message."""


@dataclass(frozen=True)
class LoadedWriter:
    """A causal language model, ready to generate or to be trained.

    Attributes:
        model: in eval mode, on the GPU if there is one; adapters, if any, are merged into its weights.
        tokenizer: pads on the left; its pad token is set; its chat template takes a system message.
        name: as the user named the model.
    """

    model: Any
    tokenizer: Any
    name: str

    @property
    def ends(self) -> list[int]:
        """Token ids that end a text: the tokenizer's, and what the model's generation settings add."""
        stated = self.model.generation_config.eos_token_id
        ends = {self.tokenizer.eos_token_id, *(stated if isinstance(stated, list) else [stated])}
        return sorted(end for end in ends if end is not None)


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
        ModelError: unknown model, damaged files, one that cannot chat or whose layers carry a state, or an
            adapter that was made for another model.
    """
    quiet()
    place = resolve_writer(model)
    _check_layers(_config(place), place)
    tokenizer = _tokenizer(place)
    _make_chat(tokenizer, model)
    first = torch.float32 if adapters else getattr(torch, dtype)
    network = _from_pretrained(AutoModelForCausalLM, place, dtype=first)
    for adapter in adapters:
        network = _merged(network, Path(adapter))
    return LoadedWriter(network.to(device(), getattr(torch, dtype)).eval(), tokenizer, model)


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
    return network.to(device()).eval(), tokenizer


def load_reader(model: str = EMBEDDED) -> tuple[Any, Any]:
    """The first two thirds of a language model's layers, to read with, and its tokenizer.

    In half precision where it is native: half the memory beside a writer in training.

    What a text means is plainest in the middle of a language model, not at its end, where the next
    token is (arXiv 2502.02013); two thirds were best of eight depths by cross-validation on Upworthy.

    Raises:
        ModelError: unknown model or damaged files.
    """
    quiet()
    place = resolve_writer(model)
    config = _config(place)
    if config.get_text_config() is not config:
        raise ModelError(
            "a model of pictures and text cannot be the reader", where=place, fix="name one of text alone"
        )
    kept = max(1, round(config.num_hidden_layers * READ_DEPTH))
    dtype = getattr(torch, drawing_dtype())
    network = _from_pretrained(AutoModel, place, dtype=dtype, num_hidden_layers=kept)
    tokenizer = _tokenizer(place)
    tokenizer.model_max_length = LONGEST
    return network.to(device()).eval(), tokenizer


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


def _config(place: str) -> Any:
    local = Path(place).is_dir()
    if local:
        _check_folder(Path(place))
    try:
        return AutoConfig.from_pretrained(place, local_files_only=local, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise _unloadable(place, local, error) from error


def _check_layers(config: Any, place: str) -> None:
    """Samples share a prompt's cache and sequence, which takes layers that attend."""
    layers = getattr(config.get_text_config(), "layer_types", None) or []
    other = sorted({layer for layer in layers if not layer.endswith("attention") or "linear" in layer})
    if other:
        raise ModelError(
            f"layers that carry a state from token to token ({', '.join(other)}) are not supported",
            where=place,
            fix="name a model whose layers all attend, such as Llama, Qwen3, Mistral or SmolLM",
        )


def _make_chat(tokenizer: Any, model: str) -> None:
    """Have prompts padded on the left, and a template that takes a system message."""
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if not tokenizer.chat_template:
        raise ModelError("a model without a chat template", where=model, fix="name an instruct model")
    try:
        tokenizer.apply_chat_template(messages("text", Brief()), tokenize=False)
    except TemplateError:  # as Gemma 2's: it knows no system
        tokenizer.chat_template = SYSTEM_INTO_USER + tokenizer.chat_template


def _from_pretrained(kind: Any, place: str, dtype: torch.dtype, **options: Any) -> Any:
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
            **options,
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


def trainable(network: Any, adapter: Path) -> Any:
    """A network with a peft adapter on it that training goes on from, in float32.

    Raises:
        ModelError: damaged files, or an adapter that was made for another model.
    """
    return _adapted(network, Path(adapter), is_trainable=True)


def _merged(network: Any, adapter: Path) -> Any:
    return _adapted(network, adapter, is_trainable=False).merge_and_unload()


def _adapted(network: Any, adapter: Path, *, is_trainable: bool) -> Any:
    _check_adapter(network, adapter)
    try:
        return PeftModel.from_pretrained(
            network, str(adapter), is_trainable=is_trainable, local_files_only=True
        )
    except SafetensorError as error:
        raise _corrupted(adapter, error) from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise ModelError(
            f"the adapter cannot be put on the model: {_first_line(error)}",
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
