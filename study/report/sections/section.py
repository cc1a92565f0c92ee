"""What a section of the page is: a figure, a text in its place, and what its template shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.figure import Figure

from study.report.analysis.analysis import Analysis
from study.report.analysis.confirmed import Confirmed
from study.report.drawing.style import Look
from study.report.paper.answers import Answer
from study.report.read.album import Album
from study.report.sections.cards import Card


@dataclass(frozen=True)
class Contents:
    """What the sections show.

    `cards`: the trials that are shown one by one. `images`: the PNG of each figure by name and look. `drawn`: those of
    the objectives as Matplotlib has them, for the links over their points.
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
    """What its template is given; None where the study has nothing to show here. A `title` replaces the section's."""

    figure: Callable[[Analysis, Look], Figure | None] | None = None
    """Its figure, which the report also writes to `figures/`; None where there is nothing to draw."""

    alt: Callable[[Analysis], str] | None = None
    """The figure in a sentence, for readers who do not see it."""

    @property
    def template(self) -> str:
        return f"{self.name}.html.j2"
