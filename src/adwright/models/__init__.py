"""Loading models, generation engines, export."""

from __future__ import annotations

from adwright.models.cache import cache_folder
from adwright.models.catalog import list_models, pull
from adwright.models.embedded import encoder_folder, writer_folder, writer_gguf
from adwright.models.embedding import embed, read
from adwright.models.engines import (
    Engine,
    LlamaCppEngine,
    TransformersEngine,
    open_engine,
    writer_for_llamacpp,
)
from adwright.models.export import export_gguf, merge
from adwright.models.loading import LoadedWriter, load_encoder, load_writer, resolve_writer, trainable
from adwright.models.memory import give_back_memory
from adwright.models.packing import Pack, read_packs
from adwright.models.precision import autocast, device, drawing_dtype, has_bfloat16
from adwright.models.quietness import quiet
from adwright.models.remote import OpenAIEngine
from adwright.models.sampling import sample, sample_texts, token_ids

__all__ = [
    "Engine",
    "LlamaCppEngine",
    "LoadedWriter",
    "OpenAIEngine",
    "Pack",
    "TransformersEngine",
    "autocast",
    "cache_folder",
    "device",
    "drawing_dtype",
    "embed",
    "encoder_folder",
    "export_gguf",
    "give_back_memory",
    "has_bfloat16",
    "list_models",
    "load_encoder",
    "load_writer",
    "merge",
    "open_engine",
    "pull",
    "quiet",
    "read",
    "read_packs",
    "resolve_writer",
    "sample",
    "sample_texts",
    "token_ids",
    "trainable",
    "writer_folder",
    "writer_for_llamacpp",
    "writer_gguf",
]
