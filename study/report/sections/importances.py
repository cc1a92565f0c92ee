"""How much each parameter matters: bars by fANOVA, a row of panels a family, a column an objective.

The numbers are those of `importances.csv` (`study.records.table`), which a study leaves at its end.
"""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.records.table import LEAST_TRIALS
from study.report.analysis.analysis import Analysis
from study.report.analysis.slices import searched
from study.report.drawing.style import Look, blank, dress
from study.report.sections.section import Contents, Section
from study.report.text.format import listed, number, plain

NOISE = 0.1
"""Fraction of unseen trials' variance that the parameters must explain. Below it bars are hollow: they divide noise."""

ROW, HEAD = 0.24, 0.62
"""Inches of a bar with its space, and of what stands above and below the bars of a panel."""


def importance_table(analysis: Analysis) -> pd.DataFrame:
    """The tables of all studies that have one, with the column `group`; of this report's objectives, and families."""
    parts = []
    for group in analysis.groups:
        table = analysis.study(group.study).importances
        own = table[(table["family"] == group.family) & table["objective"].isin(analysis.names)]
        parts.append(own.assign(group=group.name))
    return pd.concat(parts, ignore_index=True)


def importances_figure(analysis: Analysis, look: Look) -> Figure | None:
    """A panel for each family and objective with enough trials; None where no study has any."""
    table = importance_table(analysis)
    if table.empty:
        return None
    groups = [group for group in analysis.groups if group.name in set(table["group"])]
    names = [name for name in analysis.names if name in set(table["objective"])]
    panels = [(group, name) for group in groups for name in names]
    bars = [_parameters(table, group.name) for group, _ in panels]
    columns = 1 if look.narrow else min(len(names), 3)
    rows = [range(start, min(start + columns, len(panels))) for start in range(0, len(panels), columns)]
    heights = [HEAD + ROW * max(len(bars[place]) for place in row) for row in rows]
    figure = blank(look, 4.2 if look.narrow else 8.6, sum(heights) + 0.2, layout="constrained")
    grid = figure.add_gridspec(len(rows), columns, height_ratios=heights)
    for line, row in enumerate(rows):
        for column, place in enumerate(row):
            group, name = panels[place]
            ax = figure.add_subplot(grid[line, column], facecolor=look.ground)
            dress(ax, look)
            own = table[(table["group"] == group.name) & (table["objective"] == name)]
            _panel(ax, look, own.set_index("parameter"), bars[place], look.colour(group.family))
            ax.set_title(f"{group.name}: {plain(name)}", size=10, color=look.ink, loc="left")
    return figure


def _panel(ax: Axes, look: Look, own: pd.DataFrame, parameters: list[str], colour: str) -> None:
    shares = own["importance"].reindex(parameters).to_numpy(dtype=float)
    explained = float(own["explained"].iloc[0]) if len(own) else 0.0
    solid = explained >= NOISE
    ax.barh(range(len(parameters)), shares, height=0.66, color=colour if solid else "none", edgecolor=colour)
    ax.set_yticks(range(len(parameters)), [plain(name) for name in parameters], color=look.ink)
    ax.set_ylim(len(parameters) - 0.5, -0.5)
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.5, 1], ["0", "½", "1"])
    ax.grid(visible=False, axis="y")
    said = f"R² {explained:.2f}" if explained > 0 else "R² ≤ 0"
    trials = int(own["trials"].iloc[0]) if len(own) else 0
    ax.text(0.98, 0.04, f"{said}, {trials:,} trials", size=8.5, color=look.faint, ha="right", transform=ax.transAxes)


def _parameters(table: pd.DataFrame, group: str) -> list[str]:
    """A family's parameters, in all its panels in one order: the most important of any objective first."""
    own = table[table["group"] == group]
    return [str(name) for name in own.groupby("parameter")["importance"].max().sort_values(ascending=False).index]


def _importances_note(analysis: Analysis) -> str:
    """The families that have no importances, with the reason."""
    table = importance_table(analysis)
    without = [group for group in analysis.groups if group.name not in set(table["group"])]
    if not without:
        return ""
    few = listed([f"{group.name} has {len(group.complete):,}" for group in without])
    return (
        f"How much each parameter matters is said, when a study ends, of families with {LEAST_TRIALS} complete trials "
        f"and more: {few}."
    )


def _alt(analysis: Analysis) -> str:
    return "Bar plot of how much each parameter matters for each objective, by family; importances.csv has the numbers."


def _context(contents: Contents) -> dict[str, Any] | None:
    if not searched(contents.analysis):
        return None
    return {"noise": number(NOISE), "note": _importances_note(contents.analysis)}


IMPORTANCES = Section("importances", "Importance of the parameters", _context, importances_figure, _alt)
