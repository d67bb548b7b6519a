"""One self-contained page per run: HTML with inline style and plots, no script, nothing fetched.

``write_report`` reads what is there in the run folder; what is not there is said to be missing. All that
comes from users or models is escaped. Equal runs give equal bytes. Left out: comparing several runs.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from adwright.evaluation.inline_svg import Plot
from adwright.evaluation.policy_table import DETAIL_COLUMNS, Cell, main_columns, policy_rows, tiles
from adwright.evaluation.report_plots import plot_clicks, plot_reliability, plot_wins
from adwright.evaluation.run_contents import STAGES, RunContents, interval, mapping, number, read_contents
from adwright.evaluation.training_plots import plot_losses, plot_reward_by_kl, plot_reward_by_step, plot_terms
from adwright.evaluation.verdict import (
    PRIMARY,
    bounds,
    caveats,
    duration,
    judge,
    minus,
    percent,
    plain,
    policy_label,
)
from adwright.runs import write_text

__all__ = ["render_report", "write_report"]

SAMPLES = 20
SPLITS = ("train", "valid", "test")
SHOWN = ("human", "sft", "rlpf", "served")
PAIR_SETS = {"all": "all pairs", "p05": "pairs with p < 0.05", "p01": "pairs with p < 0.01"}
MODELS = {
    "proxy": "Reward that training climbs",
    "average": "Its average, which ranks what is shown",
    "independent": "Independent judge",
}


def write_report(run: Path) -> Path:
    """Write ``report.html`` into a run folder, beside and then renamed.

    Returns:
        the file's path.

    Raises:
        NotFoundError: there is no run at ``run``.
        RunError: a JSON file of the run is damaged.
    """
    path = Path(run) / "report.html"
    write_text(path, render_report(read_contents(run)))
    return path


def render_report(contents: RunContents) -> str:
    """The page as HTML."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    parts = _results(contents) | _training(contents) | _provenance(contents)
    return environment.get_template("report.html.j2").render(parts)


def _results(contents: RunContents) -> dict[str, Any]:
    main = main_columns(contents)
    return {
        "verdict": judge(contents),
        "caveats": caveats(contents),
        "tiles": tiles(contents),
        "main_columns": main,
        "main_rows": policy_rows(contents, main),
        "detail_columns": DETAIL_COLUMNS,
        "detail_rows": policy_rows(contents, DETAIL_COLUMNS, yardstick=True),
        "sources": _count(contents.evaluation.get("sources")),
        "variations": _variations(contents),
        "result_plots": _result_plots(contents),
        "samples": _samples(contents),
        "samples_total": len(contents.samples),
    }


def _training(contents: RunContents) -> dict[str, Any]:
    return {
        "training_plots": [
            plot_reward_by_step(contents),
            plot_reward_by_kl(contents),
            plot_terms(contents),
            plot_losses(contents),
        ],
        "stopped": contents.rl_figures.get("stopped"),
        "data": _data(contents),
        "accuracy": _accuracy_rows(contents),
        "calibration": _calibration(contents),
        "reliability": plot_reliability(contents),
    }


def _provenance(contents: RunContents) -> dict[str, Any]:
    record = contents.record
    return {
        "name": str(record.get("name") or contents.folder.name),
        "started": _moment(record.get("started")),
        "simulated": contents.simulated,
        "data_source": contents.config.get("data"),
        "stages": _stages(contents),
        "total": duration(number(record.get("seconds"))),
        "config": _config(contents),
        "versions": sorted((str(k), str(v)) for k, v in mapping(record.get("versions")).items()),
        "seed": record.get("seed"),
    }


def _moment(started: Any) -> str:
    """An ISO time as people write it, to the minute; what is none is left as it is."""
    try:
        return datetime.fromisoformat(str(started)).strftime("%Y-%m-%d %H:%M %Z").strip()
    except ValueError:
        return str(started or "")


def _result_plots(contents: RunContents) -> list[Plot]:
    found = [plot_wins(contents, "human"), plot_wins(contents, "sft")]
    if contents.simulated:
        found += [plot_clicks(contents, "sft"), plot_clicks(contents, "human")]
    return found


def _variations(contents: RunContents) -> dict[str, Any]:
    entries = [mapping(v) for v in contents.variations.get("variations") or []]
    return {
        "text": str(contents.variations.get("text") or ""),
        "found": [
            {
                "text": str(v.get("text") or ""),
                "beats": number(v.get("beats")),
                "chance": percent(number(v.get("beats"))),
                "edit": v.get("origin") == "edit",
            }
            for v in entries
        ],
    }


def _samples(contents: RunContents) -> list[dict[str, Any]]:
    total = len(contents.samples)
    chosen = (
        [contents.samples[i * total // SAMPLES] for i in range(SAMPLES)]
        if total > SAMPLES
        else contents.samples
    )
    return [_sample(entry, contents) for entry in chosen]


def _sample(entry: dict[str, Any], contents: RunContents) -> dict[str, Any]:
    texts, scores, findings = (mapping(entry.get(key)) for key in ("texts", "scores", "findings"))
    source = str(entry.get("source") or "")
    written = [
        {
            "label": "Another person's text" if p == "human" else policy_label(p, contents),
            "text": str(texts[p]),
            "strong": p == PRIMARY,
            "score": _signed(number(scores.get(p))),
            "findings": [str(f) for f in findings.get(p) or []],
        }
        for p in SHOWN
        if texts.get(p) and not (p == "human" and texts[p] == source)
    ]
    return {
        "source": source,
        "score": _signed(number(scores.get("source"))),
        "brief": _brief(entry.get("brief")),
        "written": written,
    }


def _signed(value: float | None) -> str:
    return "" if value is None else minus(f"{value:+.2f}")


def _brief(brief: Any) -> list[tuple[str, str]]:
    if not isinstance(brief, dict):
        return [("Brief", str(brief))] if brief else []
    found = []
    for key in ("brand", "product", "facts", "excerpt", "audience", "goal"):
        value = brief.get(key)
        if value:
            found.append(
                (key.capitalize(), "; ".join(map(str, value)) if isinstance(value, list) else str(value))
            )
    return found


def _data(contents: RunContents) -> dict[str, Any]:
    """The data summary, as counts and tables; empty where there are no pairs yet."""
    pairs = contents.pairs
    counts = [("Rows", "rows"), ("Tests", "tests"), ("Tests used", "tests_used")]
    facts = [(label, _count(pairs[key])) for label, key in counts if key in pairs]
    if number(pairs.get("median_p_win")) is not None:
        facts.append(
            ("Median chance that the winner of a pair truly is", percent(number(pairs["median_p_win"])))
        )
    if number(pairs.get("tau")) is not None:
        facts.append(("Spread of true log rates within a test (τ)", plain(number(pairs["tau"]))))
    ceilings = {split: mapping(of) for split, of in _by_split(pairs.get("noise_ceiling"))}
    sets = [key for key in PAIR_SETS if any(key in of for of in ceilings.values())]
    return {
        "facts": facts,
        "pairs": [(split, _roles(of)) for split, of in _by_split(pairs.get("pairs"))],
        "sets": [PAIR_SETS[key] for key in sets],
        "ceilings": [
            (split, [_tenths(number(of.get(key))) for key in sets]) for split, of in ceilings.items()
        ],
        "dropped": [(str(reason), _count(n)) for reason, n in mapping(pairs.get("dropped")).items()],
    }


def _by_split(found: Any) -> list[tuple[str, Any]]:
    """Entries of a mapping by split, in the order in which splits are used."""
    return sorted(
        mapping(found).items(),
        key=lambda item: (SPLITS.index(item[0]) if item[0] in SPLITS else len(SPLITS), item[0]),
    )


def _tenths(value: float | None) -> str:
    return percent(None) if value is None else f"{100 * value:.1f}%"


def _roles(of: Any) -> str:
    if not isinstance(of, dict):
        return _count(of)
    return ", ".join(f"{_count(n)} {role}".strip() for role, n in sorted(of.items(), reverse=True))


def _count(value: Any) -> str:
    return plain(number(value))


def _accuracy_rows(contents: RunContents) -> list[tuple[str, str, str, Cell, str, str]]:
    """(model, split, pairs of which kind, share right and interval, ceiling, pairs) in reading order."""
    rows = []
    for model, label in MODELS.items():
        for split, sets in _by_split(contents.accuracy.get(model)):
            ceiling = mapping(mapping(contents.pairs.get("noise_ceiling")).get(split))
            for key, kind in PAIR_SETS.items():
                entry = mapping(mapping(sets).get(key))
                right = interval(entry | {"value": entry.get("accuracy")})
                if right is not None:
                    cell = Cell(_tenths(right.value), bounds(right))
                    rows.append(
                        (
                            label,
                            split,
                            kind,
                            cell,
                            _tenths(number(ceiling.get(key))),
                            _count(entry.get("pairs")),
                        )
                    )
    return rows


def _calibration(contents: RunContents) -> list[tuple[str, str]]:
    found = contents.calibration
    pairs = [
        ("Temperature that scales the scores", plain(number(found.get("temperature")))),
        ("Mean gap between stated and true chance (ECE)", percent(number(found.get("ece")))),
    ]
    return [(label, value) for label, value in pairs if value != plain(None)]


def _stages(contents: RunContents) -> list[tuple[str, str, str]]:
    """(stage, time, hash of its outputs): from the run's record, or else from the stage folders."""
    recorded = [mapping(s) for s in contents.record.get("stages") or []]
    if not recorded:
        recorded = [{"name": s} | contents.stage_records[s] for s in STAGES if s in contents.stage_records]
    return [
        (str(s.get("name") or "?"), duration(number(s.get("seconds"))), str(s.get("outputs") or ""))
        for s in recorded
    ]


def _config(contents: RunContents) -> str:
    if not contents.config:
        return ""
    return str(yaml.safe_dump(contents.config, sort_keys=False, allow_unicode=True, width=100))
