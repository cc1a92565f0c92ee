"""Slices: every objective over every searched parameter, one point a trial, coloured by family."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter

from study.config.space import Objective
from study.report.analysis.analysis import Analysis
from study.report.analysis.axes import axis_range
from study.report.analysis.slices import Scale, scales, searched
from study.report.drawing.style import Look, blank, dress, marker
from study.report.sections.objectives_figure import MANY
from study.report.sections.section import Contents, Section
from study.report.text.format import listed, plain

MOST_PANELS = 24
"""More would be too small to be read: of a space with many parameters, the first ones are shown."""

COLUMNS, NARROW_COLUMNS = 4, 2

SIDE, BELOW, FOOT = 0.6, 0.5, 0.6
"""Inches for the labels left of and below a panel, and for the legend."""


def slices_figure(analysis: Analysis, look: Look) -> Figure | None:
    """Panels by parameter, and within by objective; None without complete trials or a parameter that differs."""
    names = sliced(analysis)
    if not names:
        return None
    objectives = analysis.objectives[:MOST_PANELS]
    most = NARROW_COLUMNS if look.narrow else COLUMNS
    columns = max(most - most % len(objectives), min(most, len(objectives)))
    rows = -(-len(names) * len(objectives) // columns)
    width, height = (4.2, 1.9) if look.narrow else (9.6, 2.2)
    figure = blank(look, width, height * rows + FOOT)
    grid = figure.add_gridspec(rows, columns, **_margins(width, height * rows + FOOT, columns, rows))
    for place, (name, objective) in enumerate((name, objective) for name in names for objective in objectives):
        ax = figure.add_subplot(grid[place // columns, place % columns], facecolor=look.ground)
        dress(ax, look)
        ax.tick_params(labelsize=8)
        _panel(ax, analysis, look, name, objective)
    families = dict.fromkeys(group.family for group in analysis.groups if len(group.complete))
    figure.legend(
        handles=[_handle(family, look) for family in families],
        loc="lower center",
        ncols=2 if look.narrow else 4,
        frameon=False,
        fontsize=9,
        labelcolor=look.ink,
    )
    return figure


def _margins(width: float, height: float, columns: int, rows: int) -> dict[str, float]:
    """The positions of the panels, computed here: a layout that Matplotlib fits takes longer than the rest."""
    panel = (width - columns * SIDE - 0.1) / columns, (height - FOOT - rows * BELOW - 0.1) / rows
    return {
        "left": SIDE / width,
        "right": 1 - 0.1 / width,
        "top": 1 - 0.1 / height,
        "bottom": (FOOT + BELOW) / height,
        "wspace": SIDE / panel[0],
        "hspace": BELOW / panel[1],
    }


def sliced(analysis: Analysis) -> list[str]:
    """The searched parameters, other than the family, that complete trials have with different values; bounded."""
    return searched(analysis)[: max(1, MOST_PANELS // len(analysis.objectives))]


def _panel(ax: Axes, analysis: Analysis, look: Look, name: str, objective: Objective) -> None:
    scale = scales(analysis)[name]
    _dress_axis(ax, scale)
    complete = analysis.complete[analysis.complete[name].notna()]
    reach = axis_range(
        complete[objective.name].to_numpy(dtype=float), objective.sign, analysis.front[objective.name].to_numpy()
    )
    ax.set_ylim(reach.low, reach.high)
    there = set(complete["family"])
    families = [family for family in dict.fromkeys(g.family for g in analysis.groups) if family in there]
    size, alpha = (6.0, 0.45) if len(complete) > MANY else (16.0, 0.8)
    for family, shift in zip(families, scale.shifts(len(families)), strict=True):
        own = complete[complete["family"] == family]
        ax.scatter(
            scale.places(own[name]) + shift,
            reach.clip(own[objective.name].to_numpy(dtype=float)),
            s=size,
            marker=marker(family),
            c=look.colour(family),
            alpha=alpha,
            linewidths=0,
            clip_on=False,
            zorder=3,
        )
    ax.set_xlabel(plain(name), size=9)
    ax.set_ylabel(plain(objective.name), size=9)


def _dress_axis(ax: Axes, scale: Scale) -> None:
    """The ends and ticks of the horizontal axis."""
    if scale.log:
        ax.set_xscale("log")
    if scale.ticks is not None:
        ax.set_xticks([place for place, _ in scale.ticks], [text for _, text in scale.ticks])
    if scale.log:
        ax.xaxis.set_minor_formatter(NullFormatter())
        ax.minorticks_off()
    ax.set_xlim(*scale.ends)


def _handle(family: str, look: Look) -> Line2D:
    return Line2D(
        [], [], label=family, color=look.colour(family), marker=marker(family), linestyle="none", markersize=6
    )


def _alt(analysis: Analysis) -> str:
    return (
        f"Scatter plots of {listed(analysis.names)} on test images over each searched parameter, one point a trial, "
        "coloured by family."
    )


def _context(contents: Contents) -> dict[str, Any] | None:
    names = searched(contents.analysis)
    if not names:
        return None
    left = names[len(sliced(contents.analysis)) :]
    return {"left_out": f"No room was for {listed([plain(name) for name in left])}." if left else ""}


SLICES = Section("slices", "Effect of the parameters", _context, slices_figure, _alt)
