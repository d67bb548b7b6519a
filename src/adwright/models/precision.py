"""Half precision where the hardware has it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch

__all__ = ["autocast", "device", "drawing_dtype", "has_bfloat16"]


def device() -> str:
    """Where models are: this process's GPU, or the processor if there is none."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def has_bfloat16() -> bool:
    """Whether bfloat16 is multiplied natively here (GPU, or AVX-512 BF16 on the processor)."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.cpu._is_avx512_bf16_supported())


def autocast() -> AbstractContextManager[object]:
    """bfloat16 for matrix products where it is native, else nothing."""
    if not has_bfloat16():
        return nullcontext()
    return torch.autocast(device(), dtype=torch.bfloat16)


def drawing_dtype() -> str:
    """Precision of weights that only draw texts: reading them is most of a token's cost."""
    return "bfloat16" if has_bfloat16() else "float32"
