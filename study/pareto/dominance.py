"""Dominance between points, fronts, and the staircase of a front of two objectives."""

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray


def non_dominated(values: ArrayLike) -> NDArray[np.bool_]:
    """A mask (n,) of the points (n, m) that no other point dominates."""
    points = as_points(values)
    mask = np.zeros(len(points), dtype=np.bool_)
    valid = np.flatnonzero(~np.isnan(points).any(axis=1))
    if len(valid) == 0:
        return mask
    # Each distinct point once, in lexicographic order: then a point can only be dominated by an earlier one. Removing
    # what each survivor dominates costs n times the size of the front, not n squared.
    distinct, where = np.unique(points[valid], axis=0, return_inverse=True)
    alive = np.arange(len(distinct))
    position = 0
    while position < len(alive):
        survivor = distinct[alive[position]]
        kept = (distinct[alive] < survivor).any(axis=1)
        kept[position] = True
        alive = alive[kept]
        position = int(kept[:position].sum()) + 1
    on_front = np.zeros(len(distinct), dtype=np.bool_)
    on_front[alive] = True
    mask[valid] = on_front[where.reshape(-1)]
    return mask


def non_dominated_sort(values: ArrayLike) -> NDArray[np.int64]:
    """The front that each of the points (n, m) is on, (n,): 0 is the best, 1 is the best without those, and so on.

    Points with a NaN get the number after the last front, and never 0.
    """
    points = as_points(values)
    valid = ~np.isnan(points).any(axis=1)
    ranks = np.zeros(len(points), dtype=np.int64)
    left = np.flatnonzero(valid)
    rank = 0
    while len(left):
        front = non_dominated(points[left])
        ranks[left[front]] = rank
        left = left[~front]
        rank += 1
    ranks[~valid] = max(rank, 1)
    return ranks


def as_points(values: ArrayLike, objectives: int | None = None) -> NDArray[np.float64]:
    """The points (n, m) as floats; raises `ValueError` for another shape. No points at all, `[]`, have `objectives`."""
    points = np.asarray(values, dtype=np.float64)
    if objectives is not None and not points.size:
        points = np.empty((0, objectives))
    if points.ndim != 2 or points.shape[1] == 0:
        raise ValueError(f"points must be an array of shape (n, m) with m of at least 1, received {points.shape}")
    return points + 0.0  # -0.0 becomes 0.0: the two are equal, and must sort as equal


def staircase(values: ArrayLike, worst: tuple[float, float] | None = None) -> NDArray[np.float64]:
    """Corners (k, 2) of the line between what points (n, 2) dominate and what they do not, by the first objective.

    With `worst`, which no point exceeds in what is drawn, the line extends to it at both ends.
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
