"""Several processes of one training, each with its GPU: what they share, agree on, and average.

A recipe says the same whatever the number of ranks: an update's examples are shared among them.
What is left out: models that do not fit one GPU (FSDP, DeepSpeed).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import torch
from torch import distributed

from adwright.errors import RecipeError
from adwright.runs import is_main, ranks

__all__ = ["AveragedGradients", "average_gradients", "by_main", "meet", "share"]

T = TypeVar("T")
LONGEST_WAIT = timedelta(days=1)
"""Rank 0 may look for long while the others wait; of a rank that failed, the launcher ends the others."""


def meet() -> None:
    """Wait until every rank is here; the first time, take this rank's GPU and connect."""
    if ranks() == 1:
        return
    if not distributed.is_initialized():
        _connect()
    distributed.barrier()


def _connect() -> None:
    """TRL's trainers use the connection that they find."""
    if not torch.cuda.is_available():
        distributed.init_process_group("gloo", timeout=LONGEST_WAIT)
        return
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    torch.cuda.set_device(device)
    distributed.init_process_group("nccl", timeout=LONGEST_WAIT, device_id=device)


def by_main(make: Callable[[], T]) -> T:
    """What rank 0 makes, on every rank; the others do not make it."""
    if ranks() == 1:
        return make()
    meet()
    made: list[Any] = [make() if is_main() else None]
    distributed.broadcast_object_list(made)
    value: T = made[0]
    return value


def share(total: int, field: str) -> int:
    """This rank's share of the ``total`` examples of an update.

    Raises:
        RecipeError: they cannot be shared equally.
    """
    if total % ranks():
        raise RecipeError(
            f"{field} is {total}, which {ranks()} processes cannot share equally",
            fix=f"set {field} to a multiple of {ranks()}, or launch another number of processes",
        )
    return total // ranks()


class AveragedGradients:
    """Averages the ranks' gradients before an update.

    Torch's DistributedDataParallel does so only for passes through its own ``forward``, and the passes
    of our trainers take the transformer and its head apart.
    """

    def training_step(self: Any, *args: Any, **kwargs: Any) -> Any:
        """Forth and back over one batch; after the last one of an update the gradients are averaged."""
        loss = super().training_step(*args, **kwargs)  # type: ignore[misc]
        if ranks() > 1 and self.accelerator.sync_gradients:
            average_gradients([p for p in self.model.parameters() if p.requires_grad])
        return loss


def average_gradients(parameters: list[torch.Tensor]) -> None:
    """Set each gradient to its mean over the ranks; one that is missing counts as zero."""
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    flat = torch.cat([g.flatten() for g in gradients])
    distributed.all_reduce(flat)
    flat /= ranks()
    start = 0
    for parameter in parameters:
        end = start + parameter.numel()
        parameter.grad, start = flat[start:end].view_as(parameter), end
