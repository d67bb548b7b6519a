"""Plots as SVG in a page: readable on light and dark, equal bytes for equal figures.

Text and axes take the page's own colour (``currentColor``); series take mid-tones with a contrast of at
least 3 on white and on near-black.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib
from markupsafe import Markup, escape
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from matplotlib.typing import RcGroupKeyType

__all__ = ["COLOURS", "INK", "Plot", "draw_svg"]

COLOURS = {"blue": "#3b82c4", "orange": "#d0701f", "green": "#2b9468", "grey": "#7d858f"}
INK = "#0a0b0c"  # stands for the page's text colour until the SVG is written
WIDTH = 4.7  # inches; at 9 points this is legible at the width of a phone and magnified on a desk
STYLE: dict[RcGroupKeyType, dict[str, Any]] = {
    "svg": {"fonttype": "none", "hashsalt": "adwright"},
    "font": {"family": "sans-serif", "size": 9},
    "text": {"color": INK, "parse_math": False},
    "axes": {
        "edgecolor": INK,
        "labelcolor": INK,
        "titlesize": 9,
        "linewidth": 0.6,
        "grid": True,
        "axisbelow": True,
    },
    "axes.spines": {"right": False, "top": False},
    "grid": {"color": INK, "alpha": 0.14, "linewidth": 0.6},
    "xtick": {"color": INK},
    "ytick": {"color": INK},
    "legend": {"frameon": False},
    "lines": {"linewidth": 1.6},
    "figure.constrained_layout": {"use": True},
}


@dataclass(frozen=True)
class Plot:
    """One plot and its numbers; ``svg`` is empty where ``missing`` says what is not there.

    Attributes:
        name: short, unique on the page; prefixes the ids of the SVG.
        title: what is shown.
        caption: how to read it, in a sentence.
        svg: inline SVG, as Markup.
        header, rows: the same numbers as a table.
        missing: why there is no plot.
    """

    name: str
    title: str
    caption: str = ""
    svg: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    missing: str = ""


def draw_svg(name: str, title: str, height: float, paint: Callable[[Figure], None]) -> Markup:
    """Paint a figure of the report's width; ``height`` in inches."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a reader's own matplotlibrc must not change the bytes
        for group, settings in STYLE.items():
            matplotlib.rc(group, **settings)
        figure = Figure(figsize=(WIDTH, height))
        paint(figure)
        buffer = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    return _inline(name, title, buffer.getvalue())


def _inline(name: str, title: str, svg: str) -> Markup:
    """Strip what only a file needs, and make ids unique to this plot: a page has one space of ids."""
    body = svg[svg.index("<svg") :]
    box = re.search(r'viewBox="([\d. ]+)"', body)
    body = body[body.index(">") + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r'(<[^>]*?\b)id="([^"]+)"', rf'\1id="{name}-\2"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", body)
    body = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{name}-\1"', body)
    body = re.sub(r"font: ([\d.]+px) [^;\"]+", r"font-size: \1", body).replace(INK, "currentColor")
    label = f'<svg class="plot" role="img" aria-labelledby="{name}-title" viewBox="{box[1] if box else ""}">'
    return Markup(f'{label}<title id="{name}-title">{escape(title)}</title>{body}')
