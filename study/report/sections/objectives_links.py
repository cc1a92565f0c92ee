"""The links that the page lays over the points of the figure of the objectives."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from study.report.analysis.analysis import Analysis
from study.report.drawing.style import Look
from study.report.sections.cards import Card

Place = tuple[float, float]
"""From the left and from the top, as parts of the figure's width and height."""


def points(analysis: Analysis, cards: Sequence[Card], figures: Mapping[Look, Figure]) -> list[dict[str, Any]]:
    """A link for each card in each panel of the figure of the objectives, wide and narrow, best first on the way."""
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
