"""Learning curves: every objective on validation images over the images seen in training, and where trials stopped."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from study.records.table import RUNG
from study.report.analysis.analysis import Analysis
from study.report.analysis.axes import axis_range
from study.report.drawing.style import Look, legend, marker, panels
from study.report.read.curves import CURVES
from study.report.sections.objectives_figure import CROWDED_FRONT
from study.report.sections.section import Contents, Section
from study.report.text.format import axis_label, count, listed, sampled, short

CROWDED = 40
"""From more trials than these on, the curves are drawn fainter and without markers."""

SPARSE = 12
"""Curves of at most so many values carry a marker at each."""


def curves_figure(analysis: Analysis, look: Look) -> Figure | None:
    """Validation values of every objective over images seen; None where no trial logged any.

    If trials were compared at rungs, which grow by a constant factor, the axis is logarithmic.
    """
    curves = analysis.curves
    rungs = np.sort(curves[RUNG].dropna().unique()) if RUNG in curves else np.empty(0)
    shown = [
        o for o in analysis.objectives if o.name in curves and curves.loc[curves["images"] > 0, o.name].notna().any()
    ]
    if not shown:
        return None
    figure, axes = panels(look, len(shown), height=4.2)
    front = set(zip(analysis.front["study"], analysis.front["trial"], strict=True))
    crowded = len(analysis.trials) > CROWDED
    bold = 2.0 if len(front) <= CROWDED_FRONT else 1.2
    for ax, objective in zip(axes, shown, strict=True):
        values = curves.dropna(subset=[objective.name])
        trained = values[values["images"] > 0]
        # The axis is made for the later three quarters of training: where the curves start may lie far off.
        ends = trained.groupby(["study", "trial"])["images"].transform("max")
        late = trained.loc[trained["images"] >= ends / 4, objective.name].to_numpy(dtype=float)
        reach = axis_range(late[np.isfinite(late)], objective.sign, np.empty(0))
        ax.set_ylim(reach.low, reach.high)
        values = (trained if len(rungs) else values).sort_values(["study", "trial", "images"])
        for (family, thick), some in values.groupby(["family", _is_in(values, front)]):
            colour, alpha = look.colour(str(family)), 1.0 if thick else (0.15 if crowded else 0.55)
            lines = _lines(some, objective.name)
            width, layer = (bold, 3) if thick else (bold / 2, 2)
            ax.add_collection(LineCollection(lines, colors=colour, linewidths=width, alpha=alpha, zorder=layer))
            if not crowded and len(some) <= SPARSE * len(lines):
                shape = marker(str(family))
                ax.scatter(
                    some["images"], some[objective.name], s=12, c=colour, marker=shape, alpha=alpha, zorder=layer
                )
        if len(rungs):
            _mark_rungs(ax, look, values, objective.name, rungs, faint=crowded)
        else:
            ax.set_xlim(0, 1.03 * values["images"].max())
        ax.set_xlabel("images seen in training")
        ax.set_ylabel(f"validation {axis_label(objective)}" if not look.narrow else objective.name.replace("_", " "))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
    handles = [
        _line(family, look.colour(family), marker(family))
        for family in dict.fromkeys(group.family for group in analysis.groups)
    ]
    handles.append(_line("thick: non-dominated on test images", look.ink, None))
    if (curves["state"] == "pruned").any():
        handles.append(Line2D([], [], label="stopped early", color=look.faint, marker="x", linestyle="none"))
    legend(figure, look, handles, columns=4)
    return figure


def _mark_rungs(ax: Axes, look: Look, values: pd.DataFrame, metric: str, rungs: np.ndarray, faint: bool) -> None:
    """A line at each rung, and a cross where a trial was stopped; a logarithmic axis starts at the first rung."""
    ax.set_xscale("log")
    ax.set_xlim(0.8 * rungs[0], 1.08 * max(values["images"].max(), rungs[-1]))
    last = values["images"].max()
    ticks = [*rungs, *([last] if last > 1.3 * rungs[-1] else [])]
    ax.set_xticks(ticks)
    ax.minorticks_off()
    for rung in rungs:
        ax.axvline(rung, color=look.faint, linewidth=0.8, linestyle=(0, (2, 3)), zorder=1.5)
    ends = values[values["state"] == "pruned"].groupby(["study", "trial"]).tail(1)
    for family, some in ends.groupby("family"):
        ax.scatter(
            some["images"],
            some[metric],
            s=18,
            marker="x",
            c=look.colour(str(family)),
            linewidths=0.9,
            alpha=0.7 if faint else 1.0,
            zorder=2.5,
        )


def _lines(values: pd.DataFrame, metric: str) -> list[np.ndarray]:
    """The curve (n, 2) of each trial, from rows that are sorted by trial."""
    numbers, studies = values["trial"].to_numpy(), values["study"].to_numpy()
    ends = np.flatnonzero((numbers[1:] != numbers[:-1]) | (studies[1:] != studies[:-1])) + 1
    return np.split(values[["images", metric]].to_numpy(dtype=float), ends)


def _is_in(values: pd.DataFrame, trials: set[tuple[str, int]]) -> pd.Series:
    """A mask of the rows that belong to one of the trials, given as (study, number)."""
    return pd.Series([key in trials for key in zip(values["study"], values["trial"], strict=True)], index=values.index)


def _line(label: str, colour: str, shape: str | None) -> Line2D:
    return Line2D([], [], label=label, color=colour, marker=shape, linewidth=2.0, markersize=5)


def _alt(analysis: Analysis) -> str:
    return (
        f"Line plot of {listed(analysis.names)} on validation images over images seen in training, one line a trial, "
        "coloured by family."
    )


def _shown(analysis: Analysis) -> str:
    """The trials that have a curve in the figure, as text, if not all have one."""
    ended, front = len(analysis.trials), len(analysis.front)
    if max(front, ended - front) <= CURVES:
        return ""
    parts = [f"{sampled(front, CURVES)} on the front", f"{sampled(ended - front, CURVES)} beside it"]
    return f"Of {count(ended, 'trial')}, {listed(parts)} are shown."


def _context(contents: Contents) -> dict[str, Any] | None:
    if "curves" not in contents.images:
        return None
    rungs = bool(contents.analysis.curves[RUNG].notna().any())
    return {"shown": _shown(contents.analysis), "rungs": rungs, "complete": len(contents.analysis.complete)}


LEARNING_CURVES = Section("curves", "Learning curves", _context, curves_figure, _alt)
