"""Imitation: supervised fine-tuning on (a text a person wrote, its brief) → a better human text.

AdLlama's first stage (arXiv 2507.21983, section 3) learned from rewrites made for the purpose; here
the rewrites are the advertisers' own: two texts of one test, close in meaning, the better one as the
answer. Pairs whose answer the filters would refuse against source and brief are left out, or
the writer would learn to invent.

What is left out: packing (answers are short), full fine-tuning, anything but LoRA.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from datasets import Dataset, disable_progress_bars
from transformers import EarlyStoppingCallback, PrinterCallback, TrainerCallback
from trl import SFTConfig as TRLSFTConfig
from trl import SFTTrainer

from adwright.config import SFTConfig
from adwright.errors import NotEnoughDataError
from adwright.models import LoadedWriter, autocast, embed, quiet
from adwright.records import Brief
from adwright.runs import is_main
from adwright.text import check_filters, messages, same
from adwright.training.checkpoints import last_checkpoint, step_of
from adwright.training.log import append_log, read_log, rewind_log
from adwright.training.ranks import AveragedGradients, by_main, meet, share
from adwright.training.settings import lora_config, on_one_gpu, save_adapter, trainer_settings
from adwright.training.shared_prompt import decoder_and_head

__all__ = ["sft_examples", "train_sft_adapter"]

EVALUATIONS = 4
EXAMPLES_AT_ONCE = 4
"""Examples in one pass; an update accumulates over them, so that memory stays small."""
LEAST_P_WIN = 0.6
MOST_SIMILAR = 0.92
"""Closer pairs differ in a word or two and teach the writer to copy, as do those that text.same finds."""


def sft_examples(pairs: pd.DataFrame, config: SFTConfig, encoder: str, limit: int) -> pd.DataFrame:
    """The pairs fit to imitate: the winner probably wins, says the same, and passes the filters.

    Args:
        pairs: records.PAIR_COLUMNS, of one split.
        limit: at most so many; those closest in meaning come first.

    Returns:
        columns source, target, brief (JSON), similarity.

    Raises:
        NotEnoughDataError: hardly any pair is left.
    """
    likely = pairs[pairs["p_win"] >= LEAST_P_WIN]
    texts = pd.unique(pd.concat([likely["loser"], likely["winner"]]))
    place = {text: i for i, text in enumerate(texts)}
    vectors = embed(list(texts), encoder)
    first, second = (vectors[likely[side].map(place).to_numpy(np.int64)] for side in ("loser", "winner"))
    frame = pd.DataFrame(
        {
            "source": likely["loser"].to_numpy(),
            "target": likely["winner"].to_numpy(),
            "brief": likely["brief"].to_numpy(),
            "similarity": (first * second).sum(1),
        }
    )
    frame = frame[frame["similarity"].between(config.similarity, MOST_SIMILAR)].sort_values(
        ["similarity", "source", "target"], ascending=[False, True, True]
    )
    sound = [
        not same(row.target, row.source)
        and not check_filters(
            row.target, row.source, Brief.model_validate_json(row.brief), float(row.similarity)
        )
        for row in frame.itertuples()
    ]
    frame = frame[np.array(sound, dtype=bool)].drop_duplicates(["source", "target"])
    if frame.empty:
        raise NotEnoughDataError(
            "no pair is close enough in meaning to imitate",
            fix="lower sft.similarity in the recipe, or import more tests",
        )
    return frame.head(limit).reset_index(drop=True)


def to_dataset(examples: pd.DataFrame) -> Dataset:
    """TRL's conversational prompt/completion shape; the loss is on the completion only."""
    rows = [
        {
            "prompt": messages(row.source, Brief.model_validate_json(row.brief)),
            "completion": [{"role": "assistant", "content": row.target}],
        }
        for row in examples.itertuples()
    ]
    return Dataset.from_list(rows)


class _Log(TrainerCallback):
    """Losses to log.jsonl, progress to the bar."""

    def __init__(self, path: Path, advance: Callable[..., None]) -> None:
        self.path, self.advance, self.seen = path, advance, 0

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.advance(state.global_step - self.seen)
        self.seen = state.global_step

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any
    ) -> None:
        kept: dict[str, Any] = {key: logs[key] for key in ("loss", "eval_loss") if logs and key in logs}
        if kept and is_main():
            append_log(self.path, {"step": state.global_step, **kept})


class AnswerSFT(AveragedGradients, SFTTrainer):
    """TRL's SFTTrainer with the vocabulary computed for the answer's tokens alone.

    On a processor TRL computes it for every position, prompt included, which doubles the cost of a step.
    """

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Mean cross entropy of the answer's tokens.

        Args:
            inputs: as TRL's collator makes them.
            num_items_in_batch: answer tokens of the whole update, on all ranks; their gradients are averaged.
        """
        decoder, head = decoder_and_head(self.accelerator.unwrap_model(model))
        labels = inputs["labels"][:, 1:]
        answer = labels != -100
        with autocast():
            hidden = decoder(
                input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False
            ).last_hidden_state[:, :-1]
            logits = head(hidden[answer])
        total = torch.nn.functional.cross_entropy(logits.float(), labels[answer], reduction="sum")
        if num_items_in_batch is None:
            loss = total / answer.sum()
        else:
            loss = total * self.accelerator.num_processes / num_items_in_batch
        return (loss, {}) if return_outputs else loss

    def prediction_step(
        self, model: Any, inputs: Any, prediction_loss_only: bool, ignore_keys: Any = None
    ) -> Any:
        """Held-out loss only."""
        inputs = self._prepare_inputs(inputs)
        with torch.no_grad():
            return self.compute_loss(model, inputs).detach(), None, None


def _arguments(config: SFTConfig, steps: int, checkpoints: Path, seed: int) -> TRLSFTConfig:
    each = share(config.batch_size, "sft.batch_size")
    at_once = math.gcd(each, EXAMPLES_AT_ONCE)
    every = max(1, steps // EVALUATIONS)
    arguments = TRLSFTConfig(
        num_train_epochs=config.epochs,
        per_device_train_batch_size=at_once,
        gradient_accumulation_steps=each // at_once,
        per_device_eval_batch_size=at_once,
        learning_rate=config.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=max(1, steps // 20),
        max_length=None,
        logging_steps=max(1, steps // 50),
        eval_strategy="steps",
        eval_steps=every,
        save_strategy="steps",
        save_steps=every,
        load_best_model_at_end=True,
        metric_for_best_model="eval_loss",
        activation_checkpointing=False,
        **trainer_settings(checkpoints, seed),
    )
    return on_one_gpu(arguments)


def train_sft_adapter(
    writer: LoadedWriter,
    train: pd.DataFrame,
    valid: pd.DataFrame,
    config: SFTConfig,
    seed: int,
    work: Path,
    advance: Callable[..., None],
) -> dict[str, float]:
    """Train a LoRA adapter and write it to ``work/adapter``.

    Args:
        train, valid: what :func:`sft_examples` returned, of disjoint stories.
        advance: called with the number of updates done.

    Returns:
        figures: examples, steps, the best held-out loss and the first.
    """
    disable_progress_bars()
    quiet()
    steps = -(-len(train) // config.batch_size) * config.epochs
    trainer = AnswerSFT(
        model=writer.model,
        args=_arguments(config, steps, work / "checkpoints", seed),
        processing_class=writer.tokenizer,
        train_dataset=to_dataset(train),
        eval_dataset=to_dataset(valid),
        peft_config=lora_config(config.lora),
        callbacks=[_Log(work / "log.jsonl", advance), EarlyStoppingCallback(config.patience)],
    )
    trainer.remove_callback(PrinterCallback)
    _train(trainer, work)
    logged = by_main(lambda: read_log(work / "log.jsonl"))
    held_out = [float(line["eval_loss"]) for line in logged if "eval_loss" in line]
    return {
        "examples": float(len(train)),
        "steps": float(trainer.state.global_step),
        "first_eval_loss": held_out[0],
        "best_eval_loss": min(held_out),
    }


def _train(trainer: Any, work: Path) -> None:
    """Train, from the last checkpoint on if there is one, and write the adapter."""
    resume = by_main(lambda: last_checkpoint(work / "checkpoints"))
    if is_main():
        rewind_log(work / "log.jsonl", -1 if resume is None else step_of(resume))
    if resume is None:
        trainer.evaluate()
    trainer.train(resume_from_checkpoint=None if resume is None else str(resume))
    meet()
    if is_main():
        save_adapter(trainer.model, work / "adapter")
        trainer.processing_class.save_pretrained(work / "adapter")
