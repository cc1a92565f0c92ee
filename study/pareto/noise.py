"""Dominance under noise: values that differ from seed to seed, and tables in which the seeds are drawn again."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.pareto.dominance import as_points, non_dominated


def resamples(config_ids: ArrayLike, number: int, seed: int = 0) -> NDArray[np.int64]:
    """Rows (number, n) of so many tables of n trials: in each, every place has a trial of that place's configuration.

    Each configuration has as many trials as it had, drawn from them with replacement and apart from the others'
    (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 8). The ids (n,) are of one kind.
    """
    ids = np.asarray(config_ids)
    if not ids.size:
        return np.zeros((number, 0), dtype=np.int64)
    _, codes, sizes = np.unique(ids, return_inverse=True, return_counts=True)
    order = np.argsort(codes, kind="stable")
    starts = np.cumsum(sizes) - sizes
    drawn = np.random.default_rng(seed).integers(sizes[codes], size=(number, len(codes)))
    return np.asarray(order[starts[codes] + drawn], dtype=np.int64)


def front_probability(
    values: ArrayLike, config_ids: ArrayLike, draws: int, seed: int = 0
) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
    """How often each configuration is on the front when its seeds are drawn again: the ids (k,), sorted, and this (k,).

    The trials have the values (n, m) and the ids (n,). In each draw every configuration stands for itself with the mean
    over its seeds as `resamples` draws them. A trial with a NaN is left out; a configuration that has no other is on no
    front. With one seed each, the answer knows no noise: it is 0 or 1. Raises `ValueError` for other shapes.
    """
    points, ids = as_points(values), np.asarray(config_ids)
    if ids.shape != points.shape[:1]:
        raise ValueError(f"needs an id for each of {len(points)} points, received the shape {ids.shape}")
    known = ~np.isnan(points).any(axis=1)
    names, codes = np.unique(ids, return_inverse=True)
    points, codes = points[known], codes[known]
    sizes = np.bincount(codes, minlength=len(names))
    times = np.zeros(len(names))
    for rows in resamples(codes, draws, seed):
        sums = np.column_stack([np.bincount(codes, column, len(names)) for column in points[rows].T])
        means = np.full(sums.shape, np.nan)
        np.divide(sums, sizes[:, None], out=means, where=sizes[:, None] > 0)
        times += non_dominated(means)
    return names, times / draws
