"""The figure of the objectives: one against another with the fronts, or a single one by family."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.config.space import Objective
from study.report.analysis.analysis import Analysis, Group
from study.report.analysis.axes import Panel, Range, axis_range, front_line
from study.report.drawing.labels import name_points
from study.report.drawing.style import LINES, Look, dress, legend, marker, panels
from study.report.published.numbers import Backdrop, figure4
from study.report.text.format import axis_label, number

NAMED = 12
"""Maximum number of non-dominated trials that carry their numbers in the figure."""

CROWDED_FRONT = 30
"""Number of non-dominated trials beyond which their rings and curves are drawn thinner."""

MANY, VERY_MANY = 150, 1500
"""Numbers of points beyond which markers are drawn smaller and lighter, and yet smaller."""

TURNS = 20
"""Number of turns in which very many points are drawn, all families in each, so that none covers the others."""


def objectives_figure(analysis: Analysis, look: Look) -> Figure | None:
    """One panel for each pair of objectives; for a single one, its values by family. None without a complete trial."""
    if analysis.complete.empty:
        return None
    if len(analysis.objectives) == 1:
        return _ranking(analysis, look)
    pairs = list(combinations(analysis.objectives, 2))
    figure, axes = panels(look, len(pairs))
    backdrop = None
    for ax, (x, y) in zip(axes, pairs, strict=True):
        backdrop = _pair(ax, analysis, look, x, y) or backdrop
    legend(figure, look, _handles(analysis, look, backdrop), columns=3)
    return figure


def draw_objectives(ax: Axes, analysis: Analysis, look: Look) -> None:
    """The same in a panel of one's own, where there are one or two objectives and a complete trial."""
    dress(ax, look)
    if len(analysis.objectives) == 1:
        _rank(ax, analysis, look)
        return
    backdrop = _pair(ax, analysis, look, *analysis.objectives)
    ax.legend(handles=_handles(analysis, look, backdrop), frameon=False, fontsize=8)


def _pair(ax: Axes, analysis: Analysis, look: Look, x: Objective, y: Objective) -> Backdrop | None:
    panel, backdrop = panel_axes(analysis, x, y), figure4(analysis.dataset, x.name, y.name)
    ax.set_xlim(panel[x.name].low, panel[x.name].high)
    ax.set_ylim(panel[y.name].low, panel[y.name].high)
    ax.set_xlabel(_better(x))
    ax.set_ylabel(_better(y))
    if backdrop is not None:
        _behind(ax, backdrop, look)
    size = _points(ax, analysis, look, panel)
    for group, line in _drawn_groups(analysis):
        colour = look.colour(group.family)
        _edge_marks(ax, group.complete[[x.name, y.name]].to_numpy(dtype=float), panel[x.name], panel[y.name], colour)
        steps = front_line(group.complete, x, y, panel)
        ax.plot(steps[:, 0], steps[:, 1], color=colour, linestyle=line, linewidth=1.6, alpha=0.9, zorder=2)
    front = analysis.front[[x.name, y.name]].to_numpy(dtype=float)
    width = 1.2 if len(front) <= CROWDED_FRONT else 0.6
    ax.scatter(front[:, 0], front[:, 1], s=3 * size, facecolors="none", edgecolors=look.ink, linewidths=width, zorder=4)
    _name_front(ax, analysis, look, x, y)
    _floor(ax, analysis, look, x, panel[x.name])
    _floor(ax, analysis, look, y, panel[y.name], upright=False)
    _reference(ax, analysis, look, panel)
    _untrained(ax, analysis, look, panel)
    return backdrop


def _better(objective: Objective) -> str:
    """The label of an objective's axis, with an arrow to the better end."""
    return axis_label(objective) + ("   ← better" if objective.sign > 0 else "   better →")


def _behind(ax: Axes, backdrop: Backdrop, look: Look) -> None:
    """Draw the paper's printed points, faintly."""
    for family, points in backdrop.points.items():
        ax.plot(
            points[:, 0],
            points[:, 1],
            color=look.colour(family),
            marker=marker(family),
            markersize=5,
            markerfacecolor="none",
            linewidth=0.7,
            linestyle=(0, (1, 3)),
            alpha=0.45,
            zorder=1,
        )


def _points(ax: Axes, analysis: Analysis, look: Look, panel: Panel) -> float:
    """The complete trials that the axes reach; returns the area of their markers in square points."""
    size, alpha, turns = _crowd(len(analysis.complete))
    for turn in range(turns):
        for group, line in _drawn_groups(analysis):
            colour, filled = look.colour(group.family), line == LINES[0]
            points = group.complete[list(panel)].to_numpy(dtype=float)[turn::turns]
            points = points[_inside(points, *panel.values())]
            ax.scatter(
                points[:, 0],
                points[:, 1],
                s=size * (1.3 if marker(group.family) in "^v" else 1.0),  # a triangle looks smaller
                marker=marker(group.family),
                facecolors=colour if filled else look.ground,
                edgecolors=look.ground if filled else colour,
                linewidths=(0.6 if filled else 1.4) * (size / 18 if size < 18 else 1),
                alpha=alpha,
                zorder=3,
            )
    return size


def _crowd(n: int) -> tuple[float, float, int]:
    """Area of a marker in square points, its opacity, and the turns in which n points are drawn."""
    return (6, 0.5, TURNS) if n > VERY_MANY else (18, 0.7, 1) if n > MANY else (42, 1.0, 1)


def panel_axes(analysis: Analysis, x: Objective, y: Objective) -> dict[str, Range]:
    """The axes of the panel of two objectives, by their names, that along `x` first."""
    backdrop = figure4(analysis.dataset, x.name, y.name)
    axes = {}
    for index, objective in enumerate((x, y)):
        keep = analysis.front[objective.name].to_numpy(dtype=float)
        if backdrop is not None:
            keep = np.concatenate([keep, *(points[:, index] for points in backdrop.points.values())])
        axes[objective.name] = _axis(analysis, objective, keep)
    return axes


def _axis(analysis: Analysis, objective: Objective, keep: np.ndarray) -> Range:
    values = analysis.complete[objective.name].to_numpy(dtype=float)
    untrained, floor = _untrained_value(analysis, objective.name), analysis.floor(objective.name)
    return axis_range(values, objective.sign, keep, untrained, floor)


def _inside(points: np.ndarray, x_range: Range, y_range: Range) -> np.ndarray:
    """Mask (n,) of the points (n, 2) that are within both ranges."""
    return x_range.holds(points[:, 0]) & y_range.holds(points[:, 1])


def _edge_marks(ax: Axes, points: np.ndarray, x_range: Range, y_range: Range, colour: str) -> None:
    """A chevron at the edge for each of the points (n, 2) that lies beyond it."""
    px, py = points[~_inside(points, x_range, y_range)].T
    beside = np.where(px > x_range.high, ">", "<")
    shapes = np.where(x_range.holds(px), np.where(py > y_range.high, "^", "v"), beside)
    for shape in np.unique(shapes):
        x, y = x_range.clip(px[shapes == shape]), y_range.clip(py[shapes == shape])
        ax.plot(x, y, linestyle="none", marker=shape, markersize=7, color=colour, clip_on=False, zorder=5)


def _name_front(ax: Axes, analysis: Analysis, look: Look, x: Objective, y: Objective) -> None:
    """Write the trial numbers next to the ringed points, if these are few and each number is one trial's."""
    if len(analysis.front) > NAMED or len(analysis.studies) > 1 or len(analysis.objectives) > 2:
        return
    better = (-x.sign, -y.sign)  # where no other point can be
    values = analysis.front[[x.name, y.name]].to_numpy(dtype=float)
    name_points(ax, look, values, [str(number) for number in analysis.front["trial"]], better)


def _reference(ax: Axes, analysis: Analysis, look: Look, panel: Panel) -> None:
    """The reference point of the hypervolume, where the axes reach it."""
    if not analysis.reference:
        return
    rx, ry = (analysis.reference[name] for name in panel)
    if _inside(np.array([[rx, ry]]), *panel.values())[0]:
        ax.plot([rx], [ry], marker="+", markersize=9, color=look.faint, zorder=2)
        ax.annotate("reference", (rx, ry), (6, 4), textcoords="offset points", color=look.faint, fontsize=8)


def _floor(ax: Axes, analysis: Analysis, look: Look, objective: Objective, reach: Range, upright: bool = True) -> None:
    """A thin line at the value that no model can be below, where the axis reaches it."""
    floor = analysis.floor(objective.name)
    if floor is None or not reach.holds(np.array(floor)):
        return
    draw, place, across = (ax.axvline, (floor, 1), True) if upright else (ax.axhline, (1, floor), False)
    draw(floor, color=look.faint, linewidth=0.9, zorder=1.5)
    ax.annotate(
        f"floor {number(floor, objective.name)}",
        place,
        (3, -3) if across else (-3, 3),
        xycoords=("data", "axes fraction") if across else ("axes fraction", "data"),
        textcoords="offset points",
        ha="left" if across else "right",
        va="top" if across else "bottom",
        color=look.faint,
        fontsize=8,
        zorder=1.5,
    )


def _untrained(ax: Axes, analysis: Analysis, look: Look, panel: Panel) -> None:
    """The untrained baseline: a grey cross, at the edge with its values where it lies beyond."""
    ux, uy = (_untrained_value(analysis, name) for name in panel)
    if ux is None or uy is None:
        return
    (x, x_range), (y, y_range) = panel.items()
    outside = not _inside(np.array([[ux, uy]]), x_range, y_range)[0]
    px, py = float(x_range.clip(np.array(ux))), float(y_range.clip(np.array(uy)))
    text = f"untrained: {number(ux, x)}, {number(uy, y)}" if outside else "untrained"
    right, top = px > (x_range.low + x_range.high) / 2, py > (y_range.low + y_range.high) / 2
    ax.plot([px], [py], marker="X", markersize=9, color=look.faint, linestyle="none", clip_on=False, zorder=5)
    ax.annotate(
        f"{text} →" if outside and right else f"← {text}" if outside else text,
        (px, py),
        (-9 if right else 9, -12 if top else 9),
        textcoords="offset points",
        ha="right" if right else "left",
        va="center",
        color=look.faint,
        fontsize=9,
        zorder=2.5,  # over lines, under points
        bbox={"facecolor": look.ground, "edgecolor": "none", "alpha": 0.75, "pad": 1},
    )


def _untrained_value(analysis: Analysis, objective: str) -> float | None:
    """The median of an objective over the untrained models; None if it is not known."""
    values = analysis.untrained.get(objective, pd.Series(dtype=float)).dropna()
    return float(values.median()) if len(values) else None


def _ranking(analysis: Analysis, look: Look) -> Figure:
    """One objective: a row for each family, its trials along the axis, the best one ringed."""
    figure, (ax,) = panels(look, 1, height=1.6 + 0.5 * len(analysis.groups))
    _rank(ax, analysis, look)
    return figure


def _rank(ax: Axes, analysis: Analysis, look: Look) -> None:
    objective = analysis.objectives[0]
    untrained = _untrained_value(analysis, objective.name)
    reach = _axis(analysis, objective, analysis.front[objective.name].to_numpy(dtype=float))
    ax.set_xlim(reach.low, reach.high)
    for row, (group, _) in enumerate(_drawn_groups(analysis)):
        own = group.complete[objective.name].to_numpy(dtype=float)
        inside = reach.holds(own)
        colour = look.colour(group.family)
        ax.scatter(own[inside], np.full(inside.sum(), row), s=46, marker=marker(group.family), color=colour, alpha=0.8)
        _edge_marks(ax, np.column_stack([own, np.full(len(own), row)]), reach, Range(-1, row + 1), colour)
    for trial in analysis.front.itertuples():
        row = [group.name for group in analysis.groups].index(str(trial.group))
        ax.scatter(
            [getattr(trial, objective.name)], [row], s=150, facecolors="none", edgecolors=look.ink, linewidths=1.2
        )
    _floor(ax, analysis, look, objective, reach)
    if untrained is not None and reach.holds(np.array(untrained)):
        ax.axvline(untrained, color=look.faint, linestyle=":", linewidth=1.2)
        ax.annotate("untrained", (untrained, 1), (3, 3), ("data", "axes fraction"), "offset points", color=look.faint)
    ax.set_yticks(range(len(analysis.groups)), [group.name for group in analysis.groups], color=look.ink)
    ax.set_ylim(len(analysis.groups) - 0.4, -0.6)
    ax.set_xlabel(_better(objective))


def _drawn_groups(analysis: Analysis) -> Iterator[tuple[Group, str]]:
    """Every group with the line style of its study."""
    labels = [study.label for study in analysis.studies]
    for group in analysis.groups:
        yield group, LINES[labels.index(group.study) % len(LINES)]


def _handles(analysis: Analysis, look: Look, backdrop: Backdrop | None) -> list[Line2D]:
    """The legend's entries: families, the front and, if it is drawn, what is behind them."""
    handles = _family_handles(analysis, look)
    handles.append(_handle("non-dominated (ringed)", look.ink, "o", hollow=True))
    if backdrop is not None:
        handles.append(_handle(backdrop.label, look.faint, "o", faint=True))
    return handles


def _family_handles(analysis: Analysis, look: Look) -> list[Line2D]:
    handles: list[Line2D] = []
    for group, line in _drawn_groups(analysis):
        n = len(group.complete)
        handle = _handle(
            f"{group.name} ({n:,})", look.colour(group.family), marker(group.family), hollow=line != LINES[0]
        )
        handle.set_linestyle(line)  # type: ignore[arg-type]
        handles.append(handle)
    return handles


def _handle(label: str, colour: str, shape: str, hollow: bool = False, faint: bool = False) -> Line2D:
    return Line2D(
        [],
        [],
        label=label,
        color=colour,
        marker=shape,
        linestyle=(0, (1, 3)) if faint else "none",
        linewidth=0.8 if faint else 1.6,
        markersize=5 if faint else 7,
        markerfacecolor="none" if hollow or faint else colour,
        alpha=0.6 if faint else 1.0,
    )
