"""Several fronts at once: what is reached by how many of them, and how much of one another covers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.pareto.dominance import as_points, non_dominated


def attainment_surface(sets: Sequence[ArrayLike], count: int) -> NDArray[np.float64]:
    """The best points (k, 2) that at least `count` of the sets (n_i, 2) attain, in ascending order of the first value.

    A set attains a point if one of its own is nowhere worse. With the results of several seeds as sets, half of their
    number gives the median front, 1 what the luckiest reaches, all of them what can be relied upon (Fonseca and
    Fleming 1996). Values that are not finite are left out. Raises `ValueError` unless count is from 1 to the number
    of sets, and for other than two objectives.
    """
    if not 1 <= count <= len(sets):
        raise ValueError(f"count must be 1 to {len(sets)}, the number of sets; received {count}")
    fronts = [_finite_pairs(values) for values in sets]
    across = np.unique(np.concatenate([front[:, 0] for front in fronts]))
    heights = np.array([[front[front[:, 0] <= x, 1].min(initial=np.inf) for x in across] for front in fronts])
    attained = np.column_stack([across, np.sort(heights, axis=0)[count - 1]])
    attained = attained[np.isfinite(attained[:, 1])]
    return attained[non_dominated(attained)]


def coverage(values: ArrayLike, others: ArrayLike) -> float:
    """The fraction, 0 to 1, of `others` (k, m) that some point of `values` (n, m) dominates or equals; NaN for none.

    Not symmetric (Zitzler and Thiele 1999, metric C). Points with a NaN take part in nothing.
    """
    points, targets = (part[~np.isnan(part).any(axis=1)] for part in (as_points(values), as_points(others)))
    if points.shape[1] != targets.shape[1]:
        raise ValueError(f"both need as many objectives, received {points.shape[1]} and {targets.shape[1]}")
    if not len(targets):
        return float("nan")
    return float(np.mean([bool((points <= target).all(axis=1).any()) for target in targets]))


def _finite_pairs(values: ArrayLike) -> NDArray[np.float64]:
    points = as_points(values, 2)
    if points.shape[1] != 2:
        raise ValueError(f"needs 2 objectives, received {points.shape[1]}")
    return points[np.isfinite(points).all(axis=1)]
