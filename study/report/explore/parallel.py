"""Parallel coordinates: a line for each complete trial through its parameters and objectives.

Drawn as lines in a plane, not by plotly's own trace for it: that one needs WebGL and the right to run text as a script,
cannot be pointed at, and has no place for a parameter that a trial does not have. Here that is a tick of its own, below
the axis.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from study.report.analysis.analysis import Analysis, Group
from study.report.analysis.slices import Scale, scales
from study.report.explore.figures import STEPS, TEMPLATE, escaped, mark, number_list, reaches, var
from study.report.text.format import axis_label, plain

ABSENT = -0.13
"""Position at which a line crosses the axis of a parameter that its trial does not have; the axis goes from 0 to 1."""

FEW = 100
"""Maximum number of lines that can be distinguished where they cross; more are drawn thin."""

DIGITS = 4
"""Decimals of a position: a hundredth of a pixel."""

MOST_TICKS = 6
"""Maximum number of ticks of an axis of plain numbers."""


@dataclass(frozen=True)
class _Axis:
    title: str
    heights: np.ndarray
    """Positions (n,) at which the lines of the complete trials cross it."""

    ticks: list[tuple[float, str]]
    """Heights and texts."""


def parallel_figures(analysis: Analysis) -> dict[str, go.Figure]:
    """One figure by what colours it: the family, or an objective from best to worst. None without a complete trial."""
    if analysis.complete.empty:
        return {}
    complete, reach = analysis.complete, reaches(analysis)
    parameters = [_axis(plain(name), scale, scale.places(complete[name])) for name, scale in scales(analysis).items()]
    objectives = [
        _axis(
            axis_label(o).replace(" (", "<br>(") + f"<br>{'↓' if o.sign > 0 else '↑'} better",
            Scale(reach[o.name].low, reach[o.name].high),
            reach[o.name].clip(complete[o.name].to_numpy(dtype=float)),
        )
        for o in analysis.objectives
    ]
    axes, every = [*parameters, *objectives], np.ones(len(complete), dtype=bool)
    lines = [_lines(analysis, axes, group, mark(analysis, group).colour, every) for group in analysis.groups]
    found = {"family": _figure(axes, lines)}
    for objective, axis in zip(analysis.objectives, objectives, strict=True):
        badness = axis.heights if objective.sign > 0 else 1 - axis.heights
        steps = np.minimum((badness * STEPS).astype(int), STEPS - 1)
        lines = [
            _lines(analysis, axes, group, f"ramp-{step}", steps == step)
            for step in reversed(range(STEPS))  # the best last, over the others
            for group in analysis.groups
        ]
        found[plain(objective.name)] = _figure(axes, lines)
    return found


def _axis(title: str, scale: Scale, places: np.ndarray) -> _Axis:
    ticks = _even_ticks(scale.low, scale.high) if scale.ticks is None else scale.ticks
    heights = scale.heights(np.array([place for place, _ in ticks])).tolist()
    shown = [(height, text) for height, (_, text) in zip(heights, ticks, strict=True)]
    absent = np.isnan(places)
    lines = np.round(np.where(absent, ABSENT, scale.heights(places)), DIGITS)
    return _Axis(title, lines, [*shown, (ABSENT, "–")] if absent.any() else shown)


def _even_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Multiples of 1, 2 or 5 times a power of ten between two numbers."""
    power = 10.0 ** math.floor(math.log10((high - low) / (MOST_TICKS - 1)))
    step = next(step * power for step in (1, 2, 5, 10) if (high - low) <= (MOST_TICKS - 1) * step * power)
    return [(step * n, f"{step * n:,.6g}") for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _lines(analysis: Analysis, axes: Sequence[_Axis], group: Group, colour: str, chosen: np.ndarray) -> go.Scatter:
    """A line for each of the chosen complete trials (n,) of a group, with a gap after each."""
    own = chosen & (analysis.complete["group"] == group.name).to_numpy()
    heights = np.column_stack([*(axis.heights[own] for axis in axes), np.full(own.sum(), np.nan)])
    trials = analysis.complete[own]
    return go.Scatter(
        mode="lines",
        name=escaped(group.name),
        meta={"group": group.name},
        x=number_list(np.tile([*map(float, range(len(axes))), np.nan], len(heights))),
        y=number_list(heights.ravel()),
        customdata=np.repeat(trials.index, len(axes) + 1).tolist(),
        text=np.repeat(trials["trial"], len(axes) + 1).tolist(),
        hovertemplate="trial %{text}",
        line={"color": var(colour, thin=len(analysis.complete) > FEW), "width": 1.2},
    )


def _figure(axes: Sequence[_Axis], traces: Sequence[go.Scatter]) -> go.Figure:
    """The lines that there are, upright axes, and their ticks on a piece of ground, to be read among the lines."""
    layout: dict[str, Any] = {
        "template": TEMPLATE,
        "xaxis": {
            "range": [-0.55, len(axes) - 0.6],
            "tickvals": list(range(len(axes))),
            "ticktext": [axis.title for axis in axes],
            "side": "top",
            "showgrid": False,
            "fixedrange": True,
            "tickangle": 0,
        },
        "yaxis": {"range": [ABSENT - 0.06, 1.06], "visible": False, "fixedrange": True},
        "margin": {"l": 12, "r": 36, "t": 72, "b": 4},
        "dragmode": "select",
        "meta": {"crossed": True},
        "shapes": [
            {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "line": {"color": var("faint"), "width": 1}}
            for at in range(len(axes))
        ],
        "annotations": [
            {
                "x": at,
                "y": round(height, DIGITS),
                "text": escaped(text),
                "showarrow": False,
                "xanchor": "right",
                "xshift": -3,
                "bgcolor": var("ground"),
                "opacity": 0.85,
                "borderpad": 1,
                "font": {"size": 11},
            }
            for at, axis in enumerate(axes)
            for height, text in axis.ticks
        ],
    }
    return go.Figure([trace for trace in traces if trace.x], layout)
