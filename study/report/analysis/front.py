"""The line of a front between the ends of two axes, and how many trials lie beyond them, whoever draws it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from study.config.space import Objective
from study.pareto.staircase import staircase
from study.report.analysis.axes import Range

Panel = Mapping[str, Range]
"""The axes of a panel by the names of their objectives."""


def front_line(trials: pd.DataFrame, x: Objective, y: Objective, panel: Panel) -> np.ndarray:
    """Corners (k, 2) of the line between what these trials dominate and what they do not, out to the panel's edges."""
    signs = np.array([x.sign, y.sign])
    worst = [max(o.sign * panel[o.name].low, o.sign * panel[o.name].high) for o in (x, y)]
    corners: np.ndarray = staircase(trials[[x.name, y.name]].to_numpy(dtype=float) * signs, (worst[0], worst[1]))
    return corners * signs


def beyond(trials: pd.DataFrame, *panels: Panel) -> int:
    """How many of the trials lie beyond an axis of some panel."""
    outside = np.zeros(len(trials), dtype=bool)
    for panel in panels:
        for name, reach in panel.items():
            outside |= ~reach.holds(trials[name].to_numpy(dtype=float))
    return int(outside.sum())
