"""Dominance, fronts and hypervolume of points with several objectives: arrays in, arrays out.

All values are to be minimised: multiply a column that is maximised by -1 first (`Objective.sign`). Shapes: n points
with m objectives are (n, m). A point dominates another if it is nowhere worse and somewhere better.

Policy
- Equal points do not dominate each other: all of them are on a front, or none.
- A point with a NaN takes part in nothing: it is never on a front, it dominates nothing, and every front comes before
  it. It adds no hypervolume.
- Infinities are values like others: +inf is the worst there is, -inf the best. A point at -inf that is better than the
  reference everywhere dominates an infinite volume, which is then the answer.
- A point that is not better than the reference in every objective adds no hypervolume.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

MAX_EXACT = 3
"""Up to so many objectives `hypervolume` knows an exact method."""


def non_dominated(values: ArrayLike) -> NDArray[np.bool_]:
    """Which of the points (n, m) no other point dominates: a mask (n,)."""
    points = _points(values)
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
    points = _points(values)
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


def hypervolume(values: ArrayLike, reference: ArrayLike) -> float:
    """The volume that the points (n, m) dominate, bounded by the reference point (m,). Exact.

    The unit is the product of the objectives' units. Raises `ValueError` beyond three objectives, or for a reference
    that is not m finite numbers.
    """
    bound = np.asarray(reference, dtype=np.float64)
    points = _points(values) if np.size(values) else np.empty((0, bound.size))
    if bound.shape != (points.shape[1],) or not np.isfinite(bound).all():
        raise ValueError(f"the reference must be {points.shape[1]} finite numbers, received {bound.tolist()}")
    if bound.size > MAX_EXACT:
        raise ValueError(f"hypervolume is exact for up to {MAX_EXACT} objectives, received {bound.size}")
    points = points[(points < bound).all(axis=1)]  # False for NaN
    if len(points) == 0:
        return 0.0
    if np.isneginf(points).any():
        return float("inf")
    front = np.unique(points[non_dominated(points)], axis=0)
    if bound.size == 1:
        return float(bound[0] - front[0, 0])
    if bound.size == 2:
        return _area(front, bound)
    return _volume(front, bound)


def _area(front: NDArray[np.float64], bound: NDArray[np.float64]) -> float:
    """Area below `bound` (2,) of a front (n, 2) in ascending order of its first column: a sum over its steps."""
    ends = np.append(front[1:, 0], bound[0])
    return float(np.sum((ends - front[:, 0]) * (bound[1] - front[:, 1])))


def _volume(front: NDArray[np.float64], bound: NDArray[np.float64]) -> float:
    """Volume below `bound` (3,): slices along the third axis, each as thick as the gap to the next value there."""
    ordered = front[np.argsort(front[:, 2], kind="stable")]
    ends = np.append(ordered[1:, 2], bound[2])
    slice_front = np.empty((0, 2))
    volume = 0.0
    for point, end in zip(ordered, ends, strict=True):
        grown = np.vstack([slice_front, point[:2]])
        slice_front = np.unique(grown[non_dominated(grown)], axis=0)
        volume += _area(slice_front, bound[:2]) * float(end - point[2])
    return volume


def _points(values: ArrayLike) -> NDArray[np.float64]:
    points = np.asarray(values, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] == 0:
        raise ValueError(f"points must be an array of shape (n, m) with m of at least 1, received {points.shape}")
    return points + 0.0  # -0.0 becomes 0.0: the two are equal, and must sort as equal
