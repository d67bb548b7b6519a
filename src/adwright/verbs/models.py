"""Which models are here, and fetching another one."""

from __future__ import annotations

from typing import Any

__all__ = [
    "models_list",
    "models_pull",
]


def models_list() -> list[dict[str, Any]]:
    """The embedded models, and what is in the Hugging Face cache."""
    from adwright.models import list_models

    return list_models()


def models_pull(model: str) -> dict[str, Any]:
    """Fetch a model by Hugging Face id (safetensors only), or prepare the embedded one."""
    from adwright.models import pull

    return {"model": model, "path": str(pull(model))}
