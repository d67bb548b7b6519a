"""Writing trained models in the shapes that others load: merged safetensors, and GGUF for llama.cpp."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import (
    GGMLQuantizationType,
    GGUFReader,
    GGUFValueType,
    GGUFWriter,
    LlamaFileType,
    get_tensor_name_map,
)
from gguf.constants import MODEL_ARCH
from gguf.quants import quantize
from numpy.typing import NDArray

from adwright.errors import ModelError
from adwright.models.cache import beside
from adwright.models.embedded import writer_gguf
from adwright.models.loading import load_writer

__all__ = ["export_gguf", "merge", "to_rotary_order"]

ARCHITECTURE = "llama"


def merge(model: str, adapters: Sequence[Path], out: Path) -> Path:
    """Write a model with its adapters merged as a folder that transformers loads, float32.

    Raises:
        ModelError: as ``load_writer``.
        DiskFullError: no room; what was at ``out`` is whole.
    """
    loaded = load_writer(model, adapters=adapters)
    with beside(Path(out)) as partial:
        loaded.model.save_pretrained(partial)
        loaded.tokenizer.save_pretrained(partial)
    return Path(out)


def export_gguf(merged: Path | Any, out: Path, like: Path | None = None) -> Path:
    """Write a Llama-shaped model for llama.cpp, quantised to Q8_0 (norms stay float32).

    Metadata, tokenizer and chat template are copied from ``like``; only the weights are new.

    Args:
        merged: a folder, or a transformers model.
        out: the GGUF file to write.
        like: a GGUF of the same architecture and vocabulary; the embedded writer by default.

    Raises:
        ModelError: the model is not shaped as ``like``.
        DiskFullError: no room; what was at ``out`` is whole.
    """
    reader = GGUFReader(like or writer_gguf())
    model = load_writer(str(merged)).model if isinstance(merged, str | Path) else merged
    facts = {name: field.contents() for name, field in reader.fields.items()}
    if facts["general.architecture"] != ARCHITECTURE:
        raise ModelError(
            f"cannot export as {facts['general.architecture']}",
            where=str(like),
            fix="give a GGUF file of a Llama-shaped model",
        )
    weights = dict(_renamed(model.state_dict(), facts))
    _check_shapes(weights, {t.name: tuple(int(n) for n in reversed(t.shape)) for t in reader.tensors})
    with beside(Path(out)) as partial:
        _write(partial, weights, reader, facts)
    return Path(out)


def to_rotary_order(weight: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows of q_proj or k_proj, [heads · d, width], in the order of llama.cpp's rotary embedding.

    transformers rotates dimension i of a head with i + d/2; llama.cpp rotates 2i with 2i + 1.
    """
    half = weight.shape[0] // heads // 2
    return weight.reshape(heads, 2, half, -1).swapaxes(1, 2).reshape(weight.shape)


def _renamed(
    state: Mapping[str, torch.Tensor], facts: Mapping[str, Any]
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    names = get_tensor_name_map(MODEL_ARCH.LLAMA, facts["llama.block_count"])
    heads = {"q_proj": facts["llama.attention.head_count"], "k_proj": facts["llama.attention.head_count_kv"]}
    tied = "lm_head.weight" in state and torch.equal(
        state["lm_head.weight"], state["model.embed_tokens.weight"]
    )
    for name, tensor in state.items():
        if tied and name == "lm_head.weight":
            continue
        weight = tensor.detach().to("cpu", torch.float32).numpy()
        layer = name.split(".")[-2]
        if layer in heads:
            weight = to_rotary_order(weight, heads[layer])
        yield names.get_name(name, try_suffixes=(".weight", ".bias")) or name, weight


def _check_shapes(weights: Mapping[str, NDArray[np.float32]], wanted: Mapping[str, tuple[int, ...]]) -> None:
    for name in sorted(wanted.keys() | weights.keys()):
        given = weights[name].shape if name in weights else None
        if given != wanted.get(name):
            raise ModelError(
                f"the model is not shaped as the GGUF file: {name} is {given} here, {wanted.get(name)} there",
                fix="export a model trained from the embedded writer, or give the GGUF file of its base",
            )


def _write(
    path: Path, weights: Mapping[str, NDArray[np.float32]], reader: GGUFReader, facts: Mapping[str, Any]
) -> None:
    writer = GGUFWriter(path, ARCHITECTURE)
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue  # the writer counts and writes these itself
        value = int(LlamaFileType.MOSTLY_Q8_0) if name == "general.file_type" else facts[name]
        outer, inner = field.types[0], field.types[-1]
        writer.add_key_value(name, value, outer, sub_type=inner if outer == GGUFValueType.ARRAY else None)
    for name, weight in weights.items():
        kind = GGMLQuantizationType.F32 if weight.ndim == 1 else GGMLQuantizationType.Q8_0
        writer.add_tensor(name, quantize(weight, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
