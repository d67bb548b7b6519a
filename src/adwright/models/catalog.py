"""Which models are here, and fetching another one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import scan_cache_dir, snapshot_download
from huggingface_hub.errors import CacheNotFound, GatedRepoError, HFValidationError, RepositoryNotFoundError

from adwright.errors import DiskFullError, ModelError
from adwright.models.embedded import ENCODER, WRITER, Packaged, writer_folder, writer_target
from adwright.models.loading import EMBEDDED
from adwright.runs import is_disk_full

__all__ = ["list_models", "pull"]

WANTED = [
    "*.safetensors",
    "*.safetensors.index.json",
    "config.json",
    "generation_config.json",
    "adapter_config.json",
    "tokenizer*",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template*",
    "vocab*",
    "merges.txt",
    "spiece.model",
    "sentencepiece*.model",
    "spm.model",
    "modules.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
]
NOT_WANTED = ["onnx/*", "openvino/*", "original/*", "*.bin"]


def list_models() -> list[dict[str, Any]]:
    """The embedded models, then those of the local Hugging Face cache.

    Returns:
        a dict for each: ``name`` (what to write in a recipe), ``model``, ``kind`` ("writer",
        "encoder" or "cached"), ``params`` (or None), ``licence``, ``path``, ``bytes``, ``present``,
        and ``converted`` (True where no conversion is outstanding).
    """
    return [_embedded(WRITER), _embedded(ENCODER), *_cached()]


def pull(model_id: str) -> Path:
    """Download a model's safetensors, tokenizer and configuration; "embedded" is converted instead.

    Raises:
        ModelError: unknown or closed model, no connection, or a model without safetensors.
        DiskFullError: no room for it.
    """
    if model_id == EMBEDDED:
        ENCODER.require()
        return writer_folder()
    folder = _downloaded(model_id)
    if not any(folder.glob("*.safetensors")):
        raise ModelError(
            f"{model_id} has no safetensors",
            where=str(folder),
            fix="choose a model that has: adwright reads no pickles",
        )
    return folder


def _downloaded(model_id: str) -> Path:
    """The folder of the model in the Hugging Face cache; what can go wrong on the way in words."""
    try:
        return Path(snapshot_download(model_id, allow_patterns=WANTED, ignore_patterns=NOT_WANTED))
    except HFValidationError as error:
        raise ModelError(
            f"not a model's name: {model_id!r}", fix="give one such as HuggingFaceTB/SmolLM2-360M-Instruct"
        ) from error
    except GatedRepoError as error:
        raise ModelError(
            f"{model_id} is closed to you",
            fix=f"accept its terms at https://huggingface.co/{model_id}, then 'hf auth login'",
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelError(
            f"no model {model_id!r} on the Hugging Face hub",
            fix="check its name; a private one needs 'hf auth login'",
        ) from error
    except (OSError, httpx2.HTTPError) as error:
        if is_disk_full(error):
            raise DiskFullError(
                f"no room for {model_id}", fix="free some room, or set HF_HOME to another disk"
            ) from error
        raise ModelError(
            f"{model_id} could not be downloaded: no connection to the Hugging Face hub",
            fix="connect (HF_HUB_OFFLINE unset), or name a folder that you have; 'embedded' needs none",
        ) from error


def _embedded(model: Packaged) -> dict[str, Any]:
    path = model.find()
    return {
        "name": EMBEDDED,
        "model": model.name,
        "kind": model.kind,
        "params": model.params,
        "licence": model.licence,
        "path": str(path or ""),
        "bytes": _size(path) if path else 0,
        "present": path is not None,
        "converted": path is not None and (model is not WRITER or writer_target().is_dir()),
    }


def _cached() -> list[dict[str, Any]]:
    try:
        repos = scan_cache_dir().repos
    except CacheNotFound:
        return []
    return [
        {
            "name": repo.repo_id,
            "model": repo.repo_id,
            "kind": "cached",
            "params": None,
            "licence": "",
            "path": str(repo.repo_path),
            "bytes": repo.size_on_disk,
            "present": True,
            "converted": True,
        }
        for repo in sorted(repos, key=lambda repo: repo.repo_id)
        if repo.repo_type == "model"
    ]


def _size(path: Path) -> int:
    return (
        path.stat().st_size
        if path.is_file()
        else sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    )
