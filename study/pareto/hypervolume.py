"""The volume that a front dominates, and the few of its points that dominate most of it."""

import heapq

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.pareto.dominance import as_points, non_dominated


def hypervolume(values: ArrayLike, reference: ArrayLike) -> float:
    """The volume that the points (n, m) dominate, bounded by the reference point (m,). Exact.

    The unit is the product of the objectives' units. Up to three objectives its time grows at most with the square of
    the front's size; beyond, with a power of it that grows with the objectives (`greedy_subset` bounds a front).
    Raises `ValueError` for a reference that is not m finite numbers.
    """
    points, bound = checked(values, reference)
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
    if bound.size == 3:
        return _volume(front, bound)
    return _by_exclusion(front, bound)


def hypervolumes(sets: ArrayLike, reference: ArrayLike) -> NDArray[np.float64]:
    """`hypervolume` of many sets of points at once: (s, n, m) -> (s,). A point with a NaN is not in its set.

    One and two objectives are computed for all sets together; beyond, set by set. Raises `ValueError` for a reference
    that is not m finite numbers, and for another shape.
    """
    points, bound = np.asarray(sets, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if points.ndim != 3 or bound.shape != points.shape[2:] or not bound.size or not np.isfinite(bound).all():
        raise ValueError(f"needs sets (s, n, m) and m finite numbers, received {points.shape} and {bound.tolist()}")
    if bound.size > 2:
        return np.array([hypervolume(each, bound) for each in points])
    if bound.size == 1:
        return np.asarray(bound[0] - np.fmin(points[..., 0], bound[0]).min(axis=1, initial=bound[0]))
    return _areas(points[..., 0], points[..., 1], bound)


def hypervolume_share(values: ArrayLike, reference: ArrayLike, ideal: ArrayLike) -> float:
    """The fraction, 0 to 1, of the box between `ideal` and `reference`, both (m,), that the points (n, m) dominate.

    A point that is beyond the ideal in an objective counts as at it: what lies outside the box neither counts nor
    drowns differences inside. Raises `ValueError` unless the ideal is finite and better than the reference everywhere.
    """
    (points, bound), best = checked(values, reference), np.asarray(ideal, dtype=np.float64)
    if best.shape != bound.shape or not np.isfinite(best).all() or not (best < bound).all():
        raise ValueError(f"the ideal must be better than the reference {bound.tolist()}, received {best.tolist()}")
    return hypervolume(np.maximum(points, best), bound) / float(np.prod(bound - best))


def checked(values: ArrayLike, reference: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The points (n, m) and the reference (m,) as floats. `ValueError` for other shapes, or without a finite bound."""
    bound = np.asarray(reference, dtype=np.float64)
    points = as_points(values, bound.size)
    if bound.shape != (points.shape[1],) or not np.isfinite(bound).all():
        raise ValueError(f"the reference must be {points.shape[1]} finite numbers, received {bound.tolist()}")
    return points, bound


def _area(front: NDArray[np.float64], bound: NDArray[np.float64]) -> float:
    """Area below `bound` (2,) of a front (n, 2) in ascending order of its first column: a sum over its steps."""
    ends = np.append(front[1:, 0], bound[0])
    return float(np.sum((ends - front[:, 0]) * (bound[1] - front[:, 1])))


def _areas(
    across: NDArray[np.float64], heights: NDArray[np.float64], bound: NDArray[np.float64]
) -> NDArray[np.float64]:
    """`_area` of many sets of points, by their two columns (s, n): they may be dominated, and outside the bound."""
    inside = (across < bound[0]) & (heights < bound[1])  # False for NaN
    unbounded = inside & (np.isneginf(across) | np.isneginf(heights))
    # Points outside are moved to the upper edge, where they add nothing.
    heights = np.where(inside, heights, bound[1])
    across = np.where(inside | np.isfinite(across), np.fmin(across, bound[0]), bound[0])
    if (across[:, 1:] < across[:, :-1]).any():
        order = np.argsort(across, axis=1, kind="stable")
        across, heights = (np.take_along_axis(column, order, axis=1) for column in (across, heights))
    ends = np.concatenate([across[:, 1:], np.full((len(across), 1), bound[0])], axis=1)
    with np.errstate(invalid="ignore"):  # inf - inf, in sets whose volume is infinite
        areas = ((ends - across) * (bound[1] - np.minimum.accumulate(heights, axis=1))).sum(axis=1)
    return np.where(unbounded.any(axis=1), np.inf, areas)


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


def _by_exclusion(front: NDArray[np.float64], bound: NDArray[np.float64]) -> float:
    """Volume below `bound` (m,) of a front (n, m): of each point what no later one dominates (While et al. 2012).

    What later points dominate of a point's box is what their worse parts, pushed into the box, dominate.
    """
    # Worst in the last objective first: its box is small, and many pushed points fall together there.
    front = front[np.argsort(-front[:, -1], kind="stable")]
    volume = 0.0
    for place, point in enumerate(front):
        volume += float(np.prod(bound - point))
        pushed = np.maximum(front[place + 1 :], point)
        if len(pushed) == 1:
            volume -= float(np.prod(bound - pushed[0]))
        elif len(pushed):
            distinct = np.unique(pushed, axis=0)
            volume -= _by_exclusion(distinct[non_dominated(distinct)], bound)
    return volume


def greedy_subset(values: ArrayLike, reference: ArrayLike, size: int) -> NDArray[np.int64]:
    """At most `size` of the points (n, m), one after another the one that adds most hypervolume: their places, (k,).

    They reach at least 1 - 1/e = 63 % of what the best `size` points reach together, as hypervolume is submodular
    (Nemhauser et al. 1978). Of equals the first; points that add nothing are left out. Errors as of `hypervolume`.
    """
    points, bound = checked(values, reference)
    candidates = np.flatnonzero(non_dominated(points) & (points < bound).all(axis=1))
    # A point's gain can only fall as others are taken, so a point whose old gain is below another's new gain can wait.
    queue = [(-hypervolume(points[[place]], bound), int(place)) for place in candidates]
    heapq.heapify(queue)
    taken: list[int] = []
    while queue and len(taken) < size:
        _, place = heapq.heappop(queue)
        gain = _gain(points[place], points[taken], bound)
        if queue and (-gain, place) > queue[0]:
            heapq.heappush(queue, (-gain, place))
        elif gain > 0:
            taken.append(place)
    return np.array(taken, dtype=np.int64)


def _gain(point: NDArray[np.float64], others: NDArray[np.float64], bound: NDArray[np.float64]) -> float:
    """The volume that `point` (m,) dominates and none of the others (n, m)."""
    shared = hypervolume(np.maximum(others, point), bound) if len(others) else 0.0
    return hypervolume(point[None], bound) - shared
