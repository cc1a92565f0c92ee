"""How the pages and their figures look: colours on light and on dark ground, fonts, and markers as characters.

Read by the templates as CSS variables, by `study.report.drawing.style` for Matplotlib, and by `study.report.explore`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from markupsafe import Markup

from study.config.families import OTHER, appearance, palette

FONT = "system-ui, -apple-system, Segoe UI, Roboto, Liberation Sans, Arial, sans-serif"
"""The fonts of text, the first that there is."""


@dataclass(frozen=True)
class Theme:
    """The colours of everything but families. `faint`: text of less weight; `line`: borders and the grid of figures."""

    ground: str
    raised: str
    ink: str
    faint: str
    line: str
    link: str
    warn: str
    warn_ground: str
    good: str


LIGHT_THEME = Theme(
    ground="#ffffff",
    raised="#f5f6f8",
    ink="#1b1f24",
    faint="#5d6670",
    line="#e4e7ea",
    link="#005a9c",
    warn="#8a4b00",
    warn_ground="#fff6e9",
    good="#00664a",
)
DARK_THEME = Theme(
    ground="#16191d",
    raised="#1e2227",
    ink="#e6e8eb",
    faint="#9aa3ad",
    line="#2c3238",
    link="#79bdf0",
    warn="#f2b766",
    warn_ground="#2a2217",
    good="#5fd0a5",
)

_SHAPES = {
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
"""Plotly's name of each of Matplotlib's markers, and characters like it: filled, open, and open with a dot."""


def shape(family: str) -> tuple[str, str]:
    """The entry of `_SHAPES` for the marker of a family."""
    return _SHAPES[appearance(family)[2]]


def variable(family: str) -> str:
    """The CSS variable with the colour of a family, without its leading dashes."""
    return f"family-{family if family in palette() else 'other'}"


def colours(*, dark: bool) -> dict[str, str]:
    """Every colour on light or on dark ground, by the name of its CSS variable without the leading dashes."""
    theme = asdict(DARK_THEME if dark else LIGHT_THEME)
    families = {variable(family): both[dark] for family, both in {**palette(), "other": OTHER}.items()}
    return {name.replace("_", "-"): colour for name, colour in theme.items()} | families


def stylesheet(light: Mapping[str, str], dark: Mapping[str, str]) -> Markup:
    """CSS with these colours as variables, and `--font`. A page is dark where its reader prefers that, not on paper."""
    return Markup(
        f":root {{ --font: {FONT}; {_variables(light)} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_variables(dark)} }} }}"
    )


def _variables(named: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in named.items())
