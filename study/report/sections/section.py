"""Section: one section of the page as a value: its figure, the text that replaces it, and its template's context."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.figure import Figure

from study.report.analysis.analysis import Analysis
from study.report.analysis.confirmed import Confirmed
from study.report.drawing.style import Look
from study.report.paper.answers import Answer
from study.report.read.album import Album
from study.report.sections.trial_cards import Card


@dataclass(frozen=True)
class Contents:
    """Everything that sections show.

    `cards`: the trials that are shown one by one. `images`: the PNG of each figure by name and look. `drawn`: the
    Matplotlib figures of the objectives by look, for the links over their points.
    """

    analysis: Analysis
    album: Album
    cards: Sequence[Card] = ()
    answers: Sequence[Answer] = ()
    confirmed: Sequence[Confirmed] = ()
    images: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    drawn: Mapping[Look, Figure] = field(default_factory=dict)


@dataclass(frozen=True)
class Section:
    """A section of the page. Its template has its name, and is in the folder of this file."""

    name: str
    title: str

    context: Callable[[Contents], dict[str, Any] | None]
    """The template's context; None if the study has nothing to show here. A `title` in it replaces the section's."""

    figure: Callable[[Analysis, Look], Figure | None] | None = None
    """The figure, which the report also writes to `figures/`; None if there is nothing to draw."""

    alt: Callable[[Analysis], str] | None = None
    """The figure's alternative text, one sentence."""

    @property
    def template(self) -> str:
        return f"{self.name}.html.j2"
