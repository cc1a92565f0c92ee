"""Hypervolume over images trained, per study and per family."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, PercentFormatter

from study.report.analysis.analysis import Analysis
from study.report.analysis.growth import Growth, growth
from study.report.analysis.volume import FEW_OBJECTIVES, Box
from study.report.drawing.style import LINES, Look, legend, panels
from study.report.sections.section import Contents, Section
from study.report.text.format import short, unit

SETTLED = 0.25
"""The axis begins where the lowest curve is after this part of its images: the rise from nothing would flatten all."""


def growth_figure(analysis: Analysis, look: Look) -> Figure | None:
    """A panel for the hypervolume, and one for the paper's box; None where there is neither."""
    found = growth(analysis)
    if not found:
        return None
    figure, axes = panels(look, len(found), height=4.2)
    for ax, (box, curves) in zip(axes, found, strict=True):
        _panel(ax, analysis, look, box, curves)
    labels = [study.label for study in analysis.studies]
    handles = [
        Line2D([], [], label=family, color=look.colour(family), linewidth=1.2)
        for family in dict.fromkeys(group.family for group in analysis.groups if len(group.ended))
    ]
    whole = [f"all of {label}" for label in labels] if len(labels) > 1 else ["all together"]
    for place, name in enumerate(whole):
        handles.append(Line2D([], [], label=name, color=look.ink, linewidth=2))
        handles[-1].set_linestyle(_line(place))  # type: ignore[arg-type]
    legend(figure, look, handles, columns=4)
    return figure


def _panel(ax: Axes, analysis: Analysis, look: Look, box: Box, curves: Sequence[Growth]) -> None:
    labels = [study.label for study in analysis.studies]
    for curve in curves:
        ax.step(
            np.concatenate([[0], curve.images]),
            np.concatenate([[0], curve.volume]),
            where="post",
            color=look.colour(curve.family) if curve.family else look.ink,
            linewidth=1.2 if curve.family else 2,
            linestyle=_line(labels.index(curve.study)),
            zorder=2 if curve.family else 3,
        )
    low, high = min(map(_settled, curves)), max(curve.volume[-1] for curve in curves)
    margin = 0.06 * (high - low) or 0.05 * high or 0.05
    ax.set_ylim(max(0.0, low - margin), high + margin)
    ax.set_xlim(0, max(1.0, 1.03 * max(curve.images[-1] for curve in curves)))
    ax.set_xlabel("images trained, all trials")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
    if box.ideal is None:
        ax.set_ylabel(f"hypervolume ({' × '.join(unit(name) or name for name in analysis.names)})")
    else:
        ax.set_ylabel("share of the paper's box dominated")
        ax.yaxis.set_major_formatter(PercentFormatter(1))


def _settled(curve: Growth) -> float:
    return float(curve.volume[np.searchsorted(curve.images, SETTLED * curve.images[-1])])


def _line(study: int) -> str:
    return LINES[study % len(LINES)]


def _alt(analysis: Analysis) -> str:
    return (
        "Step plot of the hypervolume over images trained, for each study and each family; the table of families has "
        "the last values."
    )


def _context(contents: Contents) -> dict[str, Any] | None:
    analysis = contents.analysis
    many = len(analysis.objectives) > FEW_OBJECTIVES and analysis.box is not None
    if analysis.complete.empty or not (many or "growth" in contents.images):
        return None
    note = f"With more than {FEW_OBJECTIVES} objectives there is no figure of it: that takes minutes." if many else ""
    return {"note": note, "has_share": analysis.paper_box is not None}


GROWTH = Section("growth", "Hypervolume over training images", _context, growth_figure, _alt)
