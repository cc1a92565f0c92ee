"""The staircase of a front of two objectives."""

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.pareto.dominance import as_points, non_dominated


def staircase(values: ArrayLike, worst: tuple[float, float] | None = None) -> NDArray[np.float64]:
    """Corners (k, 2) of the line between what points (n, 2) dominate and what they do not, by the first objective.

    With `worst`, which no point exceeds in what is drawn, the line goes on to there at both ends.
    """
    points = as_points(values, objectives=2)
    front = np.unique(points[non_dominated(points)], axis=0)
    if len(front) == 0:
        return np.empty((0, 2))
    corners = [tuple(front[0])]
    for before, after in pairwise(front):
        corners += [(after[0], before[1]), tuple(after)]
    if worst is not None:
        first, last = front[0], front[-1]
        corners = [(first[0], max(worst[1], first[1])), *corners, (max(worst[0], last[0]), last[1])]
    return np.array(corners)
