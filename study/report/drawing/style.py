"""How figures look: light and dark, wide and narrow; matplotlib by its objects only."""

import io
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image

from study.config.families import appearance
from study.report.drawing.matplotlib_settings import mpl, own_settings
from study.report.text.theme import DARK_THEME, LIGHT_THEME, Theme

LINES = ("-", "--", ":", "-.")
"""How the fronts of the first, second, … study are drawn."""

RESOLUTION = 160
"""Dots per inch: sharp on screens of twice the usual density."""

PRINT_RESOLUTION = 300
"""Dots per inch of the look that is printed, and that a figure's file has: what journals ask for."""

COLOURS = 192
"""Colours of a figure's palette: its few inks, and the shades between them at the edges of letters and lines."""


@dataclass(frozen=True)
class Look:
    """One of four ways in which each figure is drawn for the page."""

    dark: bool = False
    narrow: bool = False

    @property
    def ground(self) -> str:
        return self._theme.ground

    @property
    def ink(self) -> str:
        return self._theme.ink

    @property
    def faint(self) -> str:
        return self._theme.faint

    @property
    def grid(self) -> str:
        return self._theme.line

    @property
    def _theme(self) -> Theme:
        return DARK_THEME if self.dark else LIGHT_THEME

    @property
    def name(self) -> str:
        return ("dark" if self.dark else "light") + ("-narrow" if self.narrow else "")

    def colour(self, family: str) -> str:
        return appearance(family)[1 if self.dark else 0]


PRINTED = Look()
"""The look of a figure's files, and of the page on paper."""

LOOKS = (PRINTED, Look(dark=True), Look(narrow=True), Look(dark=True, narrow=True))


def marker(family: str) -> str:
    return appearance(family)[2]


class ShownFigure(Figure):
    """A figure that a notebook shows: of those that are made without pyplot it prints the size alone."""

    def _repr_png_(self) -> bytes:
        return for_screen(self)


def blank(look: Look, width: float, height: float, layout: Literal["constrained"] | None = None) -> Figure:
    """An empty figure of so many inches."""
    return ShownFigure(figsize=(width, height), layout=layout, facecolor=look.ground, dpi=RESOLUTION)


def dress(ax: Axes, look: Look) -> None:
    """The grid, ticks and spines that every panel has."""
    ax.grid(color=look.grid, linewidth=0.8)
    ax.set_axisbelow(True)
    ax.tick_params(colors=look.faint, labelsize=9, length=0)
    for side, spine in ax.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(look.grid)
    ax.xaxis.label.set_color(look.ink)
    ax.yaxis.label.set_color(look.ink)


def panels(look: Look, n: int, height: float = 5.0) -> tuple[Figure, list[Axes]]:
    """A figure with n empty panels: side by side up to three, or one below the other where it is narrow.

    `height` is that of a single wide panel, in inches.
    """
    columns = 1 if look.narrow else min(n, 3)
    rows = -(-n // columns)
    width = 4.2 if look.narrow else (8.6 if columns == 1 else 9.6)
    each = 3.9 if look.narrow else (height if columns == 1 else 3.9)
    figure = blank(look, width, each * rows + 0.5, layout="constrained")
    axes = []
    for index in range(n):
        ax = figure.add_subplot(rows, columns, index + 1, facecolor=look.ground)
        dress(ax, look)
        axes.append(ax)
    return figure, axes


def legend(figure: Figure, look: Look, handles: list[Line2D], columns: int) -> None:
    """The legend below all panels."""
    if not handles:
        return
    drawn = figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=1 if look.narrow else columns,
        frameon=False,
        fontsize=9,
    )
    for text in drawn.get_texts():
        text.set_color(look.ink)


def png(figure: Figure, look: Look = PRINTED) -> bytes:
    """The figure as PNG, in a palette of its own (a third of the size); the same bytes for the same figure.

    The palette covers what colours there are, not what most pixels have: a few marks of a family keep its colour.
    """
    resolution = PRINT_RESOLUTION if look == PRINTED else RESOLUTION
    figure.set_dpi(resolution)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    stream = io.BytesIO()
    palette = drawn.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    palette.save(stream, "PNG", dpi=(resolution, resolution))
    return stream.getvalue()


def pdf(figure: Figure) -> bytes:
    """The figure as PDF, in lines and letters; the same bytes for the same figure.

    Its fonts are inside as TrueType (42): Matplotlib's own kind, Type 3, is refused by many journals.
    """
    stream = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}):
        figure.savefig(stream, format="pdf", metadata={"CreationDate": None})
    return stream.getvalue()


def for_screen(figure: Figure) -> bytes:
    """The figure as PNG for a notebook, in its own resolution and the settings of a report."""
    stream = io.BytesIO()
    with own_settings():
        figure.savefig(stream, format="png")
    return stream.getvalue()
