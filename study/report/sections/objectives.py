"""Objectives against each other: the figure, and links over its points to the trials on the page."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from study.report.analysis.analysis import Analysis
from study.report.analysis.axes import beyond
from study.report.drawing.style import Look
from study.report.sections.objectives_figure import objectives_figure, panel_axes
from study.report.sections.section import Contents, Section
from study.report.sections.trial_cards import Card
from study.report.sentences.summary import caveats, paper_score_sentence, untrained_sentence
from study.report.text.format import count, listed, number, plain

Place = tuple[float, float]
"""From the left and from the top, as parts of the figure's width and height."""


def links(analysis: Analysis, cards: Sequence[Card], figures: Mapping[Look, Figure]) -> list[dict[str, Any]]:
    """A link for each card in each panel of the figure, wide and narrow, best first on the way."""
    wide, narrow = figures.get(Look()), figures.get(Look(narrow=True))
    if wide is None or narrow is None or not cards:
        return []
    first = analysis.objectives[0]
    ordered = sorted(cards, key=lambda card: first.sign * float(card.row[first.name]))
    trials = pd.DataFrame([card.row for card in ordered])
    both = zip(places(wide, analysis, trials), places(narrow, analysis, trials), strict=True)
    return [
        {"card": card, "wide": at, "narrow": at_narrow, "left": at[0] > 0.5, "up": at[1] > 0.5}
        for panel, panel_narrow in both
        for card, at, at_narrow in zip(ordered, panel, panel_narrow, strict=True)
    ]


def places(figure: Figure, analysis: Analysis, trials: pd.DataFrame) -> list[list[Place]]:
    """For each panel of `objectives_figure`, once it was drawn, the place of each of these complete trials.

    What lies beyond an axis is at its edge, as in the figure.
    """
    pairs = list(combinations(analysis.objectives, 2))
    if not pairs:
        rows = [group.name for group in analysis.groups]
        lines = np.array([float(rows.index(name)) for name in trials["group"]])
        return [_places(figure, 0, trials[analysis.objectives[0].name].to_numpy(dtype=float), lines)]
    return [
        _places(figure, panel, *(trials[objective.name].to_numpy(dtype=float) for objective in pair))
        for panel, pair in enumerate(pairs)
    ]


def _places(figure: Figure, panel: int, x: np.ndarray, y: np.ndarray) -> list[Place]:
    ax = figure.axes[panel]
    (left_end, right_end), (bottom, top) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    within = np.column_stack([np.clip(x, left_end, right_end), np.clip(y, bottom, top)])
    left, up = figure.transFigure.inverted().transform(ax.transData.transform(within)).T
    return list(zip(left.tolist(), (1 - up).tolist(), strict=True))


def _alt(analysis: Analysis) -> str:
    ranges = []
    for group in analysis.groups:
        if len(group.complete):
            spans = [
                f"{n} {number(group.complete[n].min(), n)} to {number(group.complete[n].max(), n)}"
                for n in analysis.names
            ]
            ranges.append(f"{group.name}, {count(len(group.complete), 'trial')}: {listed(spans)}")
    front = [
        f"trial {int(row['trial'])} ({row['group']}): " + ", ".join(f"{n} {number(row[n], n)}" for n in analysis.names)
        for _, row in analysis.front.head(10).iterrows()
    ]
    kind = "Scatter plot" if len(analysis.objectives) > 1 else "Dot plot"
    return (
        f"{kind} of {listed(analysis.names)} on test images. {'; '.join(ranges)}. "
        f"Non-dominated: {'; '.join(front)}{' and more' if len(analysis.front) > 10 else ''}."
    )


def _title(names: list[str]) -> str:
    words = [plain(name) for name in names]
    if len(words) == 1:
        return f"{words[0].capitalize()} by family"
    return f"{words[1].capitalize()} versus {words[0]}" if len(words) == 2 else f"Trade-offs: {listed(words)}"


def _context(contents: Contents) -> dict[str, Any] | None:
    analysis = contents.analysis
    if analysis.complete.empty:
        return None
    return {
        "title": _title(analysis.names),
        "points": links(analysis, contents.cards, contents.drawn),
        "beyond": beyond(
            analysis.complete, *(panel_axes(analysis, x, y) for x, y in combinations(analysis.objectives, 2))
        ),
        "untrained": untrained_sentence(analysis),
        "paper_score": paper_score_sentence(analysis),
        "caveats": caveats(analysis),
    }


OBJECTIVES = Section("objectives", "Objectives", _context, objectives_figure, _alt)
