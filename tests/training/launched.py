"""What tests/training/test_ranks.py launches as two processes: a tiny writer through SFT and RLOO.

torchrun --nproc-per-node 2 launched.py FOLDER
"""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from adwright.config import LoraSettings, RLConfig, SFTConfig, WriterConfig
from adwright.models import LoadedWriter
from adwright.records import Brief, Source
from adwright.runs import Stage, is_main, open_stage
from adwright.training import by_main, meet, rl, settings, sft, train_rl_adapter, train_sft_adapter
from adwright.training.ranks import average_gradients

TEMPLATE = (
    "{% for m in messages %}{{'<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
LORA = LoraSettings(r=2, alpha=4)
THINGS = ["lamp", "chair", "bag", "coat", "kettle", "bicycle", "garden", "piano"]


def tiny_writer() -> LoadedWriter:
    """Some ten thousand random weights and an alphabet of bytes."""
    words = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE(vocab={word: i for i, word in enumerate(words)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=24, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=2048,
        tie_word_embeddings=True, bos_token_id=0, eos_token_id=2, pad_token_id=0,
    )  # fmt: skip
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>",
        additional_special_tokens=["<|im_start|>"], chat_template=TEMPLATE, padding_side="left",
    )  # fmt: skip
    return LoadedWriter(LlamaForCausalLM(config).eval(), wrapped, "tiny")


def adapter_weights(writer: LoadedWriter) -> dict[str, list[float]]:
    return {
        name: value.flatten().tolist() for name, value in writer.model.state_dict().items() if "lora_" in name
    }


def imitate(out: Path) -> tuple[Stage, dict[str, list[float]]]:
    """Two updates of four examples; the adapter as it is in memory."""
    examples = pd.DataFrame(
        {"source": [f"A {t}" for t in THINGS], "target": [f"The {t} for {len(t)} euros" for t in THINGS]}
    ).assign(brief="{}", angle="", similarity=0.7)
    config = SFTConfig(batch_size=4, lora=LORA, learning_rate=1e-2)
    writer = tiny_writer()
    with open_stage(out, kind="sft", config=config, seed=3, inputs={}, all_ranks=True) as stage:
        if not stage.done:
            train, valid = by_main(lambda: (examples, examples.head(4)))
            stage.figures |= train_sft_adapter(
                writer, train, valid, config, 3, stage.work, lambda *_, **__: None
            )
    return stage, adapter_weights(writer)


class Whim:
    """A reward and a judge in one, which likes some texts more than others for no reason."""

    __name__ = "whim"
    encoder = "embedded"

    def __init__(self) -> None:
        self.read: list[str] = []

    def liked(self, texts: list[str]) -> list[float]:
        return [sum(map(ord, text)) % 7 / 6 for text in texts]

    def __call__(self, completions: list[list[dict[str, str]]], **_: Any) -> list[float]:
        texts = [c[-1]["content"] for c in completions]
        self.read += texts
        return self.liked(texts)

    def against(self, texts: list[str], others: list[str], contexts: list[str]) -> tuple[np.ndarray, None]:
        return np.array(self.liked(texts)) - np.array(self.liked(others)), None


def reinforce(out: Path) -> tuple[Stage, dict[str, list[float]], list[str]]:
    """Two updates of RLOO; the adapter as it is in memory, and the texts that this rank drew."""
    sources = [Source(t, t, f"A {t} and more", Brief()) for t in THINGS]
    config = RLConfig(steps=2, prompts_per_step=2, samples=2, evaluate_every=1, evaluate_sources=2, lora=LORA)
    writer, reward = tiny_writer(), Whim()
    with open_stage(out, kind="rl", config=config, seed=3, inputs={}, all_ranks=True) as stage:
        if not stage.done:
            meet()
            stage.figures |= train_rl_adapter(
                writer, sources[:6], sources[6:], reward, reward, config,  # type: ignore[arg-type]
                WriterConfig(max_new_tokens=6), 3, stage.work, lambda *_, **__: None,
            )  # fmt: skip
    return stage, adapter_weights(writer), reward.read


def averaged() -> list[list[float]]:
    """Gradients after averaging: 1 and 2 on the two ranks, then 4 on the first alone."""
    both, first = torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)
    both.grad = torch.full((2,), 1.0 if is_main() else 2.0)
    first.grad = torch.tensor([4.0]) if is_main() else None
    average_gradients([both, first])
    return [parameter.grad.tolist() for parameter in (both, first) if parameter.grad is not None]


def main(folder: Path) -> None:
    """All that a run does with ranks; each rank notes what it saw."""
    with open_stage(folder / "data", kind="data", config={}, seed=0, inputs={}) as data:
        if not data.done:
            (data.work / "by").write_text(f"rank 0: {is_main()}\n")
    sft_stage, imitated = imitate(folder / "sft")
    rl_stage, reinforced, drawn = reinforce(folder / "rl")
    seen = {
        "records": [stage.record for stage in (data, sft_stage, rl_stage)],
        "imitated": imitated,
        "reinforced": reinforced,
        "drawn": drawn,
        "averaged": averaged(),
    }
    (folder / f"seen-{0 if is_main() else 1}.json").write_text(json.dumps(seen))


if __name__ == "__main__":
    settings.has_bfloat16 = lambda: False  # type: ignore[attr-defined]
    sft.autocast = nullcontext  # type: ignore[attr-defined]
    rl.judge = lambda *_: None  # type: ignore[attr-defined, assignment]
    rl.refused = lambda texts, *_: np.zeros(len(texts), dtype=bool)  # type: ignore[attr-defined]
    main(Path(sys.argv[1]))
