"""How Figure 4 is drawn: two panels, four layers each, the paper's own means behind."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from study.pareto.staircase import staircase
from study.report.drawing.style import Look, legend, marker, panels
from study.report.paper.aggregation import Settings, all_seeds, kept, kept_scores
from study.report.paper.row import Evidence
from study.report.paper.scores import STRENGTH, Factors, Models, own, with_tanh
from study.report.published.numbers import paper_numbers

NAMES: dict[Factors, str] = {4: "disentanglement_4", 5: "disentanglement"}
TICKS = (20, 30, 50, 70, 100, 150, 200, 300, 500)
"""Nats on the axis, which is logarithmic: a beta-VAE that codes nothing costs ten times what a good WAE does."""

TANH = "beta-vae, tanh means"


def draw(evidence: Evidence, look: Look) -> Figure | None:
    """Four factors beside five; None where no trial has scores and a reconstruction."""
    mine, tanh = own(evidence.trials), with_tanh(evidence.trials)
    if not len(all_seeds(mine, 4)) and not len(all_seeds(tanh, 4)):
        return None
    figure, axes = panels(look, 2)
    for ax, factors, letter in zip(axes, NAMES, "ab", strict=True):
        _panel(ax, mine, tanh, factors, look)
        ax.set_title(f"({letter}) {'four' if factors == 4 else 'five'} factors", size=10, color=look.ink, loc="left")
    legend(figure, look, _handles(mine, tanh, look), columns=3)
    return figure


def _panel(ax: Axes, mine: Models, tanh: Models, factors: Factors, look: Look) -> None:
    for family, values in paper_numbers("figure4")["families"].items():
        ax.plot(
            values["reconstruction"],
            values[NAMES[factors]],
            **_paper_style(family, look),
        )
    for models, series in ((tanh, TANH), *((mine.of(family), family) for family in STRENGTH)):
        if len(models):
            _series(ax, models, factors, series, look)
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(NullLocator())
    low, high = ax.get_xlim()
    ax.set_xticks([tick for tick in TICKS if low <= tick <= high])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.minorticks_off()
    ax.set_xlabel("reconstruction (nats per image)   ← better")
    ax.set_ylabel(f"accuracy, {'four' if factors == 4 else 'five'} factors   better →")


def _series(ax: Axes, models: Models, factors: Factors, series: str, look: Look) -> None:
    """One family's scores, means and front."""
    colour, shape = _colour(series, look), _marker(series)
    everything, half = all_seeds(models, factors), kept(models, factors)
    single = np.column_stack([models.reconstruction, models.score(factors)])
    _front(ax, single[np.isfinite(single).all(axis=1)], colour)
    ax.errorbar(
        everything.reconstruction,
        everything.score,
        xerr=everything.reconstruction_deviation,
        yerr=everything.score_deviation,
        linestyle="none",
        marker=shape,
        markersize=4,
        color=colour,
        alpha=0.35,
        elinewidth=0.8,
        zorder=2,
    )
    rows, scores = kept_scores(models, factors)
    ax.scatter(models.reconstruction[rows], scores, s=5, color=colour, linewidths=0, alpha=0.6, zorder=3)
    _means(ax, half, colour, shape, look, "--" if series == TANH else "-")


def _means(ax: Axes, settings: Settings, colour: str, shape: str, look: Look, line: str) -> None:
    ax.plot(
        settings.reconstruction,
        settings.score,
        color=colour,
        marker=shape,
        markersize=6.5,
        markeredgecolor=look.ground,
        markeredgewidth=0.7,
        linewidth=1.5,
        linestyle=line,
        zorder=4,
    )


def _front(ax: Axes, single: np.ndarray, colour: str) -> None:
    """The steps between what single models (n, 2) dominate and what they do not."""
    corners = staircase(single * [1, -1]) * [1, -1]
    ax.plot(corners[:, 0], corners[:, 1], color=colour, linewidth=0.8, alpha=0.7, zorder=1.5)


def _colour(series: str, look: Look) -> str:
    return look.colour("vae" if series == TANH else series)


def _marker(series: str) -> str:
    return marker("vae" if series == TANH else series)


def _paper_style(family: str, look: Look) -> dict[str, Any]:
    return {
        "color": look.colour(family),
        "marker": marker(family),
        "markersize": 5,
        "markerfacecolor": "none",
        "linewidth": 0.8,
        "linestyle": (0, (1, 2)),
        "alpha": 0.6,
        "zorder": 1,
    }


def _handles(mine: Models, tanh: Models, look: Look) -> list[Line2D]:
    handles = []
    for models, series in (*((mine.of(family), family) for family in STRENGTH), (tanh, TANH)):
        if len(models):
            handles.append(
                Line2D(
                    [],
                    [],
                    color=_colour(series, look),
                    marker=_marker(series),
                    markersize=6.5,
                    linewidth=1.5,
                    linestyle="--" if series == TANH else "-",
                    label=f"{series} ({len(models):,})",
                )
            )
    faint = look.faint
    handles += [
        Line2D([], [], color=faint, marker=".", markersize=4, linestyle="none", label="scores of the kept half"),
        Line2D([], [], color=faint, marker="|", markersize=9, alpha=0.6, linewidth=0.8, label="all seeds, ± s.d."),
        Line2D([], [], color=faint, linewidth=0.8, drawstyle="steps-post", label="front of single models"),
        Line2D(
            [],
            [],
            label="the paper's means of its best half",
            **{**_paper_style("", look), "color": faint, "marker": "o"},
        ),
    ]
    return handles
