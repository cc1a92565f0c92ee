"""The volume that a front dominates."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.pareto.dominance import as_points, non_dominated

MAX_EXACT = 3
"""Up to so many objectives `hypervolume` knows an exact method."""


def hypervolume(values: ArrayLike, reference: ArrayLike) -> float:
    """The volume that the points (n, m) dominate, bounded by the reference point (m,). Exact.

    The unit is the product of the objectives' units. Raises `ValueError` beyond three objectives, or for a reference
    that is not m finite numbers.
    """
    bound = np.asarray(reference, dtype=np.float64)
    points = as_points(values) if np.size(values) else np.empty((0, bound.size))
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
