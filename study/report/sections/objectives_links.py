"""Where trials stand in the figure of the objectives, so that the page can lay links over their points."""

from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from study.report.analysis.analysis import Analysis

Place = tuple[float, float]
"""From the left and from the top, as parts of the figure's width and height."""


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
