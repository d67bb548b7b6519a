"""Memory handed back to the system between two heavy steps."""

from __future__ import annotations

import ctypes
import gc
import sys

__all__ = ["give_back_memory"]


def give_back_memory() -> None:
    """Trainers hold themselves in cycles, and with them gigabytes; what is freed, glibc keeps for itself."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
