"""Results on standard output: JSON alone, or tables for people. Progress goes to standard error."""

from __future__ import annotations

import json
import math
import shlex
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from adwright.cli.layout import (
    brief,
    cell,
    console,
    one_line,
    percent,
    print_figures,
    print_sentences,
    print_table,
    program,
)
from adwright.runs import is_main

__all__ = [
    "answer",
    "compared",
    "evaluated",
    "finished",
    "imported",
    "inspected",
    "judged",
    "listed_models",
    "listed_runs",
    "note",
    "paired",
    "planned",
    "pulled",
    "rewarded",
    "scored",
    "shown_run",
    "simulated",
    "trained",
    "variations",
]

P = ParamSpec("P")
T = TypeVar("T")
SIGNIFICANCE = {"all": "all pairs", "p05": "p < 0.05", "p01": "p < 0.01"}


def answer(
    as_json: bool, human: Callable[[T], None], verb: Callable[P, T], *args: P.args, **options: P.kwargs
) -> None:
    """Call a verb and print its result; what libraries print meanwhile goes to standard error."""
    with redirect_stdout(sys.stderr):
        result = verb(*args, **options)
    if not is_main():
        return
    if as_json:
        print(json.dumps(_finite(result), indent=2, ensure_ascii=False))
    else:
        human(result)


def note(sentence: str) -> None:
    """Say what is about to happen, on standard error."""
    if is_main():
        print(f"• {sentence}", file=sys.stderr, flush=True)


def imported(result: dict[str, Any]) -> None:
    """What became of a file's rows, and what to do next."""
    report = result["import"]
    print_figures(
        [
            ("Rows read", report["rows_read"]),
            ("Rows of the ad table", result["rows"]),
            ("Tests", result["tests"]),
            ("Rows merged", report["merged"]),
            *((f"Left out: {reason}", count) for reason, count in report["dropped"].items()),
        ]
    )
    print_sentences(report["notes"])
    _next(result, "data pairs {path} --out {path}-pairs")


def inspected(result: dict[str, Any]) -> None:
    """The figures of an ad table."""
    shares = {"ctr": "Click rate", "flagged": "Flagged"}
    print_figures(
        (shares[name], percent(value)) if name in shares else (name.replace("_", " ").capitalize(), value)
        for name, value in result.items()
        if name != "notes"
    )
    print_sentences(result.get("notes", []))


def simulated(result: dict[str, Any]) -> None:
    """A simulated market, and what to do next."""
    print_figures([("Tests", result["tests"]), ("Rows of the ad table", result["rows"])])
    _next(result, "data pairs {path} --out {path}-pairs")


def paired(result: dict[str, Any]) -> None:
    """How many pairs each split and role has, and how good a perfect model could be."""
    print_figures(
        [
            (name.capitalize().replace("_", " "), result[name])
            for name in ("rows", "tests", "tests_used", "stories")
        ]
    )
    ceilings = result["noise_ceiling"]
    rows = [
        (
            split,
            " + ".join(f"{count:,} {role}" for role, count in roles.items()),
            percent(ceilings[split]["all"]),
        )
        for split, roles in result["pairs"].items()
    ]
    print_table(("Split", "Pairs", "Noise ceiling"), rows)
    print_sentences(f"Left out: {count:,} {reason}" for reason, count in result["dropped"].items())
    print_sentences(result["notes"])
    _next(result, "train sft {path} --out {path}-sft")


def trained(result: dict[str, Any]) -> None:
    """The figures of a training stage."""
    print_figures(
        (name.replace("_", " ").capitalize(), value) for name, value in result.items() if name != "path"
    )
    _next(result)


def rewarded(result: dict[str, Any]) -> None:
    """Accuracy of each reward model on each split."""
    rows = [
        (role, split, *_accuracy_cells(found))
        for role, by in result["accuracy"].items()
        for split, found in by.items()
    ]
    print_table(("Model", "Split", *SIGNIFICANCE.values()), rows)
    _next(result)


def judged(result: dict[str, dict[str, Any]]) -> None:
    """Accuracy of one reward model, by the pairs' significance."""
    rows = [
        (SIGNIFICANCE.get(level, level), *_accuracy_row(found), found["pairs"])
        for level, found in result.items()
    ]
    print_table(("Pairs", "Winner picked", "95% interval", "Number"), rows)


def finished(result: dict[str, Any]) -> None:
    """A run's closing table, five variations, its report, and the next command to try."""
    from adwright.evaluation import variations_lines

    run = Path(result["path"])
    if result["report"] is None:
        print_figures((name.replace("_", " "), value) for name, value in result["figures"].items())
        print(f"\nAdapter: {run / 'sft' / 'adapter'}")
        return
    _closing(run)
    terminal = console()
    for line in variations_lines(run):
        terminal.print(line, soft_wrap=True)
    print(f"\nReport:   {result['report']}")
    print(f'Try next: {program()} generate --run {shlex.quote(str(run))} --text "The text of your ad" -n 5')


def evaluated(result: dict[str, Any]) -> None:
    """The closing table of the run that was judged, and its report."""
    _closing(Path(result["path"]).parent)
    print(f"Report: {result['report']}")


def variations(result: dict[str, Any]) -> None:
    """Variations of a text, best first."""
    found = result["variations"]
    if not found:
        print("None of the texts that were drawn was good enough to show.")
    rows = [
        (n, v["text"], percent(v["beats"]), "a light edit" if v["origin"] == "edit" else "")
        for n, v in enumerate(found, start=1)
    ]
    if rows:
        print_table(("", "Variation", "Beats yours", ""), rows, left=(1, 3))


def scored(rows: list[dict[str, Any]]) -> None:
    """Each text's score, and its chance to beat the original where there is one."""
    against = any("beats" in row for row in rows)
    print_table(
        ("Text", "Score", *(("Beats it",) if against else ())),
        [
            (row["text"], f"{row['score']:+.3f}", *((percent(row["beats"]),) if against else ()))
            for row in rows
        ],
    )


def listed_runs(rows: list[dict[str, Any]]) -> None:
    """Runs, newest first, with the trained writer's win rate over people."""
    if not rows:
        print(f"No runs here yet. Start one: {program()} run recipes/demo.yaml")
        return
    print_table(
        ("Run", "Status", "Started", "Minutes", "Seed", "Preferred to people"),
        [
            (
                r["path"],
                r["status"],
                r["started"],
                f"{(r['seconds'] or 0) / 60:.0f}",
                r["seed"],
                _win(r["figures"]),
            )
            for r in rows
        ],
        left=(0, 1, 2),
    )


def shown_run(record: dict[str, Any]) -> None:
    """A run or stage: how it was made, how long each part took, what was measured."""
    print_figures(
        (name.capitalize(), record[name])
        for name in ("path", "kind", "name", "status", "seed", "started", "seconds")
        if record.get(name) is not None
    )
    if record.get("stages"):
        print_table(
            ("Stage", "Seconds", "Figures"),
            [(s["name"], s["seconds"], brief(s["figures"])) for s in record["stages"]],
            left=(0, 2),
        )
    elif record.get("figures"):
        print_figures(
            (name.replace("_", " ").capitalize(), value) for name, value in record["figures"].items()
        )
    print_figures(record.get("versions", {}).items())


def compared(result: dict[str, Any]) -> None:
    """Settings that differ between two runs, and every writer's figures side by side."""
    for name, run in zip("AB", result["runs"], strict=True):
        print(f"{name}: {run}")
    settings = [(key, *map(cell, values)) for key, values in result["settings"].items()]
    if settings:
        print_table(("Setting", "A", "B"), settings)
    else:
        print("The settings are the same.")
    rows = [
        (policy, name.replace("_", " "), *map(cell, values))
        for policy, figures in result["figures"].items()
        for name, values in figures.items()
    ]
    print_table(("Writer", "Figure", "A", "B"), rows, left=(0, 1))


def listed_models(rows: list[dict[str, Any]]) -> None:
    """Models, and the name by which a recipe calls each."""
    print_table(
        ("In a recipe", "Model", "Kind", "Weights", "Size", "Licence", "Here"),
        [
            (
                m["name"],
                m["model"],
                m["kind"],
                f"{m['params'] / 1e6:.0f} M" if m["params"] else "",
                f"{m['bytes'] / 1e6:.0f} MB",
                m["licence"],
                "yes" if m["present"] else "no",
            )
            for m in rows
        ],
        left=(0, 1, 2, 5, 6),
    )


def pulled(result: dict[str, Any]) -> None:
    """Where a model is now."""
    print(f"{one_line(result['model'])} is at {result['path']}")


def planned(result: dict[str, Any]) -> None:
    """What a run would do, which models it needs, and what is missing."""
    print(f"Run {result['name']}, seed {result['seed']}, in {result['path']}")
    print_table(
        ("Stage", "State", "Amounts"),
        [(s["name"], s["state"], brief(s["amounts"])) for s in result["stages"]],
        left=(0, 1, 2),
    )
    print_table(
        ("Model", "Used as", "Here"),
        [(m["model"], m["used_as"], "yes" if m["present"] else "no") for m in result["models"]],
        left=(0, 1, 2),
    )
    print_sentences(result["notes"])
    for entry in result["missing"]:
        print(f"Missing: {entry['what']}\n  To fix: {entry['fix']}")
    print("Nothing is missing." if result["ready"] else "Not ready yet: see what is missing.")


def _closing(run: Path) -> None:
    from adwright.evaluation import closing_table

    console().print(closing_table(run))


def _next(result: dict[str, Any], command: str = "") -> None:
    print(f"Written to {result['path']}")
    if command:
        print(f"Try next:  {program()} {command.format(path=shlex.quote(str(result['path'])))}")


def _accuracy_row(found: dict[str, Any]) -> tuple[str, str]:
    return percent(found["accuracy"]), f"{percent(found['low'])} to {percent(found['high'])}"


def _accuracy_cells(by_level: dict[str, dict[str, Any]]) -> list[str]:
    return [percent(by_level[level]["accuracy"]) if level in by_level else "–" for level in SIGNIFICANCE]


def _win(figures: dict[str, Any] | None) -> str:
    found = (figures or {}).get("win_vs_human")
    return percent(found["value"]) if found else "–"


def _finite(value: Any) -> Any:
    """JSON knows no NaN and no infinity: null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return value
