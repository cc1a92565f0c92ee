"""Configurations: means over seeds with their spread, and the probability to be on the front."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.config.space import Objective
from study.report.analysis.analysis import Analysis, setting_columns, settings_sentence
from study.report.analysis.axes import axis_range
from study.report.analysis.configurations import DEVIATION, configurations
from study.report.drawing.style import LINES, Look, legend, marker, panels
from study.report.read.studies import these
from study.report.sections.section import Contents, Section
from study.report.text.format import axis_label, count, listed, number

MOST_CONFIGURATIONS = 30
"""Rows of the table of configurations: the likeliest to be on the front."""

FAINTEST = 0.25
"""Opacity of a configuration that is never on the front."""

SMALL, LARGE = 16.0, 64.0
"""Area in square points of a configuration that is never, and of one that is always, on the front."""


def configurations_figure(analysis: Analysis, look: Look) -> Figure | None:
    """One panel for each pair of objectives; None for a single objective, or without replicates."""
    table = configurations(analysis) if len(analysis.objectives) > 1 else None
    if table is None:
        return None
    pairs = list(combinations(analysis.objectives, 2))
    figure, axes = panels(look, len(pairs))
    for ax, (x, y) in zip(axes, pairs, strict=True):
        _pair(ax, analysis, table, look, x, y)
    families = dict.fromkeys(group.family for group in analysis.groups if group.family in set(table["family"]))
    handles = [_handle(family, look.colour(family), marker(family), 1.0, LARGE) for family in families]
    shares = np.array([0, 0.5, 1])
    handles += [
        _handle(f"on the front: {100 * share:.0f} %", look.ink, "o", float(opacity), float(area))
        for share, opacity, area in zip(shares, _opacity(shares), _area(shares), strict=True)
    ]
    legend(figure, look, handles, columns=3)
    return figure


def _pair(ax: Axes, analysis: Analysis, table: pd.DataFrame, look: Look, x: Objective, y: Objective) -> None:
    labels = [study.label for study in analysis.studies]
    for objective, limits in ((x, ax.set_xlim), (y, ax.set_ylim)):
        values, spread = table[objective.name].to_numpy(), table[objective.name + DEVIATION].fillna(0).to_numpy()
        likely = (table["probability"] > 0).to_numpy()
        keep = np.concatenate([values[likely] - spread[likely], values[likely] + spread[likely]])
        reach = axis_range(values, objective.sign, keep)
        limits(reach.low, reach.high)
    for (study, family), own in table.iloc[::-1].groupby(["study", "family"], sort=False):  # the surest on top
        colour, share = look.colour(str(family)), own["probability"].to_numpy(dtype=float)
        inks = [to_rgba(colour, opacity) for opacity in _opacity(share)]
        filled = labels.index(str(study)) % len(LINES) == 0
        middle = own[[x.name, y.name]].to_numpy(dtype=float)
        for axis, name in enumerate((x.name, y.name)):
            half = np.zeros_like(middle)
            half[:, axis] = own[name + DEVIATION]  # a NaN draws no bar
            bars = list(np.stack([middle - half, middle + half], axis=1))
            ax.add_collection(LineCollection(bars, colors=inks, linewidths=0.9, zorder=2), autolim=False)
        ax.scatter(
            middle[:, 0],
            middle[:, 1],
            s=_area(share),
            marker=marker(str(family)),
            facecolors=inks if filled else look.ground,
            edgecolors=inks,
            linewidths=1.2,
            zorder=3,
        )
    ax.set_xlabel(axis_label(x) + ("   ← better" if x.sign > 0 else "   better →"))
    ax.set_ylabel(axis_label(y) + ("   ← better" if y.sign > 0 else "   better →"))


def _opacity(share: np.ndarray) -> np.ndarray:
    return FAINTEST + (1 - FAINTEST) * share


def _area(share: np.ndarray) -> np.ndarray:
    return SMALL + (LARGE - SMALL) * share


def _handle(label: str, colour: str, shape: str, opacity: float, area: float) -> Line2D:
    return Line2D(
        [], [], label=label, color=colour, marker=shape, linestyle="none", markersize=area**0.5, alpha=opacity
    )


def _context(contents: Contents) -> dict[str, Any] | None:
    """The table of configurations: its rows, and what must be known of them; None without replicates."""
    analysis = contents.analysis
    table = configurations(analysis)
    if table is None or analysis.complete.empty:
        return None
    settings = setting_columns(analysis)
    single = int((table["trials"].map(len) == 1).sum())
    lost = int((table["lost"] > 0).sum())
    notes = []
    if single:
        notes.append(
            f"{count(single, 'configuration')} {'has' if single == 1 else 'have'} one seed only, which is taken at its "
            "word: without a spread, and as if it knew no noise."
        )
    if lost:
        notes.append(
            f"Of {count(lost, 'configuration')} some seeds have no result, stopped or failed: the mean of the others "
            "flatters if it was the bad ones that went."
        )
    return {
        "rows": [_row(analysis, row, settings) for row in table.head(MOST_CONFIGURATIONS).to_dict("records")],
        "left_out": f"{len(table) - MOST_CONFIGURATIONS:,}" if len(table) > MOST_CONFIGURATIONS else "",
        "configurations": count(len(table), "configuration"),
        "notes": notes,
    }


def _row(analysis: Analysis, row: dict[Any, Any], settings: list[str]) -> dict[str, Any]:
    values = []
    for name in analysis.names:
        deviation = row[name + DEVIATION]
        spread = "" if pd.isna(deviation) else f"± {number(deviation, name)}"
        values.append({"mean": number(row[name], name), "spread": spread})
    return {
        "family": row["family"],
        "group": row["group"],
        "settings": settings_sentence(row, settings),
        "probability": f"{row['probability']:.2f}",
        "values": values,
        "seeds": len(row["trials"]),
        "trials": these(row["trials"], most=6),
        "config_id": row["config_id"],
    }


def _alt(analysis: Analysis) -> str:
    return (
        f"Scatter plot of {listed(analysis.names)} by configuration, means over seeds with their standard deviations; "
        "the table below it has the numbers."
    )


CONFIGURATIONS = Section("configurations", "Configurations", _context, configurations_figure, _alt)
