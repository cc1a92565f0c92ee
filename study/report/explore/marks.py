"""What the interactive figures share: the layout of all, colours by name, and how a group is drawn.

A colour is a CSS variable of the page, `var(--ink)`: the script puts in what it stands for, on light or on dark ground.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from study.report.analysis.analysis import Analysis, Group
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
