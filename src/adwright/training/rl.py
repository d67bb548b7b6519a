"""RLPF: the writer climbs the reward ensemble, leashed by KL to what it imitated.

One update: sources are drawn, several texts sampled for each, rewarded (adwright.reward.compose), and
the policy moves along RLOO's advantage (arXiv 2402.14740; TRL) with the KL to the imitation model in the
reward. Every few updates an independent reward model, fitted on other stories, looks at texts for held-out
sources: the best adapter by its judgement is kept, and training stops when it no longer improves
(AdLlama, arXiv 2507.21983, stops by a held-out reward model too). A text that the filters refuse counts
as lost at these looks.

What is left out: a value network (RLOO needs none), replay, adaptive KL.
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset, disable_progress_bars
from transformers import PrinterCallback, TrainerCallback
from trl import GRPOConfig, RLOOConfig

from adwright.config import RLConfig, WriterConfig
from adwright.models import LoadedWriter, give_back_memory, quiet, sample_texts, token_ids
from adwright.records import Interval, Source
from adwright.reward import ComposedReward, RewardModel, context_of, judge, refused
from adwright.runs import is_main, read_json, write_json
from adwright.stats import cluster_mean
from adwright.text import clean, distinct_n, messages
from adwright.training.checkpoints import last_checkpoint, step_of
from adwright.training.log import append_log, rewind_log
from adwright.training.merged_copy import MergedCopy
from adwright.training.ranks import by_main, meet, share
from adwright.training.settings import lora_config, on_one_gpu, save_adapter, trainer_settings
from adwright.training.shared_prompt import SharedPromptGRPO, SharedPromptRLOO

__all__ = ["train_rl_adapter"]

LOOK_SEED = 77
PROMPTS_AT_ONCE = 2
"""Sources in one pass forth and back; an update accumulates over them, so that memory stays small."""


@dataclass
class Look:
    """The independent model's look at the policy: its texts for held-out sources against SFT's."""

    sources: Sequence[Source]
    judge: RewardModel
    settings: WriterConfig
    temperature: float
    encoder: str = "embedded"
    baseline: list[str] = field(default_factory=list)

    def texts(self, writer: LoadedWriter) -> list[str]:
        """One text a source; the same random numbers at every look."""
        return [
            clean(drawn[0])
            for drawn in sample_texts(
                writer,
                [messages(s.text, s.brief) for s in self.sources],
                1,
                max_new_tokens=self.settings.max_new_tokens,
                temperature=self.temperature,
                seed=LOOK_SEED,
            )
        ]

    def judged(self, texts: list[str]) -> tuple[Interval, dict[str, float]]:
        """Share of sources whose text passes the filters and beats SFT's by the independent model."""
        stop, stop_base = self._refused(texts), self._baseline_refused
        contexts = [context_of(s.brief) for s in self.sources]
        difference, _ = self.judge.against(texts, self.baseline, contexts)
        wins = np.where(
            stop, np.where(stop_base, 0.5, 0.0), np.where(stop_base, 1.0, 0.5 + 0.5 * np.sign(difference))
        )
        win = cluster_mean(wins, [s.story for s in self.sources])
        lengths = [len(t) / max(len(s.text), 1) for t, s in zip(texts, self.sources, strict=True)]
        extra = {
            "passing": float(1 - stop.mean()),
            "preferred": float((0.5 + 0.5 * np.sign(difference)).mean()),
            "relative_length": float(np.mean(lengths)),
            "distinct_2": distinct_n(texts, 2),
        }
        return win, extra

    @cached_property
    def _baseline_refused(self) -> np.ndarray:
        return self._refused(self.baseline)

    def _refused(self, texts: list[str]) -> np.ndarray:
        sources, briefs = [s.text for s in self.sources], [s.brief for s in self.sources]
        return refused(texts, sources, briefs, judge(texts, sources, briefs, self.encoder))


class _Monitor(TrainerCallback):
    """Logs each update, looks now and then, keeps the best adapter, stops when looks no longer improve."""

    policy: Any  # the peft model, once TRL has made it

    def __init__(
        self, work: Path, look: Look, config: RLConfig, writer: LoadedWriter, advance: Callable[..., None]
    ) -> None:
        self.work, self.look, self.config, self.advance = work, look, config, advance
        # vLLM draws from a copy of its own; only the looks, which rank 0 takes, need this one.
        self.merged: Any = MergedCopy(writer.model) if is_main() or not config.vllm else None
        self.drawing = LoadedWriter(self.merged and self.merged.network, writer.tokenizer, writer.name)
        look.baseline = by_main(lambda: _baseline(look, self.drawing, work))
        self.looks: list[tuple[int, float]] = by_main(lambda: _looks(work))
        self.seen, self.clock = 0, time.monotonic()

    @property
    def best(self) -> tuple[int, float]:
        """Step and win rate of the best look so far; the earliest of equals."""
        return max(self.looks, key=lambda look: (look[1], -look[0]), default=(0, -math.inf))

    @property
    def stopped(self) -> str:
        """Why training should stop, or ""."""
        worse = sum(step > self.best[0] for step, _ in self.looks)
        enough = worse >= self.config.patience
        return f"no better for {worse} looks of the independent model" if enough else ""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.advance(state.global_step - self.seen)
        self.seen = state.global_step
        give_back_memory()

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any
    ) -> None:
        if not logs or "reward" not in logs:
            return
        step = state.global_step
        line = _figures(step, logs) | {"seconds": round(time.monotonic() - self.clock, 2)}
        self.clock = time.monotonic()
        if step % self.config.evaluate_every == 0 or step == self.config.steps:
            seen, self.looks = by_main(lambda: (self._look(step), self.looks))
            line |= seen
            control.should_save = True
            if self.stopped:
                control.should_training_stop = True
        if is_main():
            append_log(self.work / "log.jsonl", line)

    def _look(self, step: int) -> dict[str, Any]:
        self.merged.refreshed(self.policy)
        texts = self.look.texts(self.drawing)
        win, extra = self.look.judged(texts)
        give_back_memory()
        better = win.value > self.best[1]
        self.looks.append((step, win.value))
        if better:
            save_adapter(self.policy, self.work / "adapter.new")
            shutil.rmtree(self.work / "adapter", ignore_errors=True)
            (self.work / "adapter.new").rename(self.work / "adapter")
        write_json(_kept(self.work) / "looks.json", self.looks)
        self.advance(0, note=f"preferred to imitation: {win.value:.0%}")
        return {"independent": win.as_dict(), **extra}

    def rewind(self, step: int) -> None:
        """Forget what was logged after the checkpoint that training resumes from."""
        self.seen = step
        self.looks = [look for look in self.looks if look[0] <= step]
        if is_main():
            rewind_log(self.work / "log.jsonl", step)


def to_dataset(sources: Sequence[Source]) -> Dataset:
    """TRL's conversational prompt shape, with the columns that the reward reads."""
    return Dataset.from_list(
        [
            {"prompt": messages(s.text, s.brief), "source": s.text, "brief": s.brief.model_dump_json()}
            for s in sources
        ]
    )


def _arguments(config: RLConfig, longest: int, settings: WriterConfig, checkpoints: Path, seed: int) -> Any:
    each = share(config.prompts_per_step, "rl.prompts_per_step")
    at_once = math.gcd(each, PROMPTS_AT_ONCE)
    common = trainer_settings(checkpoints, seed) | {
        "max_steps": config.steps,
        "per_device_train_batch_size": at_once * config.samples,
        "gradient_accumulation_steps": each // at_once,
        "num_generations": config.samples,
        "max_completion_length": settings.max_new_tokens,
        "temperature": config.temperature,
        "beta": config.kl,
        "learning_rate": config.learning_rate,
        "lr_scheduler_type": "cosine_with_min_lr",
        "lr_scheduler_kwargs": {"min_lr_rate": 0.1},
        "warmup_steps": max(1, min(5, config.steps // 10)),
        "max_grad_norm": 1.0,
        "logging_steps": 1,
        "save_strategy": "no",
        "activation_checkpointing": torch.cuda.is_available(),
        "router_aux_loss_coef": 0.0,
        "use_vllm": config.vllm,
        "vllm_gpu_memory_utilization": config.vllm_memory,
        "vllm_max_model_length": longest + settings.max_new_tokens,
    }
    return on_one_gpu(RLOOConfig(**common) if config.algorithm == "rloo" else GRPOConfig(**common))


def train_rl_adapter(
    writer: LoadedWriter,
    train: Sequence[Source],
    valid: Sequence[Source],
    reward: ComposedReward,
    independent: RewardModel,
    config: RLConfig,
    settings: WriterConfig,
    seed: int,
    work: Path,
    advance: Callable[..., None],
) -> dict[str, Any]:
    """Train a LoRA adapter on top of the imitation model and write the best to ``work/adapter``.

    Args:
        writer: the imitation model, its SFT adapter merged.
        train: sources to write for; valid: sources for the looks, of other stories.
        reward: what is climbed; independent: what judges, fitted on other stories.

    Returns:
        figures: steps, best_step, best_independent, stopped (the reason).
    """
    disable_progress_bars()
    quiet()
    look = Look(valid, independent, settings, config.temperature, reward.encoder)
    longest = max(len(prompt) for prompt in token_ids(writer, [messages(s.text, s.brief) for s in train]))
    arguments = _arguments(config, longest, settings, work / "checkpoints", seed)
    monitor = _Monitor(work, look, config, writer, advance)
    trainer = _trainer(writer, train, reward, config, arguments, monitor)
    _train(trainer, monitor, work)
    if is_main():
        writer.tokenizer.save_pretrained(work / "adapter")
    return {
        "steps": trainer.state.global_step,
        "best_step": monitor.best[0],
        "best_independent": monitor.best[1],
        "stopped": monitor.stopped or "all steps done",
    }


def _train(trainer: Any, monitor: _Monitor, work: Path) -> None:
    resume = by_main(lambda: last_checkpoint(work / "checkpoints"))
    monitor.rewind(0 if resume is None else step_of(resume))
    if not monitor.stopped:
        trainer.train(resume_from_checkpoint=None if resume is None else str(resume))
    meet()


def _trainer(
    writer: LoadedWriter,
    train: Sequence[Source],
    reward: ComposedReward,
    config: RLConfig,
    arguments: Any,
    monitor: _Monitor,
) -> Any:
    made = SharedPromptRLOO if config.algorithm == "rloo" else SharedPromptGRPO
    trainer = made(
        model=writer.model,
        reward_funcs=[reward],
        args=arguments,
        processing_class=writer.tokenizer,
        train_dataset=to_dataset(train),
        peft_config=lora_config(config.lora),
        callbacks=[monitor],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.merged, monitor.policy = monitor.merged, trainer.model
    return trainer


def _figures(step: int, logs: dict[str, float]) -> dict[str, Any]:
    """What is noted of an update, from what TRL measured."""
    length = logs["completions/mean_length"]
    return {
        "step": step,
        "reward": logs["reward"],
        "kl": logs.get("kl", 0.0) * length,
        "kl_per_token": logs.get("kl", 0.0),
        "entropy": logs.get("entropy"),
        "length": length,
        "terms": {k.removeprefix("terms/"): v for k, v in logs.items() if k.startswith("terms/")},
    }


def _kept(work: Path) -> Path:
    """Where what only a cut-off training needs lies, until the stage is in place."""
    folder = work / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _looks(work: Path) -> list[tuple[int, float]]:
    """Step and win rate of the looks that a cut-off training made."""
    kept = _kept(work) / "looks.json"
    return [(step, win) for step, win in read_json(kept)] if kept.is_file() else []


def _baseline(look: Look, writer: LoadedWriter, work: Path) -> list[str]:
    kept = _kept(work) / "baseline.json"
    if kept.is_file():
        return list(read_json(kept))
    texts = look.texts(writer)
    write_json(kept, texts)
    return texts
