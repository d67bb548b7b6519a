"""How training went, step by step: reward, judge, the reward's terms, and the losses of imitation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from adwright.evaluation.inline_svg import COLOURS, Plot, draw_svg
from adwright.evaluation.run_contents import RunContents, interval, mapping, number
from adwright.evaluation.verdict import plain
from adwright.records import Interval

__all__ = ["plot_losses", "plot_reward_by_kl", "plot_reward_by_step", "plot_terms"]

TERMS = {
    "preference": "Preference (reward)",
    "length": "Length penalty",
    "faithfulness": "Faithfulness penalty",
    "filters": "Filters' objections",
    "refused": "Share refused by filters",
}
Series = list[tuple[float, float]]


def _steps(log: Sequence[dict[str, Any]], key: str) -> Series:
    return [(float(e["step"]), y) for e in log if (y := number(e.get(key))) is not None]


def _rolling(points: Series, width: int = 5) -> Series:
    half = width // 2
    smooth = []
    for i, (x, _) in enumerate(points):
        near = [y for _, y in points[max(0, i - half) : i + half + 1]]
        smooth.append((x, sum(near) / len(near)))
    return smooth


def _line(axes: Axes, points: Series, colour: str, label: str, **how: Any) -> None:
    axes.plot([x for x, _ in points], [y for _, y in points], color=COLOURS[colour], label=label, **how)


def _judged(log: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], Interval]]:
    return [(e, span) for e in log if (span := interval(e.get("independent"))) is not None]


def _band(axes: Axes, points: list[tuple[float, Interval]]) -> None:
    points = sorted(points, key=lambda p: p[0])
    xs = [x for x, _ in points]
    axes.fill_between(
        xs,
        [s.low for _, s in points],
        [s.high for _, s in points],
        color=COLOURS["orange"],
        alpha=0.22,
        linewidth=0,
    )
    axes.plot(xs, [s.value for _, s in points], color=COLOURS["orange"], marker="o", markersize=3.5)


def _two_panels(
    figure: Figure,
    x_label: str,
    reward: Series,
    judged: list[tuple[float, Interval]],
    best: float | None,
    *,
    smooth: bool,
) -> None:
    count = 2 if judged else 1
    panels = figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]
    panels[0].plot(
        *zip(*reward, strict=True), "o", color=COLOURS["blue"], markersize=3, alpha=0.75, markeredgewidth=0
    )
    if smooth:
        _line(panels[0], _rolling(reward), "blue", "")
    panels[0].set_title("Reward that training climbs", loc="left")
    if judged:
        _band(panels[1], judged)
        panels[1].set_title("Independent judge, with its 95% band", loc="left")
    for axes in panels:
        axes.yaxis.set_major_locator(MaxNLocator(4))
        if best is not None:
            axes.axvline(best, color=COLOURS["green"], linestyle=(0, (4, 2)), linewidth=1.3)
    if best is not None:
        panels[0].annotate(
            "best",
            (best, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-3, -1),
            textcoords="offset points",
            ha="right",
            va="top",
            color=COLOURS["green"],
        )
    panels[-1].set_xlabel(x_label)


def _rl_rows(log: Sequence[dict[str, Any]]) -> tuple[tuple[str, ...], ...]:
    rows = []
    for entry in log:
        span = interval(entry.get("independent"))
        judge = plain(span.value) if span else plain(None)
        low, high = (plain(span.low), plain(span.high)) if span else (plain(None), plain(None))
        rows.append(
            (
                plain(entry["step"]),
                plain(number(entry.get("kl"))),
                plain(number(entry.get("reward"))),
                judge,
                low,
                high,
            )
        )
    return tuple(rows)


RL_HEADER = ("Step", "KL", "Reward", "Judge", "Judge, low", "Judge, high")


def _rewarded(contents: RunContents, name: str, title: str) -> Plot | None:
    if not contents.rl_log:
        return Plot(name, title, missing="This run has no RL stage yet.")
    if not _steps(contents.rl_log, "reward"):
        return Plot(name, title, missing="The log of the RL stage holds no rewards.")
    return None


def plot_reward_by_step(contents: RunContents) -> Plot:
    """Reward and the judge's opinion over the steps of training."""
    name, title = "reward-step", "Reward and independent judge over training steps"
    if missing := _rewarded(contents, name, title):
        return missing
    log = contents.rl_log
    reward, judged = _steps(log, "reward"), [(float(e["step"]), s) for e, s in _judged(log)]
    best = number(contents.rl_figures.get("best_step"))

    def paint(figure: Figure) -> None:
        _two_panels(figure, "Step", reward, judged, best, smooth=True)

    caption = (
        "Both should rise; where the upper one rises and the lower one falls, training is gaming its reward, "
        "and the green line marks the step that was kept."
    )
    return Plot(
        name, title, caption, draw_svg(name, title, 3.6 if judged else 2.4, paint), RL_HEADER, _rl_rows(log)
    )


def plot_reward_by_kl(contents: RunContents) -> Plot:
    """The same over the square root of KL to the imitation model (arXiv 2210.10760, section 3)."""
    name, title = "reward-kl", "Reward and independent judge over distance from imitation (√KL)"
    if missing := _rewarded(contents, name, title):
        return missing
    log = [e for e in contents.rl_log if number(e.get("kl")) is not None]
    reward = [(_root(e["kl"]), y) for e in log if (y := number(e.get("reward"))) is not None]
    if not reward:
        return Plot(name, title, missing="The log of the RL stage holds no KL.")
    judged = [(_root(e["kl"]), s) for e, s in _judged(log)]
    step = number(contents.rl_figures.get("best_step"))
    best = next((_root(e["kl"]) for e in log if e["step"] == step), None)

    def paint(figure: Figure) -> None:
        _two_panels(figure, "√KL to the imitation model", reward, judged, best, smooth=False)

    caption = (
        "Further right is further from how people write: the reward keeps paying for distance, "
        "while the judge shows where it stops being worth it."
    )
    return Plot(
        name, title, caption, draw_svg(name, title, 3.6 if judged else 2.4, paint), RL_HEADER, _rl_rows(log)
    )


def _root(kl: float) -> float:
    return math.sqrt(max(kl, 0.0))  # estimates of a KL near 0 may fall below it


def plot_terms(contents: RunContents) -> Plot:
    """The terms of the RL reward, and the texts' length and variety, over the steps."""
    name, title = "terms", "What the reward is made of, over training steps"
    if not contents.rl_log:
        return Plot(name, title, missing="This run has no RL stage yet.")
    flat = [
        mapping(e.get("terms"))
        | {k: e.get(k) for k in ("step", "length", "distinct_2")}
        | {"length_term": mapping(e.get("terms")).get("length")}
        for e in contents.rl_log
    ]
    keys = {("length_term" if k == "length" else k): label for k, label in TERMS.items()}
    keys |= {"length": "Mean length of texts", "distinct_2": "Variety (distinct word pairs)"}
    drawn = {label: points for key, label in keys.items() if (points := _steps(flat, key))}
    if not drawn:
        return Plot(name, title, missing="The log of the RL stage holds no reward terms.")
    height = math.ceil(len(drawn) / 2)

    def paint(figure: Figure) -> None:
        panels = figure.subplots(height, 2, sharex=True, squeeze=False).ravel()
        for axes, (label, points) in zip(panels, drawn.items(), strict=False):
            _line(axes, points, "grey", "", alpha=0.45, linewidth=0.9)
            _line(axes, _rolling(points), "blue", "")
            axes.set_title(label, loc="left")
            axes.yaxis.set_major_locator(MaxNLocator(3))
            axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        for axes in panels[len(drawn) :]:
            axes.set_visible(False)
        figure.supxlabel("Step", fontsize=9)

    at = [dict(points) for points in drawn.values()]
    steps = sorted({x for points in at for x in points})
    rows = tuple((plain(x), *(plain(points.get(x)) for points in at)) for x in steps)
    caption = (
        "Preference should rise while penalties and refusals shrink; a jump in length or a fall in variety "
        "is a warning."
    )
    return Plot(
        name, title, caption, draw_svg(name, title, 0.4 + 1.25 * height, paint), ("Step", *drawn), rows
    )


def plot_losses(contents: RunContents) -> Plot:
    """Training and held-out loss of imitation."""
    name, title = "losses", "Imitation: loss over training steps"
    if not contents.sft_log:
        return Plot(name, title, missing="This run has no imitation stage yet.")
    train, held_out = _steps(contents.sft_log, "loss"), _steps(contents.sft_log, "eval_loss")
    if not train and not held_out:
        return Plot(name, title, missing="The log of the imitation stage holds no losses.")

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        if train:
            _line(axes, train, "blue", "", alpha=0.35, linewidth=0.9)
            _line(axes, _rolling(train), "blue", "training texts")
        if held_out:
            _line(axes, held_out, "orange", "held-out texts", marker="o", markersize=4)
        axes.set(xlabel="Step", ylabel="Loss")
        axes.legend()

    at, at_held_out = dict(train), dict(held_out)
    rows = tuple((plain(x), plain(at.get(x)), plain(at_held_out.get(x))) for x in sorted(at | at_held_out))
    caption = (
        "Lower is better; the held-out line turning up means that the model began to learn its texts "
        "by heart."
    )
    return Plot(
        name,
        title,
        caption,
        draw_svg(name, title, 2.7, paint),
        ("Step", "Training loss", "Held-out loss"),
        rows,
    )
