"""Complete trials by two objectives, with each family's front; by a single objective, in a row for each family."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from study.config.space import Objective
from study.pareto.dominance import non_dominated
from study.report.analysis.analysis import Analysis, Group
from study.report.drawing.axes import axis_range
from study.report.explore.marks import NAME, Figure, axis, layout, mark, number_list, plain
from study.report.explore.points import FORMAT, SIZES, points
from study.report.text.format import axis_label
from study.report.text.format import plain as spaced


def objectives_figures(analysis: Analysis) -> dict[str, Figure]:
    """One figure for each pair of objectives, by its title; none without a complete trial."""
    if analysis.complete.empty:
        return {}
    if len(analysis.objectives) == 1:
        (only,) = analysis.objectives
        return {spaced(only.name): _rows(analysis, only)}
    pairs = combinations(analysis.objectives, 2)
    return {f"{spaced(y.name)} over {spaced(x.name)}": _pair(analysis, x, y) for x, y in pairs}


def reach(analysis: Analysis, objective: Objective) -> tuple[float, float]:
    """The ends of an objective's axis, before the values that are far worse than most."""
    found = axis_range(analysis.complete[objective.name].to_numpy(), objective.sign, _front(analysis, objective))
    return found.low, found.high


def beyond(analysis: Analysis) -> int:
    """How many complete trials lie beyond the end of some objective's axis."""
    outside = np.zeros(len(analysis.complete), dtype=bool)
    for objective in analysis.objectives:
        low, high = reach(analysis, objective)
        outside |= ~analysis.complete[objective.name].between(low, high).to_numpy()
    return int(outside.sum())


def better(objective: Objective) -> str:
    """The axis's title, with an arrow to the better end."""
    return axis_label(objective) + ("  ← better" if objective.sign > 0 else "  better →")


def _front(analysis: Analysis, objective: Objective) -> np.ndarray:
    return analysis.front[objective.name].to_numpy(dtype=float)


def _pair(analysis: Analysis, x: Objective, y: Objective) -> Figure:
    hover = f"{spaced(x.name)} %{{x:{FORMAT}}}<br>{spaced(y.name)} %{{y:{FORMAT}}}"
    drawn = [group for group in analysis.groups if len(group.complete)]
    lines = [_front_line(analysis, group, x, y) for group in drawn]
    marks = [
        points(analysis, group, group.complete[x.name].to_numpy(), group.complete[y.name].to_numpy(), hover)
        for group in drawn
    ]
    at_x, at_y = axis(better(x), reach(analysis, x)), axis(better(y), reach(analysis, y))
    rings = [_rings(group, group.complete[x.name], group.complete[y.name]) for group in drawn]
    return {"data": [*lines, *rings, *marks], "layout": layout(at_x, at_y)}


def _front_line(analysis: Analysis, group: Group, x: Objective, y: Objective) -> dict[str, Any]:
    """The steps between what the group's trials dominate and what they do not."""
    values = group.complete[[x.name, y.name]].to_numpy(dtype=float)
    front = np.unique(values[non_dominated(values * [x.sign, y.sign])], axis=0)  # by x
    drawn = mark(analysis, group)
    return {
        "type": "scatter",
        "mode": "lines",
        "meta": {"group": group.name},
        "x": number_list(front[:, 0]),
        "y": number_list(front[:, 1]),
        "line": {"shape": "hv" if x.sign > 0 else "vh", "color": drawn.colour, "dash": drawn.dash, "width": 1.5},
        "hoverinfo": "skip",
    }


def _rings(group: Group, x: pd.Series, y: pd.Series) -> dict[str, Any]:
    """Rings around the group's trials that no trial of any study dominates."""
    front = group.complete["front"].to_numpy(dtype=bool)
    return {
        "type": "scatter",
        "mode": "markers",
        "meta": {"group": group.name},
        "x": number_list(x.to_numpy()[front]),
        "y": number_list(y.to_numpy()[front]),
        "marker": {
            "symbol": "circle-open",
            "color": f"{NAME}ink",
            "size": SIZES[0][1] + 6,
            "line": {"width": 1.3},
        },
        "hoverinfo": "skip",
    }


def _rows(analysis: Analysis, objective: Objective) -> Figure:
    """One objective along the axis, a row for each group."""
    traces, names = [], []
    for row, group in enumerate(analysis.groups):
        names.append((float(row), plain(group.name)))
        if len(group.complete):
            x = group.complete[objective.name]
            y = pd.Series(float(row), index=x.index)
            hover = f"{spaced(objective.name)} %{{x:{FORMAT}}}"
            traces += [_rings(group, x, y), points(analysis, group, x.to_numpy(), y.to_numpy(), hover)]
    down = axis("", (len(names) - 0.4, -0.6), names)
    height = 130 + 48 * len(names)
    return {"data": traces, "layout": layout(axis(better(objective), reach(analysis, objective)), down, height=height)}
