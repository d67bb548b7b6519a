"""How the writers compare, and whether the stated chances are true."""

from __future__ import annotations

import math
from collections.abc import Callable

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from adwright.evaluation.inline_svg import COLOURS, INK, Plot, draw_svg
from adwright.evaluation.run_contents import RunContents, interval, mapping, number
from adwright.evaluation.verdict import bounds, lift, minus, percent, plain, policy_label, policy_order
from adwright.records import Interval

__all__ = ["plot_clicks", "plot_reliability", "plot_wins"]


def _forest(
    figure: Figure, rows: list[tuple[str, Interval]], none: float, form: Callable[[float | None], str]
) -> None:
    axes = figure.subplots()
    axes.axvline(none, color=INK, linewidth=0.9, alpha=0.6)
    for y, (_, span) in enumerate(rows):
        colour = COLOURS["green" if span.low > none else "orange" if span.high < none else "grey"]
        if not math.isnan(span.low):
            axes.plot([span.low, span.high], [y, y], color=colour, linewidth=2.4, solid_capstyle="round")
        axes.plot([span.value], [y], "o", color=colour, markersize=6)
        axes.annotate(
            form(span.value), (span.value, y), xytext=(0, 6), textcoords="offset points", ha="center"
        )
    axes.set_yticks(range(len(rows)), [label for label, _ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.7)
    axes.margins(x=0.08)
    if form is percent:
        axes.set_xlim(0, 1)  # the whole scale, or a small advantage would look like a large one
    axes.grid(visible=False, axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _tick(x, signed=form is lift)))


def _tick(share: float, *, signed: bool = False) -> str:
    whole = round(100 * share)
    return minus(f"{whole:{'+' if signed and whole else ''}d}%")


def _policy_intervals(contents: RunContents, key: str) -> list[tuple[str, Interval]]:
    policies = contents.policies
    return [
        (policy_label(p, contents), span)
        for p in policy_order(policies)
        if (span := interval(policies[p].get(key))) is not None
    ]


def _short(label: str) -> str:
    return label.replace("Trained with results (RLPF)", "RLPF").replace(
        "What you would be shown", "Shown to you"
    )


def _forest_plot(
    contents: RunContents,
    name: str,
    title: str,
    key: str,
    none: float,
    form: Callable[[float | None], str],
    caption: str,
) -> Plot:
    if not contents.evaluation:
        return Plot(name, title, missing="This run has no evaluation yet.")
    found = _policy_intervals(contents, key)
    if not found:
        return Plot(name, title, missing="The evaluation did not measure this.")
    drawn = [(_short(label), span) for label, span in found]
    svg = draw_svg(name, title, 0.75 + 0.42 * len(drawn), lambda figure: _forest(figure, drawn, none, form))
    rows = tuple((label, form(s.value), bounds(s, signed=form is lift) or plain(None)) for label, s in found)
    return Plot(name, title, caption, svg, ("Writer", "Estimate", "95% interval"), rows)


def plot_wins(contents: RunContents, against: str) -> Plot:
    """Win rate of each policy ``against`` "human" or "sft", as the independent judge sees it."""
    whose = {"human": "the person's text", "sft": "imitation"}[against]
    caption = (
        "The dot is the estimate, the bar its 95% interval: green lies wholly above the even 50%, "
        "orange wholly below, and grey cannot be told from it."
    )
    return _forest_plot(
        contents,
        f"wins-{against}",
        f"How often each writer is preferred to {whose}",
        f"win_vs_{against}",
        0.5,
        percent,
        caption,
    )


def plot_clicks(contents: RunContents, against: str) -> Plot:
    """True lift of each policy's click rate ``against`` "human" or "sft"; only the market knows it."""
    whose = {"human": "the person's", "sft": "the imitation writer's"}[against]
    caption = (
        "What the simulated audience would truly do, which no model was shown: green bars lie wholly above "
        "no change, orange ones below, and grey ones cannot be told from it."
    )
    return _forest_plot(
        contents,
        f"clicks-{against}",
        f"True click rate of each writer's texts, against {whose}",
        {"human": "true_ctr_lift_vs_human", "sft": "true_ctr_lift"}[against],
        0.0,
        lift,
        caption,
    )


def plot_reliability(contents: RunContents) -> Plot:
    """Predicted chances against observed shares (a reliability diagram)."""
    name, title = "reliability", "Are the stated chances true?"
    if not contents.calibration:
        return Plot(name, title, missing="The reward of this run has not been calibrated yet.")
    found = []
    for entry in map(mapping, contents.calibration.get("bins") or []):
        x = number(entry.get("predicted"))
        span = interval({"value": entry.get("observed"), "low": entry.get("low"), "high": entry.get("high")})
        if x is not None and span is not None:
            found.append((x, span, number(entry.get("pairs"))))
    if not found:
        return Plot(name, title, missing="The calibration of this run holds no bins.")

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.axline((0.5, 0.5), slope=1, color=INK, linewidth=0.9, alpha=0.6)
        for x, span, _ in found:
            axes.plot([x, x], [span.low, span.high], color=COLOURS["blue"], linewidth=2, alpha=0.6)
        axes.plot(
            [x for x, _, _ in found],
            [s.value for _, s, _ in found],
            "o-",
            color=COLOURS["blue"],
            markersize=4,
        )
        axes.set(xlabel="Stated chance to win", ylabel="Share that did win")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda v, _: _tick(v)))
            axis.set_major_locator(MaxNLocator(5))

    rows = tuple((percent(x), percent(s.value), bounds(s) or plain(None), plain(n)) for x, s, n in found)
    caption = (
        "Dots on the diagonal mean that a stated 70% wins 70 times in 100; below it the model is too sure "
        "of itself."
    )
    header = ("Stated chance", "Share that won", "95% interval", "Pairs")
    return Plot(name, title, caption, draw_svg(name, title, 3.0, paint), header, rows)
