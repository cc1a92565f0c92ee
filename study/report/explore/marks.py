"""What the interactive figures share: colours by name, a symbol and a dash for each group, and the frame around them.

A colour is written as a name, `colour:ink`, and `colours` says what it is on light and on dark ground: the page puts it
in when it draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_hex, to_rgb

from study.config.families import OTHER, PALETTE
from study.report.analysis.analysis import Analysis, Group
from study.report.drawing.style import Look, marker

Figure = dict[str, Any]
"""`data` and `layout` as plotly.js takes them, with colours by name."""

NAME = "colour:"

THIN = "/thin"
"""After the name of a colour: seen through, so that many lines over one another show how many they are."""

OPACITY = 0.3
"""Of thin lines."""

STEPS = 9
"""Colours between the best and the worst value of an objective."""

RAMPS = {False: (0.0, 0.88), True: (1.0, 0.25)}
"""On light ground and on dark: the part of viridis from the best to the worst, which is nearest to the ground."""

SYMBOLS = {
    "o": ("circle", "●○⊙"),
    "s": ("square", "■□⊡"),
    "^": ("triangle-up", "▲△◬"),
    "v": ("triangle-down", "▼▽▿"),
    "D": ("diamond", "◆◇◈"),
    "X": ("x", "✖☓⊗"),
    "P": ("cross", "✚✛⊕"),
    "p": ("pentagon", "⬟⬠⬠"),
    "h": ("hexagon", "⬢⬡⬡"),
    "*": ("star", "★☆✪"),
}
"""Of each marker of the still figures: plotly's name, and letters like it for the first, second, further studies."""

FILLS = ("", "-open", "-open-dot")
DASHES = ("solid", "dash", "dot", "dashdot")
"""How the first, second, … study is drawn."""


@dataclass(frozen=True)
class Mark:
    """How a group is drawn: a colour by name, plotly's name of a symbol, a letter that looks like it, and a dash."""

    colour: str
    symbol: str
    letter: str
    dash: str


def mark(analysis: Analysis, group: Group) -> Mark:
    """The colour and symbol of its family; filled or open, and the dash, by its study."""
    study = [study.label for study in analysis.studies].index(group.study)
    symbol, letters = SYMBOLS[marker(group.family)]
    fill = min(study, len(FILLS) - 1)
    name = group.family if group.family in PALETTE else "other"
    return Mark(f"{NAME}{name}", symbol + FILLS[fill], letters[fill], DASHES[study % len(DASHES)])


def ramp(step: int) -> str:
    """The name of a colour between those of the best (0) and of the worst (`STEPS` - 1)."""
    return f"{NAME}ramp-{step}"


def colours(look: Look) -> dict[str, str]:
    """What every name of a colour stands for."""
    families = {family: both[look.dark] for family, both in PALETTE.items()}
    plain = {"ground": look.ground, "ink": look.ink, "faint": look.faint, "grid": look.grid, "other": OTHER[look.dark]}
    viridis = mpl.colormaps["viridis"]
    steps = {ramp(step): to_hex(viridis(at)) for step, at in enumerate(np.linspace(*RAMPS[look.dark], STEPS))}
    solid = {**{NAME + name: value for name, value in (families | plain).items()}, **steps}
    return {**solid, **{name + THIN: _through(value) for name, value in solid.items()}}


def _through(colour: str) -> str:
    red, green, blue = (round(255 * part) for part in to_rgb(colour))
    return f"rgba({red},{green},{blue},{OPACITY})"


def plain(text: str) -> str:
    """Any text as plotly is to show it: it would take tags for its own."""
    return escape(text, quote=False)


def axis(title: str, ends: tuple[float, float], ticks: Sequence[tuple[float, str]] | None = None) -> dict[str, Any]:
    """An axis between its two ends. `ticks`: positions and texts; None: plotly's own, of plain numbers."""
    named = {} if ticks is None else {"tickvals": [at for at, _ in ticks], "ticktext": [text for _, text in ticks]}
    return {
        "title": {"text": title, "standoff": 8},
        "range": list(ends),
        "gridcolor": f"{NAME}grid",
        "zeroline": False,
        "automargin": True,
        **named,
    }


FONT = "system-ui, -apple-system, Segoe UI, Roboto, Liberation Sans, Arial, sans-serif"
"""That of the page."""


def layout(x: dict[str, Any], y: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The frame of a figure with these axes. It has no legend: the page's own chooses the families in all figures."""
    return {
        "xaxis": x,
        "yaxis": y,
        "font": {"color": f"{NAME}ink", "size": 12, "family": FONT},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 12, "t": 28, "b": 8},
        "hovermode": "closest",
        "showlegend": False,
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": f"{NAME}faint", "activecolor": f"{NAME}ink"},
        **more,
    }


def number_list(values: np.ndarray) -> list[float | None]:
    """Values as JSON has them: null where there is none."""
    return [float(value) if np.isfinite(value) else None for value in values]
