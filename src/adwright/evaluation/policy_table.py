"""The table of writers: which figures, how they are written, and how to read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from adwright.evaluation.run_contents import RunContents, interval, mapping, number
from adwright.evaluation.verdict import (
    PRIMARY,
    bounds,
    lift,
    minus,
    percent,
    plain,
    policy_label,
    policy_order,
)

__all__ = ["DETAIL_COLUMNS", "Cell", "Column", "Row", "main_columns", "policy_rows", "tiles"]

Kind = Literal["wins", "lift", "share", "number"]


@dataclass(frozen=True)
class Column:
    """A column of the policy tables: where the figure is, its heading, its form, and how to read it."""

    key: str
    heading: str
    kind: Kind
    reading: str


@dataclass(frozen=True)
class Cell:
    """A figure and what stands small beneath it."""

    value: str
    below: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a table; ``strong`` marks the one that the run is about."""

    label: str
    cells: tuple[Cell, ...]
    strong: bool = False


MAIN_COLUMNS = (
    Column(
        "win_vs_human",
        "Preferred to the person's text",
        "wins",
        "share of sources; 50% is even; judged by a model",
    ),
    Column(
        "win_vs_sft",
        "Preferred to imitation",
        "wins",
        "share of sources; 50% is even; judged by a model; best of n: the best of all draws but one against "
        "that one",
    ),
    Column(
        "true_ctr_lift",
        "True clicks against imitation",
        "lift",
        "true click rate, by how much it lies above that of imitation; simulated market only",
    ),
    Column(
        "true_ctr_lift_vs_human",
        "True clicks against the person",
        "lift",
        "true click rate, by how much it lies above that of the person's text; simulated market only",
    ),
    Column(
        "faithfulness",
        "Faithfulness (index)",
        "number",
        "0 to 1: mean of meaning, names kept, numbers kept, no names invented, no numbers invented",
    ),
    Column("usable_rate", "Usable", "share", "texts that pass every filter"),
    Column(
        "copy_rate",
        "Copies",
        "share",
        "texts that are, or nearly are, the source; of what you would be shown: sources for which nothing "
        "passed, and the person's own text stood in",
    ),
    Column(
        "breach_rate",
        "Rule breaches",
        "share",
        "texts that break a guardrail, or claim what neither source nor brief claims",
    ),
)
DETAIL_COLUMNS = (
    Column("similarity", "Meaning", "number", "embedding similarity to source and brief, 1 at most"),
    Column("names_kept", "Names kept", "share", "of the names in the source"),
    Column("numbers_kept", "Numbers kept", "share", "of the numbers in the source"),
    Column("names_invented", "Names invented", "number", "neither in source nor brief; lower is better"),
    Column("numbers_invented", "Numbers invented", "number", "neither in source nor brief; lower is better"),
    Column("fluency", "Fluency", "number", "higher is better"),
    Column("distinct_2", "Variety", "number", "distinct word pairs among all; higher is more varied"),
    Column("length", "Length", "number", "mean of the texts"),
    Column(
        "several_lines",
        "Several lines",
        "share",
        "texts that were not one line as they were written; only the first is kept",
    ),
    Column(
        "kl", "KL", "number", "log-likelihood ratio of its texts, in nats: an estimate of the KL to imitation"
    ),
)


def main_columns(contents: RunContents) -> list[Column]:
    """The columns of the main table; true clicks only where they are known."""
    known = {c for c in MAIN_COLUMNS if any(interval(p.get(c.key)) for p in contents.policies.values())}
    return [c for c in MAIN_COLUMNS if c.kind != "lift" or c in known]


def _cell(value: Any, kind: Kind) -> Cell:
    if kind in {"wins", "lift"}:
        span = interval(value)
        form = lift if kind == "lift" else percent
        return Cell(form(span.value), bounds(span, signed=kind == "lift")) if span else Cell(form(None))
    return Cell((percent if kind == "share" else _aligned)(number(value)))


def _aligned(value: float | None) -> str:
    """A number whose decimals agree down a column of its like."""
    if value is None:
        return plain(None)
    digits = 3 if abs(value) <= 1 else 2 if abs(value) < 10 else 1
    return minus(f"{value:,.{digits}f}")


def policy_rows(contents: RunContents, columns: Sequence[Column], *, yardstick: bool = False) -> list[Row]:
    """The writers, a row each; on wish the figures of a second person's texts, to hold the others against."""
    policies = contents.policies
    rows = [
        Row(
            policy_label(p, contents),
            tuple(_cell(policies[p].get(c.key), c.kind) for c in columns),
            p == PRIMARY,
        )
        for p in policy_order(policies)
    ]
    second = mapping(contents.evaluation.get("second_human"))
    if yardstick and second:
        rows.append(
            Row("Yardstick: a second person's text", tuple(_cell(second.get(c.key), c.kind) for c in columns))
        )
    return rows


def tiles(contents: RunContents) -> list[tuple[str, Cell]]:
    """The few figures to see first, of the trained writer or, before RL, of imitation."""
    name = PRIMARY if PRIMARY in contents.policies else "sft"
    policy = contents.policies.get(name, {})
    left_out = {"usable_rate", *(("win_vs_sft", "true_ctr_lift") if name == "sft" else ())}
    chosen = [c for c in MAIN_COLUMNS if c.key not in left_out]
    cells = [(c.heading, _cell(policy.get(c.key), c.kind)) for c in chosen]
    return [(heading, cell) for heading, cell in cells if cell.value != percent(None)]
