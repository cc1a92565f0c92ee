"""The interactive figures in a plane: complete trials by two objectives, and each objective over each parameter.

Every point knows its trial: `customdata` has its index in the page's table of trials, `meta` the name of its group. A
colour is a CSS variable of the page, `var(--ink)`: the script puts in its value on light or dark ground.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import combinations
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from study.config.space import Objective
from study.report.analysis.analysis import Analysis, Group, once, setting_text
from study.report.analysis.axes import Range, axis_range, front_line
from study.report.analysis.slices import Scale, scales
from study.report.text.format import axis_label, plain
from study.report.text.theme import FONT, colours, shape, variable

THIN = "4d"
"""Opacity of thin lines, 0.3 in two hexadecimal digits: many over one another show how many they are."""

STEPS = 9
"""Number of colours between the best and the worst value of an objective."""

RAMPS = {False: (0.0, 0.88), True: (1.0, 0.25)}
"""On light ground and on dark: the part of viridis from the best to the worst, which is nearest to the ground."""

FILLS = ("", "-open", "-open-dot")
DASHES = ("solid", "dash", "dot", "dashdot")
"""How the first, second, … study is drawn."""


def var(name: str, *, thin: bool = False) -> str:
    """The colour that the page has under this name."""
    return f"var(--{name}-thin)" if thin else f"var(--{name})"


def page_colours(*, dark: bool) -> dict[str, str]:
    """Those of the theme, those between the best (`ramp-0`) and the worst (`ramp-8`), and all of these as thin ones."""
    ramp = sample_colorscale("Viridis", np.linspace(*RAMPS[dark], STEPS).tolist(), colortype="tuple")
    solid = colours(dark=dark) | {f"ramp-{step}": _hexadecimal(colour) for step, colour in enumerate(ramp)}
    return solid | {f"{name}-thin": colour + THIN for name, colour in solid.items()}


def _hexadecimal(colour: Iterable[float]) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in colour)


_AXIS = {"gridcolor": var("line"), "zeroline": False, "automargin": True, "title": {"standoff": 8}}

TEMPLATE = go.layout.Template(
    layout={
        "font": {"color": var("ink"), "size": 12, "family": FONT},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 12, "t": 28, "b": 8},
        "hovermode": "closest",
        "showlegend": False,
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": var("faint"), "activecolor": var("ink")},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
    }
)
"""The layout of every figure. None has a legend: the page's own chooses the families in all figures."""


@dataclass(frozen=True)
class Mark:
    """How a group is drawn: the name of a colour, plotly's symbol, a character that looks like it, and a dash."""

    colour: str
    symbol: str
    character: str
    dash: str


def mark(analysis: Analysis, group: Group) -> Mark:
    """The colour and symbol of its family; filled or open, and the dash, by its study."""
    study = [study.label for study in analysis.studies].index(group.study)
    symbol, characters = shape(group.family)
    fill = min(study, len(FILLS) - 1)
    return Mark(variable(group.family), symbol + FILLS[fill], characters[fill], DASHES[study % len(DASHES)])


def escaped(text: str) -> str:
    """Any text as plotly is to show it: it would take tags for its own."""
    return escape(text, quote=False)


def number_list(values: np.ndarray) -> list[float | None]:
    """Values as JSON has them: null where there is none."""
    return [float(value) if np.isfinite(value) else None for value in values]


SIZES = ((150, 9), (500, 7))
"""Maximum number of points with markers of so many pixels; of more points, markers have `SMALL`."""
SMALL = 5

FORMAT = ".4~g"
"""How plotly writes values where the pointer is."""


@once
def reaches(analysis: Analysis) -> dict[str, Range]:
    """The axis of each objective in all figures of the page, before the values that are far worse than most."""
    return {
        o.name: axis_range(analysis.complete[o.name].to_numpy(), o.sign, analysis.front[o.name].to_numpy(dtype=float))
        for o in analysis.objectives
    }


def objectives_figures(analysis: Analysis) -> dict[str, go.Figure]:
    """One figure for each pair of objectives, by its title, or a single one; none without a complete trial."""
    if analysis.complete.empty:
        return {}
    if len(analysis.objectives) == 1:
        (only,) = analysis.objectives
        return {plain(only.name): _rows(analysis, only)}
    pairs = combinations(analysis.objectives, 2)
    return {f"{plain(y.name)} over {plain(x.name)}": _pair(analysis, x, y) for x, y in pairs}


def slices_figures(analysis: Analysis) -> dict[str, list[go.Figure]]:
    """For each objective a figure for every searched parameter; none where there is no such parameter."""
    axes = scales(analysis)
    if not axes:
        return {}
    return {
        plain(objective.name): [_slice(analysis, objective, name, scale) for name, scale in axes.items()]
        for objective in analysis.objectives
    }


def _pair(analysis: Analysis, x: Objective, y: Objective) -> go.Figure:
    """The points of each group, rings around those of the front, and the lines of the groups' fronts."""
    hover = f"{plain(x.name)} %{{x:{FORMAT}}}<br>{plain(y.name)} %{{y:{FORMAT}}}"
    lines, rings, points = [], [], []
    for group in _drawn(analysis):
        drawn, values = mark(analysis, group), (group.complete[x.name].to_numpy(), group.complete[y.name].to_numpy())
        corners = front_line(group.complete, x, y, reaches(analysis)).T
        line = {"color": var(drawn.colour), "dash": drawn.dash, "width": 1.5}
        lines.append(_unnamed(group, *corners, mode="lines", line=line))
        rings.append(_rings(group, *values))
        points.append(_points(analysis, group, *values, hover))
    return _figure([*lines, *rings, *points], _better(analysis, x), _better(analysis, y))


def _rows(analysis: Analysis, objective: Objective) -> go.Figure:
    """One objective along the axis, a row for each group."""
    traces = []
    for row, group in enumerate(analysis.groups):
        values = group.complete[objective.name].to_numpy()
        at = np.full(len(values), float(row))
        hover = f"{plain(objective.name)} %{{x:{FORMAT}}}"
        if len(values):
            traces += [_rings(group, values, at), _points(analysis, group, values, at, hover)]
    names = [escaped(group.name) for group in analysis.groups]
    down = {"range": [len(names) - 0.4, -0.6], "tickvals": list(range(len(names))), "ticktext": names}
    return _figure(traces, _better(analysis, objective), down, height=130 + 48 * len(names))


def _slice(analysis: Analysis, objective: Objective, name: str, scale: Scale) -> go.Figure:
    having = [group for group in _drawn(analysis) if group.complete[name].notna().any()]
    hover = f"{plain(name)} %{{hovertext}}<br>{plain(objective.name)} %{{y:{FORMAT}}}"
    traces = []
    for group, shift in zip(having, scale.shifts(len(having)), strict=True):
        values = group.complete[name]
        texts = [setting_text(value.item() if isinstance(value, np.generic) else value) for value in values]
        x, y = scale.places(values) + shift, group.complete[objective.name].to_numpy()
        traces.append(_points(analysis, group, x, y, hover, hovertext=texts))
    return _figure(traces, _parameter(name, scale), _along(axis_label(objective), reaches(analysis)[objective.name]))


def _drawn(analysis: Analysis) -> list[Group]:
    return [group for group in analysis.groups if len(group.complete)]


def _points(analysis: Analysis, group: Group, x: np.ndarray, y: np.ndarray, hover: str, **more: Any) -> go.Scatter:
    """The group's complete trials at x (n,) and y (n,). `hover`: what is said of the place."""
    drawn, n = mark(analysis, group), len(analysis.complete)
    return go.Scatter(
        mode="markers",
        name=escaped(group.name),
        meta={"group": group.name},
        x=number_list(x),
        y=number_list(y),
        customdata=group.complete.index.tolist(),
        text=group.complete["trial"].tolist(),
        hovertemplate=f"trial %{{text}}<br>{hover}",
        marker={
            "color": var(drawn.colour),
            "symbol": drawn.symbol,
            "size": next((pixels for most, pixels in SIZES if n <= most), SMALL),
            "opacity": 0.85,
            "line": {"width": 1.5 if "-open" in drawn.symbol else 0},
        },
        **more,
    )


def _rings(group: Group, x: np.ndarray, y: np.ndarray) -> go.Scatter:
    """Rings around the group's trials that no trial of any study dominates."""
    front = group.complete["front"].to_numpy(dtype=bool)
    ring = {"symbol": "circle-open", "color": var("ink"), "size": SIZES[0][1] + 6, "line": {"width": 1.3}}
    return _unnamed(group, x[front], y[front], mode="markers", marker=ring)


def _unnamed(group: Group, x: np.ndarray, y: np.ndarray, **how: Any) -> go.Scatter:
    """What belongs to a group and cannot be pointed at."""
    return go.Scatter(meta={"group": group.name}, x=number_list(x), y=number_list(y), hoverinfo="skip", **how)


def _better(analysis: Analysis, objective: Objective) -> dict[str, Any]:
    """The axis of an objective, with an arrow to the better end."""
    arrow = "  ← better" if objective.sign > 0 else "  better →"
    return _along(axis_label(objective) + arrow, reaches(analysis)[objective.name])


def _along(title: str, reach: Range) -> dict[str, Any]:
    return {"title": {"text": title}, "range": [reach.low, reach.high]}


def _parameter(name: str, scale: Scale) -> dict[str, Any]:
    """The axis of a parameter; plotly takes the logarithms of the ends of a logarithmic one."""
    ends = np.log10(scale.ends).tolist() if scale.log else list(scale.ends)
    axis = {"title": {"text": plain(name)}, "type": "log" if scale.log else "linear", "range": ends}
    if scale.ticks is None:
        return axis
    return axis | {"tickvals": [place for place, _ in scale.ticks], "ticktext": [text for _, text in scale.ticks]}


def _figure(traces: Sequence[go.Scatter], x: dict[str, Any], y: dict[str, Any], **more: Any) -> go.Figure:
    return go.Figure(traces, {"template": TEMPLATE, "xaxis": x, "yaxis": y, **more})
