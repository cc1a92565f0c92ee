"""Parallel coordinates: a line for each complete trial through its parameters and objectives.

Drawn as lines in a plane, not by plotly's own trace for it: that one needs WebGL and the right to run text as a script,
cannot be pointed at, and has no place for a parameter that a trial does not have. Here that is a tick of its own, below
the axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from study.report.analysis.analysis import Analysis
from study.report.explore.marks import NAME, STEPS, THIN, Figure, layout, mark, number_list, plain, ramp
from study.report.explore.scale import Scale, objective_scale
from study.report.explore.slices import searched_scales
from study.report.text.format import axis_label
from study.report.text.format import plain as spaced

ABSENT = -0.13
"""Where a line crosses the axis of a parameter that its trial does not have; the axis itself goes from 0 to 1."""

FEW = 100
"""Up to so many lines can be told apart where they cross; more are drawn thin."""

DIGITS = 4
"""Decimals of a position: a hundredth of a pixel."""


@dataclass(frozen=True)
class _Axis:
    title: str
    scale: Scale
    heights: np.ndarray
    """Where the lines of the complete trials (n,) cross it."""

    some_absent: bool


def parallel_figures(analysis: Analysis) -> dict[str, Figure]:
    """One figure by what colours it: the family, or an objective from best to worst. None without a complete trial."""
    if analysis.complete.empty:
        return {}
    axes = [
        *(_axis(spaced(name), scale, analysis, name) for name, scale in searched_scales(analysis).items()),
        *(
            _axis(
                axis_label(o).replace(" (", "<br>(") + f"<br>{'↓' if o.sign > 0 else '↑'} better",
                objective_scale(o, analysis.complete[o.name].to_numpy(), analysis.front[o.name].to_numpy()),
                analysis,
                o.name,
            )
            for o in analysis.objectives
        ),
    ]
    frame = _frame(axes)
    found = {"family": {"data": _by_family(analysis, axes), "layout": frame}}
    for at, objective in enumerate(analysis.objectives):
        heights = axes[len(axes) - len(analysis.objectives) + at].heights
        badness = heights if objective.sign > 0 else 1 - heights
        found[spaced(objective.name)] = {"data": _by_badness(analysis, axes, badness), "layout": frame}
    return found


def _axis(title: str, scale: Scale, analysis: Analysis, column: str) -> _Axis:
    positions = (scale.place(analysis.complete[column]) - scale.low) / ((scale.high - scale.low) or 1.0)
    if scale.high == scale.low:
        positions = positions + 0.5
    absent = np.isnan(positions)
    return _Axis(title, scale, np.round(np.where(absent, ABSENT, positions), DIGITS), bool(absent.any()))


def _by_family(analysis: Analysis, axes: Sequence[_Axis]) -> list[dict[str, Any]]:
    return [
        _lines(analysis, axes, group.name, mark(analysis, group).colour, np.ones(len(analysis.complete), dtype=bool))
        for group in analysis.groups
        if len(group.complete)
    ]


def _by_badness(analysis: Analysis, axes: Sequence[_Axis], badness: np.ndarray) -> list[dict[str, Any]]:
    """The best last, over the others. `badness` (n,): 0 for the best, 1 for the worst."""
    steps = np.minimum((badness * STEPS).astype(int), STEPS - 1)
    traces = []
    for step in reversed(range(STEPS)):
        for group in analysis.groups:
            trace = _lines(analysis, axes, group.name, ramp(step), steps == step)
            if trace["x"]:
                traces.append(trace)
    return traces


def _lines(analysis: Analysis, axes: Sequence[_Axis], group: str, colour: str, chosen: np.ndarray) -> dict[str, Any]:
    """One trace with a line for each of the chosen complete trials (n,) of a group, with a gap after each."""
    own = chosen & (analysis.complete["group"] == group).to_numpy()
    heights = np.column_stack([*(axis.heights[own] for axis in axes), np.full(own.sum(), np.nan)])
    across = np.tile([*map(float, range(len(axes))), np.nan], len(heights))
    trials = analysis.complete.index[own]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(group),
        "meta": {"group": group},
        "x": number_list(across),
        "y": number_list(heights.ravel()),
        "customdata": np.repeat(trials, len(axes) + 1).tolist(),
        "text": np.repeat(analysis.complete.loc[trials, "trial"], len(axes) + 1).tolist(),
        "hovertemplate": "trial %{text}",
        "line": {"color": colour + THIN if len(analysis.complete) > FEW else colour, "width": 1.2},
    }


def _frame(axes: Sequence[_Axis]) -> dict[str, Any]:
    """The axes: lines, and texts beside them on a piece of ground, so that they can be read among the lines."""
    upright = [
        {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "line": {"color": f"{NAME}faint", "width": 1}}
        for at in range(len(axes))
    ]
    texts = [
        {
            "x": at,
            "y": round(float(height), DIGITS),
            "text": plain(text),
            "showarrow": False,
            "xanchor": "right",
            "xshift": -3,
            "bgcolor": f"{NAME}ground",
            "opacity": 0.85,
            "borderpad": 1,
            "font": {"size": 11},
        }
        for at, axis in enumerate(axes)
        for height, text in _ticks(axis)
    ]
    x = {
        "range": [-0.55, len(axes) - 0.6],
        "tickvals": list(range(len(axes))),
        "ticktext": [axis.title for axis in axes],
        "side": "top",
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "tickangle": 0,
    }
    y = {"range": [ABSENT - 0.06, 1.06], "visible": False, "fixedrange": True}
    margin = {"l": 12, "r": 36, "t": 72, "b": 4}
    return layout(x, y, shapes=upright, annotations=texts, margin=margin, dragmode="select", meta={"crossed": True})


def _ticks(axis: _Axis) -> list[tuple[float, str]]:
    scale = axis.scale
    extent = scale.high - scale.low
    ticks = [((at - scale.low) / extent if extent else 0.5, text) for at, text in scale.ticks]
    return [*ticks, (ABSENT, "–")] if axis.some_absent else ticks
