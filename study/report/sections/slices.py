"""Slices: every objective over every searched parameter, one point a trial, coloured by family."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter

from study.config.parameter import Parameter
from study.config.space import Objective
from study.report.analysis.analysis import Analysis
from study.report.analysis.settings import setting_text
from study.report.drawing.axes import axis_range
from study.report.drawing.style import Look, blank, dress, marker
from study.report.sections.objectives import MANY
from study.report.sections.section import Contents, Section
from study.report.text.format import listed, plain

MOST_PANELS = 24
"""More would be too small to be read: of a space with many parameters, the first ones are shown."""

COLUMNS, NARROW_COLUMNS = 4, 2

ZERO = 0.17
"""How far below a logarithmic range its exact zeros stand, as a part of its length."""

SIDE, BELOW, FOOT = 0.6, 0.5, 0.6
"""Inches for the labels beside and below a panel, and for the legend."""

SPREAD = 0.44
"""Of the room of a choice, what the families side by side take."""


@dataclass(frozen=True)
class Scale:
    """Where the values of a parameter stand on an axis: `ticks` and their `labels`; `log` where the space says so.

    Choices stand at 0, 1, …, in the order of the space, exact zeros of a logarithmic range just below it.
    """

    parameter: Parameter

    @property
    def log(self) -> bool:
        return self.parameter.log

    @property
    def zero(self) -> float:
        """The place of an exact zero."""
        low, high = self._ends()
        return low / (high / low) ** ZERO if self.log else 0.0

    def places(self, values: pd.Series) -> np.ndarray:
        """Where these values stand; NaN for what the parameter does not take."""
        choices = self.parameter.choices
        if choices is not None:
            known = {str(choice): float(place) for place, choice in enumerate(choices)}
            return np.array([known.get(_text(value), np.nan) for value in values])
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
        if self.log:
            return np.where(numbers == 0, self.zero if self.parameter.zero else np.nan, numbers)
        return numbers

    def dress(self, ax: Axes) -> None:
        """The axis: its scale, its ends and its ticks."""
        choices = self.parameter.choices
        if choices is not None:
            ax.set_xlim(-0.6, len(choices) - 0.4)
            ax.set_xticks(range(len(choices)), [setting_text(choice) for choice in choices])
            return
        low, high = self._ends()
        if self.log:
            ax.set_xscale("log")
            ticks = [tick for e in range(-12, 13) for tick in (10.0**e, 3 * 10.0**e) if low <= tick <= high]
            ticks = ticks if len(ticks) <= 5 else [tick for tick in ticks if f"{tick:e}".startswith("1")]
            ax.set_xticks([self.zero, *ticks] if self.parameter.zero else ticks)
            ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: "0" if value < low else f"{value:g}"))
            ax.xaxis.set_minor_formatter(NullFormatter())
            ax.minorticks_off()
            start, margin = self.zero if self.parameter.zero else low, (high / low) ** 0.04
            ax.set_xlim(start / margin, high * margin)
        else:
            margin = 0.04 * (high - low)
            ax.set_xlim(low - margin, high + margin)

    def _ends(self) -> tuple[float, float]:
        assert self.parameter.low is not None
        assert self.parameter.high is not None
        return self.parameter.low, self.parameter.high


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
    """Where the panels stand, by hand: a layout that Matplotlib fits takes longer than the whole figure besides."""
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


def searched(analysis: Analysis) -> list[str]:
    """All of them, in the order of the space; of several studies, in that of the first that searched one."""
    names = dict.fromkeys(name for study in analysis.studies for name in study.plan.space.parameters)
    complete = analysis.complete
    return [name for name in names if name != "family" and name in complete and complete[name].nunique() > 1]


def _panel(ax: Axes, analysis: Analysis, look: Look, name: str, objective: Objective) -> None:
    spaces = [study.plan.space.parameters for study in analysis.studies]
    scale = Scale(next(parameters[name] for parameters in spaces if name in parameters))
    scale.dress(ax)
    complete = analysis.complete[analysis.complete[name].notna()]
    reach = axis_range(
        complete[objective.name].to_numpy(dtype=float), objective.sign, analysis.front[objective.name].to_numpy()
    )
    ax.set_ylim(reach.low, reach.high)
    there = set(complete["family"])
    families = [family for family in dict.fromkeys(g.family for g in analysis.groups) if family in there]
    size, alpha = (6.0, 0.45) if len(complete) > MANY else (16.0, 0.8)
    for family, shift in zip(families, _shifts(len(families), scale), strict=True):
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


def _shifts(families: int, scale: Scale) -> Sequence[float]:
    """How far from a choice's place each family stands, so that none covers the others."""
    if scale.parameter.choices is None or families == 1:
        return [0.0] * families
    return np.linspace(-SPREAD / 2, SPREAD / 2, families).tolist()


def _text(value: object) -> str:
    """A value of a record as the choice that it is: a whole number is read back with a decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


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


SLICES = Section("slices", "What the parameters do", _context, slices_figure, _alt)
