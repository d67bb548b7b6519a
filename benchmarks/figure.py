"""One measured figure, and how figures are printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import mean, stdev

__all__ = ["Figure", "print_figures", "spread"]


@dataclass(frozen=True)
class Figure:
    """A figure with its range and target.

    Attributes:
        value: what was measured.
        low, high: 95% interval, or the spread over seeds or repeats; None where there is neither.
        target: what is to be reached, in words ("≥ 0.70").
        met: whether it is.
        note: run folders and conditions.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    target: str
    unit: str
    met: bool
    note: str = ""


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean, and mean ± standard deviation over seeds or repeats (the range of one value is itself)."""
    centre = mean(values)
    width = stdev(values) if len(values) > 1 else 0.0
    return centre, centre - width, centre + width


def print_figures(figures: Sequence[Figure], *, as_json: bool) -> None:
    """The figures as a JSON list, or as a table."""
    if as_json:
        print(json.dumps([asdict(figure) for figure in figures], indent=2, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "value", "low", "high", "target", "unit", "met", "note")
    for figure in figures:
        numbers = ["–" if x is None else f"{x:.3f}" for x in (figure.value, figure.low, figure.high)]
        table.add_row(
            figure.name, *numbers, figure.target, figure.unit, "yes" if figure.met else "no", figure.note
        )
    Console().print(table)
