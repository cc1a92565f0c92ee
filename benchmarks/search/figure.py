"""The figure of `results/search/simulation.json`: what was found over images trained, without and with early stopping.

Colour says the sampler, line style whether trials are stopped; bands are quartiles over seeds.
"""

from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter
from numpy.typing import NDArray

from benchmarks.search.experiment import ARMS, POINTS, SAMPLERS
from benchmarks.search.simulation import Arm
from study.report.drawing.matplotlib_settings import own_settings
from study.report.drawing.style import Look, legend, panels, png

STYLES = {
    "random": ("random search", "#8A8A8A", 3.6),
    "tpe": ("TPE", "#0072B2", 2.0),
    "nsga2": ("NSGA-II", "#D55E00", 1.4),
}
"""Title, colour and width of a sampler's lines. Okabe and Ito's colours and a grey; the grey is broad and below, as
NSGA-II is random search until its first generation is complete.
"""

SHOWN = {"hypervolume": "hypervolume, nats × accuracy", "share": "share of the box of the paper's Figure 4"}
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
FIRST = 3
"""The place of the first images that are drawn: before, hardly a trial is complete."""

MILLION = 1e6


@own_settings()
def draw(found: dict[str, Any], known: dict[str, Any] | None = None) -> bytes:
    """PNG of both observed measures, the target and a quarter of its images marked; and what that would give who knows
    the front beforehand (`benchmarks.search.known_front`), if that is given.
    """
    look = Look()
    figure, axes = panels(look, len(SHOWN))
    for ax, (measure, title) in zip(axes, SHOWN.items(), strict=True):
        _panel(ax, found, measure, known["quartiles"][measure] if known else None, look)
        ax.set_ylabel(title, fontsize=10)
    handles = [
        Line2D([], [], color=colour, linewidth=width, linestyle=_line(stopped), label=f"{title}, {what}")
        for title, colour, width in STYLES.values()
        for stopped, what in ((True, "MO-ASHA"), (False, "all to the end"))
    ]
    legend(figure, look, handles, columns=len(SAMPLERS))
    return png(figure)


def _panel(ax: Axes, found: dict[str, Any], measure: str, known: list[float] | None, look: Look) -> None:
    images = np.array(found["images"]) / MILLION
    quartiles = {arm: np.array(found["arms"][arm.name]["quartiles"][measure]) for arm in ARMS}
    for arm, values in quartiles.items():
        _curve(ax, images, values, arm)
    target, quarter = found["target"][measure], images[POINTS // 4 - 1]
    ax.axhline(target, color=look.ink, linewidth=1)
    ax.axvline(quarter, color=look.ink, linewidth=1)
    low = min(float(values[0, FIRST]) for values in quartiles.values())
    high = max(*(float(values.max()) for values in quartiles.values()), *(known or ()))
    ax.set_ylim(low, high + 0.1 * (high - low))
    ax.set_xscale("log")
    ax.set_xlim(images[FIRST], images[-1])
    ax.xaxis.set_major_locator(FixedLocator(TICKS))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.set_xlabel("images trained, millions", fontsize=10)
    words: dict[str, Any] = {"color": look.ink, "fontsize": 8, "textcoords": "offset points"}
    ax.annotate("target", (images[FIRST], target), xytext=(4, 3), **words)
    if known:
        low_known, median, high_known = known
        spread = [[median - low_known], [high_known - median]]
        ax.errorbar(quarter, median, spread, color=look.ink, fmt="D", markersize=5, linewidth=1.5)
        ax.annotate("front known\nbeforehand", (quarter, median), xytext=(-6, 0), ha="right", va="center", **words)
    ax.annotate("a quarter of\nits images", (quarter, low), xytext=(4, 5), **words)


def _curve(ax: Axes, images: NDArray[np.float64], quartiles: NDArray[np.float64], arm: Arm) -> None:
    """Steps: between two numbers of images, what was there at the first."""
    _, colour, width = STYLES[arm.sampler]
    at, (low, middle, high) = images[: quartiles.shape[1]], quartiles
    stopped = arm.rule != "none"
    ax.fill_between(at, low, high, step="post", color=colour, alpha=0.18 if stopped else 0.08, linewidth=0)
    ax.step(at, middle, where="post", color=colour, linewidth=width, linestyle=_line(stopped))


def _line(stopped: bool) -> Literal["-", ":"]:
    return "-" if stopped else ":"
