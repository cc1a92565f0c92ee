"""A total order of points: by front, and within a front by how much a point adds to its diversity."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.pareto.dominance import as_points, non_dominated_sort

TieBreak = Literal["epsilon-net", "crowding"]


def ranking(values: ArrayLike, tie_break: TieBreak = "epsilon-net") -> NDArray[np.int64]:
    """The places (n,) of the points (n, m), best first: by front, then by the tie-break, then by place.

    Points with a NaN come last. Raises `ValueError` for an unknown tie-break.
    """
    if tie_break not in get_args(TieBreak):
        raise ValueError(f"allowed: {', '.join(get_args(TieBreak))}; received {tie_break!r}")
    points = as_points(values)
    fronts = non_dominated_sort(points)
    order: list[int] = []
    for front in np.unique(fronts):
        places = np.flatnonzero(fronts == front)
        inner = epsilon_net(points[places]) if tie_break == "epsilon-net" else _least_crowded(points[places])
        order += places[inner].tolist()
    return np.array(order, dtype=np.int64)


def epsilon_net(values: ArrayLike) -> NDArray[np.int64]:
    """An order (n,) of the points (n, m) in which each next one is the farthest from all before it.

    The first is the best in the first objective. Distances are Euclidean, each objective divided by its range, so that
    units do not matter; an infinite value is one range beyond the finite ones. Of equals the first; points with a NaN
    come last. This is the order in which Schmucker et al. (2021, "Multi-objective asynchronous successive halving",
    section 3.2) promote the points of one front, after Salinas et al. (2021).
    """
    points = as_points(values)
    order = np.flatnonzero(np.isnan(points).any(axis=1)).tolist()
    left = np.flatnonzero(~np.isnan(points).any(axis=1))
    if not len(left):
        return np.array(order, dtype=np.int64)
    scaled = _scaled(points[left])
    chosen = [int(np.lexsort(scaled.T[::-1])[0])]
    nearest = np.linalg.norm(scaled - scaled[chosen[0]], axis=1)
    nearest[chosen[0]] = -1.0  # taken
    for _ in range(len(left) - 1):
        chosen.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, np.linalg.norm(scaled - scaled[chosen[-1]], axis=1))
        nearest[chosen] = -1.0
    return np.array([*left[chosen].tolist(), *order], dtype=np.int64)


def crowding_distance(values: ArrayLike) -> NDArray[np.float64]:
    """Crowding distance (n,) of the points (n, m) of one front, in ranges of the objectives.

    The sum over objectives of the distance between a point's neighbours; infinite for the extreme points of any
    objective (Deb et al. 2002, NSGA-II, section III.B). Points
    with a NaN have 0 and are no point's neighbours; an infinite value is one range beyond the finite ones.
    """
    points = as_points(values)
    valid = np.flatnonzero(~np.isnan(points).any(axis=1))
    distance = np.zeros(len(points))
    scaled = _scaled(points[valid])
    for column in scaled.T:
        order = np.argsort(column, kind="stable")
        distance[valid[np.r_[order[:1], order[-1:]]]] = np.inf
        distance[valid[order[1:-1]]] += column[order[2:]] - column[order[:-2]]
    return distance


def _least_crowded(points: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.argsort(-crowding_distance(points), kind="stable")


def _scaled(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column from 0 to 1 over its finite values; where all are equal, 0. Infinities become -1 and 2."""
    scaled = np.zeros_like(points)
    for target, column in zip(scaled.T, points.T, strict=True):
        finite = np.isfinite(column)
        if finite.any():
            low, high = column[finite].min(), column[finite].max()
            target[finite] = (column[finite] - low) / (high - low) if high > low else 0.0
        target[np.isposinf(column)] = 2.0
        target[np.isneginf(column)] = -1.0
    return scaled
