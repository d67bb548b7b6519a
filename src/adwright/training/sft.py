"""Imitation: supervised fine-tuning on (a text a person wrote, its brief) → a better human text.

AdLlama's first stage (arXiv 2507.21983, section 3) learned from rewrites made for the purpose; here
the rewrites are the advertisers' own: two texts of one test, close in meaning, the better one as the
answer. Pairs whose answer the filters would refuse against source and brief are left out, or
the writer would learn to invent.

What is left out: packing (answers are short), full fine-tuning, anything but LoRA.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from datasets import Dataset, disable_progress_bars
from torch.utils.data import Sampler
from transformers import EarlyStoppingCallback, PrinterCallback, TrainerCallback
from trl import SFTConfig as TRLSFTConfig
from trl import SFTTrainer

from adwright.config import SFTConfig
from adwright.errors import NotEnoughDataError
from adwright.models import LoadedWriter, Pack, autocast, embed, quiet, read_packs, trainable
from adwright.records import Brief
from adwright.runs import is_main
from adwright.text import check_filters, messages, overlap, same
from adwright.training.checkpoints import last_checkpoint, step_of
from adwright.training.log import append_log, read_log, rewind_log
from adwright.training.ranks import AveragedGradients, by_main, meet, share
from adwright.training.settings import lora_config, on_one_gpu, save_adapter, trainer_settings

__all__ = ["sft_examples", "train_sft_adapter"]

EVALUATIONS = 4
EXAMPLES_AT_ONCE = 8
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
        columns source, target, brief (JSON), angle (none is asked for), similarity.

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
            "angle": "",
            "similarity": (first * second).sum(1),
        }
    )
    frame = frame[frame["similarity"].between(config.similarity, MOST_SIMILAR)].sort_values(
        ["similarity", "source", "target"], ascending=[False, True, True]
    )
    sound = [
        not same(row.target, row.source)
        and overlap(row.target, row.source, Brief.model_validate_json(row.brief))[0] >= config.grounded
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
            "prompt": messages(row.source, Brief.model_validate_json(row.brief), row.angle),
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


def packed_answers(
    model: Any, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of the answers' tokens, and these tokens, neighbours with a common beginning packed.

    Args:
        input_ids: [n, tokens], padded on the right.
        attention_mask: like input_ids, 1 where a token is.
        labels: like input_ids, -100 where no token of an answer is.

    Returns:
        logits, [answer tokens, vocabulary], and the tokens, [answer tokens], in no particular order.
    """
    rows = [ids[seen] for ids, seen in zip(input_ids, attention_mask.bool(), strict=True)]
    before = [int((line != -100).int().argmax()) for line in labels]
    packs: list[Pack] = []
    starts: dict[int, int] = {}
    for group, shared in _beginnings(rows, before):
        packs.append(Pack(rows[group[0]][:shared], [(row, rows[row][shared:]) for row in group]))
        starts |= dict.fromkeys(group, shared)
    hidden, head = read_packs(model, packs)
    row, step = torch.cat([p.row for p in packs]), torch.cat([p.step for p in packs])
    first = torch.tensor([starts[i] for i in range(len(rows))], device=labels.device)
    answers = labels[row, first[row] + step]
    told = answers != -100
    return head(hidden[told]), answers[told]


def _beginnings(rows: list[torch.Tensor], before: list[int]) -> list[tuple[list[int], int]]:
    """Neighbours that begin alike, and how many tokens they share: none of an answer.

    Args:
        before: tokens before each row's answer.
    """
    groups: list[tuple[list[int], int]] = []
    for i in range(len(rows)):
        group, shared = groups[-1] if groups else ([], 0)
        both = min(shared, before[i])
        same = (rows[group[0]][:both] == rows[i][:both]).int().cumprod(0).sum().item() if group else 0
        if same > before[i] // 2:
            groups[-1] = ([*group, i], int(same))
        else:
            groups.append(([i], before[i]))
    return groups


class Together(Sampler[int]):
    """Groups in an order shuffled anew in each epoch, the examples of each side by side, shuffled too.

    Args:
        groups: of each example, the name of its group.
    """

    def __init__(self, groups: Sequence[str], seed: int) -> None:
        self.groups, self.seed, self.epoch = groups, seed, 0
        self._names = sorted(set(groups))

    def __len__(self) -> int:
        return len(self.groups)

    def __iter__(self) -> Iterator[int]:
        rng = np.random.default_rng([self.seed, self.epoch])
        place = dict(zip(self._names, rng.permutation(len(self._names)).tolist(), strict=True))
        order = rng.permutation(len(self.groups)).tolist()
        return iter(sorted(order, key=lambda i: place[self.groups[i]]))

    def set_epoch(self, epoch: int) -> None:
        """Called by accelerate's data loader, also when training resumes."""
        self.epoch = epoch


class AnswerSFT(AveragedGradients, SFTTrainer):
    """TRL's SFTTrainer with each prompt computed once for its answers, the vocabulary for answers alone.

    TRL repeats the prompt for each of its answers and computes logits for every position, which together
    cost three times as much on a corpus of five answers a brief. Examples that share a beginning are kept
    side by side: prompts are shuffled rather than examples.
    """

    together: Sequence[str]
    """Of each example to learn from, what those with a common beginning have in common: the source."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return Together(self.together, self.args.seed)

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
        with autocast():
            logits, answers = packed_answers(
                self.accelerator.unwrap_model(model),
                inputs["input_ids"],
                inputs["attention_mask"],
                inputs["labels"],
            )
        total = torch.nn.functional.cross_entropy(logits.float(), answers, reduction="sum")
        if num_items_in_batch is None:
            loss = total / len(answers)
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
    start: Path | None = None,
) -> dict[str, float]:
    """Train a LoRA adapter and write it to ``work/adapter``.

    Args:
        train, valid: what :func:`sft_examples` returned, of disjoint stories.
        advance: called with the number of updates done.
        start: an adapter to go on from, of whose shape the new one then is, and which it contains;
            without it a fresh one.

    Returns:
        figures: examples, steps, the best held-out loss and the first.
    """
    disable_progress_bars()
    quiet()
    steps = -(-len(train) // config.batch_size) * config.epochs
    trainer = AnswerSFT(
        model=writer.model if start is None else trainable(writer.model, start),
        args=_arguments(config, steps, work / "checkpoints", seed),
        processing_class=writer.tokenizer,
        train_dataset=to_dataset(train),
        eval_dataset=to_dataset(valid),
        peft_config=lora_config(config.lora) if start is None else None,
        callbacks=[_Log(work / "log.jsonl", advance), EarlyStoppingCallback(config.patience)],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.together = list(train["source"])
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
