"""Hush the libraries: their progress bars and notices are not for the people who write ads."""

from __future__ import annotations

import os
import warnings
from typing import Any

from transformers.utils import logging

__all__ = ["quiet"]


def quiet() -> None:
    """Errors only from transformers, no progress bars, no warnings about forked tokenizers."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    notices: Any = logging  # untyped there
    notices.set_verbosity_error()
    notices.disable_progress_bar()
    # peft still asks transformers for it by its old name.
    warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated", FutureWarning)
