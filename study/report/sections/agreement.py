"""The heat map of the metrics' rank correlations: a triangle, whose diagonal has the names of rows and columns alike.

Names on the diagonal need no rotation, and leave room for seventeen metrics on a telephone.
"""

from functools import partial
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

SHADES = 21
"""Number of shades from −1 to +1, odd so that one of them is for 0: the number in the cell has the precision."""

LETTER = 0.58
"""Mean width of a letter as a fraction of the font size."""


def agreement_figure(analysis: Analysis, look: Look) -> Figure | None:
    """Spearman's ρ of every two metrics; None where there are no two to compare."""
    matrix = agreement(analysis.complete)
    if matrix is None:
        return None
    layout = _Layout(matrix, look)
    figure = blank(look, layout.width, layout.height)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set_xlim(0, layout.width)
    ax.set_ylim(layout.height, 0)
    colours = LinearSegmentedColormap.from_list("agreement", _ends(look), N=SHADES)
    norm = BoundaryNorm(np.linspace(-1, 1, SHADES + 1), SHADES)
    _triangle(ax, matrix, look, layout, colours, norm)
    _scale(ax, look, layout, colours)
    return figure


class _Layout:
    """Lengths in inches, of the figure and of its cells, and sizes of letters in points."""

    def __init__(self, matrix: Agreement, look: Look) -> None:
        k = len(matrix.metrics)
        self.edge = 0.06
        self.width = 4.2 if look.narrow else 8.6
        self.label = 7.2 if look.narrow else 9.0
        self.gap = 0.05
        names = [len(plain(metric)) * LETTER * self.label / 72 for metric in matrix.metrics]
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
    ax: Axes, matrix: Agreement, look: Look, layout: _Layout, colours: LinearSegmentedColormap, norm: BoundaryNorm
) -> None:
    k, far = len(matrix.metrics), matrix.beyond_chance
    below = np.tril(np.ones((k, k), dtype=bool), -1)
    edges = [np.array([layout.corner(i, i)[axis] for i in range(k + 1)]) for axis in (0, 1)]
    cells = np.ma.masked_array(matrix.rho, ~below | np.isnan(matrix.rho))
    ax.pcolormesh(*edges, cells, cmap=colours, norm=norm, edgecolors=look.ground, linewidth=0.8)
    for i, metric in enumerate(matrix.metrics):
        x, y = layout.corner(i, i)
        x, y = x + layout.gap, y + layout.row / 2
        ax.text(x, y, plain(metric), size=layout.label, color=look.ink, va="center_baseline")
        for j in range(i):
            rho = float(matrix.rho[i, j])
            x, y = layout.corner(i, j)
            text = partial(ax.text, x + layout.cell / 2, y + layout.row / 2, size=layout.number, ha="center")
            if np.isnan(rho):
                text("·", color=look.faint, va="center")
            else:
                value = f"{round(100 * rho):d}".replace("-", "−") if layout.hundredths else signed(rho)
                weight = "bold" if far[i, j] else "normal"
                text(value, color=_readable(colours(norm(rho))), weight=weight, va="center_baseline")


def _scale(ax: Axes, look: Look, layout: _Layout, colours: LinearSegmentedColormap) -> None:
    """The colours and their meaning, in the corner that the triangle leaves free."""
    length = 0.42 * layout.width
    left, top = layout.width - layout.edge - length, layout.edge + 0.02
    edges = np.linspace(left, left + length, SHADES + 1)
    ax.pcolormesh(edges, [top, top + 0.09], np.arange(SHADES)[None], cmap=colours, vmin=0, vmax=SHADES - 1)
    text = partial(ax.text, size=layout.label - 1, color=look.faint, va="top")
    text(left, top + 0.12, "−1 opposite order", ha="left")
    text(left + length / 2, top + 0.12, "ρ", ha="center")
    text(left + length, top + 0.12, "same order +1", ha="right")
    if layout.hundredths:
        text(left + length, top + 0.25, "in the cells: 100 ρ", ha="right")


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
    matrix = agreement(contents.analysis.complete)
    if matrix is None:
        return None
    far, names = matrix.beyond_chance, [plain(metric) for metric in matrix.metrics]
    rows = [
        [{"rho": signed(rho), "far": bool(far[i, j]) and i != j} for j, rho in enumerate(line)]
        for i, line in enumerate(matrix.rho)
    ]
    return {
        "sentences": agreement_sentences(matrix, contents.analysis),
        "left_out": left_out(matrix),
        "names": names,
        "rows": [{"name": name, "cells": cells} for name, cells in zip(names, rows, strict=True)],
    }


AGREEMENT = Section("agreement", "Agreement of the metrics", _context, agreement_figure, _alt)
