"""The heat map of how the metrics rank the models: a triangle, whose diagonal has the names of rows and columns alike.

Names on the diagonal need no turned letters, and leave room for seventeen metrics on a telephone.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure

from study.report.analysis.agreement import Agreement, agreement, agreement_sentences, left_out, signed
from study.report.analysis.analysis import Analysis
from study.report.drawing.style import Look, blank
from study.report.sections.section import Contents, Section
from study.report.text.format import plain

STEPS = 21
"""Shades from −1 to +1, an odd number so that one of them is for 0: the number in the cell has the rest."""

LETTER = 0.58
"""Mean width of a letter as a fraction of the font size."""


def agreement_figure(analysis: Analysis, look: Look) -> Figure | None:
    """Spearman's ρ of every two metrics; None where there are no two to compare."""
    found = agreement(analysis.complete)
    if found is None:
        return None
    layout = _Layout(found, look)
    figure = blank(look, layout.width, layout.height)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set_xlim(0, layout.width)
    ax.set_ylim(layout.height, 0)
    colours = LinearSegmentedColormap.from_list("agreement", _ends(look), N=STEPS)
    norm = BoundaryNorm(np.linspace(-1, 1, STEPS + 1), STEPS)
    _triangle(ax, found, look, layout, colours, norm)
    _scale(ax, look, layout, colours)
    return figure


class _Layout:
    """Lengths in inches, of the figure and of its cells, and sizes of letters in points."""

    def __init__(self, found: Agreement, look: Look) -> None:
        k = len(found.metrics)
        self.edge = 0.06
        self.width = 4.2 if look.narrow else 8.6
        self.label = 7.2 if look.narrow else 9.0
        self.gap = 0.05
        names = [len(plain(metric)) * LETTER * self.label / 72 for metric in found.metrics]
        room = [(self.width - 2 * self.edge - self.gap - name) / max(i, 1) for i, name in enumerate(names)]
        self.cell = min([0.42 if look.narrow else 0.62, *room])
        self.row = min(self.cell, 0.3)
        self.height = k * self.row + 2 * self.edge
        self.hundredths = self.cell < 0.3
        """Whether the numbers in the cells are without their point, to fit."""

        self.number = min(8.5, 72 * self.cell / (2.4 if self.hundredths else 3.4))

    def corner(self, i: int, j: int) -> tuple[float, float]:
        """The upper left corner of the cell in row i and column j."""
        return self.edge + j * self.cell, self.edge + i * self.row


def _triangle(
    ax: Axes,
    found: Agreement,
    look: Look,
    layout: _Layout,
    colours: LinearSegmentedColormap,
    norm: BoundaryNorm,
) -> None:
    k, far = len(found.metrics), found.beyond_chance
    below = np.tril(np.ones((k, k), dtype=bool), -1)
    edges = [np.array([layout.corner(i, i)[axis] for i in range(k + 1)]) for axis in (0, 1)]
    shown = np.ma.masked_array(found.rho, ~below | np.isnan(found.rho))
    ax.pcolormesh(*edges, shown, cmap=colours, norm=norm, edgecolors=look.ground, linewidth=0.8)
    for i, metric in enumerate(found.metrics):
        x, y = layout.corner(i, i)
        ax.text(
            x + layout.gap, y + layout.row / 2, plain(metric), size=layout.label, color=look.ink, va="center_baseline"
        )
        for j in range(i):
            rho = float(found.rho[i, j])
            x, y = layout.corner(i, j)
            if np.isnan(rho):
                ax.text(
                    x + layout.cell / 2,
                    y + layout.row / 2,
                    "·",
                    size=layout.number,
                    color=look.faint,
                    ha="center",
                    va="center",
                )
                continue
            text = f"{round(100 * rho):d}".replace("-", "−") if layout.hundredths else signed(rho)
            ax.text(
                x + layout.cell / 2,
                y + layout.row / 2,
                text,
                size=layout.number,
                color=_readable(colours(norm(rho))),
                weight="bold" if far[i, j] else "normal",
                ha="center",
                va="center_baseline",
            )


def _scale(ax: Axes, look: Look, layout: _Layout, colours: LinearSegmentedColormap) -> None:
    """The colours and what they say, in the corner that the triangle leaves free."""
    length = 0.42 * layout.width
    left, top = layout.width - layout.edge - length, layout.edge + 0.02
    edges = np.linspace(left, left + length, STEPS + 1)
    ax.pcolormesh(edges, [top, top + 0.09], np.arange(STEPS)[None], cmap=colours, vmin=0, vmax=STEPS - 1)
    words = [(left, "−1 opposite", "left"), (left + length / 2, "ρ", "center"), (left + length, "alike +1", "right")]
    for x, text, side in words:
        ax.text(x, top + 0.12, text, size=layout.label - 1, color=look.faint, ha=side, va="top")
    if layout.hundredths:
        ax.text(
            left + length,
            top + 0.25,
            "in the cells: 100 ρ",
            size=layout.label - 1,
            color=look.faint,
            ha="right",
            va="top",
        )


def _ends(look: Look) -> list[str]:
    """The colours of −1, 0 and +1: vermilion and blue of Okabe and Ito, and what stands out least from the ground."""
    return ["#F07C2A", "#2f353c", "#56B4E9"] if look.dark else ["#D55E00", "#f3f4f6", "#0072B2"]


def _readable(ground: tuple[float, float, float, float]) -> str:
    """Black or white, whichever has the larger contrast on this colour (WCAG 2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(ground)]
    luminance = float(np.dot(linear, [0.2126, 0.7152, 0.0722]))
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"


def _alt(analysis: Analysis) -> str:
    return "Heat map of the rank correlations of every two metrics; the table below it has the numbers."


def _context(contents: Contents) -> dict[str, Any] | None:
    found = agreement(contents.analysis.complete)
    if found is None:
        return None
    far, names = found.beyond_chance, [plain(metric) for metric in found.metrics]
    rows = [
        [{"rho": signed(rho), "far": bool(far[i, j]) and i != j} for j, rho in enumerate(line)]
        for i, line in enumerate(found.rho)
    ]
    return {
        "sentences": agreement_sentences(found, contents.analysis),
        "left_out": left_out(found),
        "names": names,
        "rows": [{"name": name, "cells": cells} for name, cells in zip(names, rows, strict=True)],
    }


AGREEMENT = Section("agreement", "Do the metrics rank the models alike?", _context, agreement_figure, _alt)
