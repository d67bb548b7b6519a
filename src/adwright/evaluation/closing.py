"""What a run says in the terminal when it closes: a table for marketers, and five variations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from adwright.evaluation.run_contents import RunContents, interval, mapping, number, read_contents
from adwright.evaluation.verdict import (
    PRIMARY,
    bounds,
    judge,
    lift,
    percent,
    plain,
    policy_label,
    policy_order,
)

__all__ = ["closing_table", "variations_lines"]

CLICKS = "True clicks against imitation"


def closing_table(run: Path) -> Table:
    """The writers of a run, one a row, in plain words; the caption is the verdict.

    Figures that were not measured are dashes; a run without evaluation has no rows.

    Raises:
        NotFoundError: there is no run at ``run``.
        RunError: a file of it is damaged.
    """
    contents = read_contents(run)
    columns: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
        ("Preferred to the person's text", _wins("win_vs_human")),
        ("Preferred to imitation", _wins("win_vs_sft")),
        (CLICKS, _clicks),
        ("Faithfulness (index)", _index("faithfulness")),
        ("Copies", _share("copy_rate")),
        ("Rule breaches", _share("breach_rate")),
    ]
    if not _knows_clicks(contents):
        columns = [c for c in columns if c[0] != CLICKS]
    table = Table(
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),  # no more, so that all columns stand in a terminal of 80 characters
        caption=Text(judge(contents).sentence),
        caption_justify="left",
    )
    table.add_column("Writer", min_width=len("Imitation"))
    for heading, _ in columns:
        table.add_column(heading, justify="right", width=max(map(len, heading.split())))
    policies = contents.policies
    for name in policy_order(policies):
        cells = [Text(cell(policies[name])) for _, cell in columns]
        table.add_row(
            Text(_line(policy_label(name, contents))), *cells, style="bold" if name == PRIMARY else None
        )
    return table


def variations_lines(run: Path) -> list[Text]:
    """The sample text and its variations, a line each, with the chance to beat it; safe to print as they are.

    Raises:
        NotFoundError: there is no run at ``run``.
        RunError: a file of it is damaged.
    """
    variations = read_contents(run).variations
    found = [mapping(v) for v in variations.get("variations") or []]
    if not found:
        return [Text("This run has no variations yet.")]
    lines = [Text.assemble("Your text: ", (_line(variations.get("text", "")), "italic"))]
    for n, entry in enumerate(found, start=1):
        note = f"  {percent(number(entry.get('beats')))} to beat yours"
        if entry.get("origin") == "edit":
            note += ", a light edit"
        lines.append(Text.assemble(f"{n}. ", (_line(entry.get("text", "")), "bold"), (note, "dim")))
    return lines


def _knows_clicks(contents: RunContents) -> bool:
    return any(interval(p.get("true_ctr_lift")) for p in contents.policies.values())


def _wins(key: str) -> Callable[[dict[str, Any]], str]:
    def cell(policy: dict[str, Any]) -> str:
        span = interval(policy.get(key))
        return _stacked(percent(span.value), bounds(span)) if span else percent(None)

    return cell


def _clicks(policy: dict[str, Any]) -> str:
    span = interval(policy.get("true_ctr_lift"))
    return _stacked(lift(span.value), bounds(span, signed=True)) if span else lift(None)


def _share(key: str) -> Callable[[dict[str, Any]], str]:
    return lambda policy: percent(number(policy.get(key)))


def _index(key: str) -> Callable[[dict[str, Any]], str]:
    def cell(policy: dict[str, Any]) -> str:
        value = number(policy.get(key))
        return plain(None) if value is None else f"{value:.2f}"

    return cell


def _stacked(value: str, span: str) -> str:
    return f"{value}\n{span}" if span else value


def _line(text: Any) -> str:
    """One printable line: a model's text must not steer the terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
