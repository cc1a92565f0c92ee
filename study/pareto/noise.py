"""Dominance under noise: values that differ from seed to seed, and means over seeds that are drawn again."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.pareto.dominance import as_points, non_dominated


def pooled_covariance(values: ArrayLike, config_ids: ArrayLike) -> NDArray[np.float64] | None:
    """The covariance (m, m) between seeds of one configuration, pooled over all of them with two seeds and more.

    Trials have the values (n, m) and the ids (n,); those with a NaN are left out. None where no configuration has two.
    """
    points, ids = _known(values, config_ids)
    _, codes, sizes = np.unique(ids, return_inverse=True, return_counts=True)
    freedom = int((sizes - 1).sum())
    if not freedom:
        return None
    apart = points - _sums(points, codes, len(sizes))[codes] / sizes[codes, None]
    covariance: NDArray[np.float64] = apart.T @ apart / freedom
    return covariance


def redrawn_means(
    values: ArrayLike,
    config_ids: ArrayLike,
    draws: int,
    seed: int = 0,
    covariance: NDArray[np.float64] | None = None,
    among: bool = False,
) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
    """Means over redrawn seeds: the ids (k,), sorted, and the means (draws, k, m).

    In each draw a configuration is the mean over as many of its seeds as it has, drawn with replacement (Efron and
    Tibshirani, An Introduction to the Bootstrap, 1993, chapter 8). One with a
    single seed has no spread of its own: it is given normal noise of the `covariance` (m, m), if there is one. With
    `among`, the k configurations of a draw are themselves drawn with replacement first, so that the means are those of
    another choice of settings. Trials with a NaN are left out; a configuration that has no other is NaN.
    """
    known, known_ids = _known(values, config_ids)
    names = np.unique(np.asarray(config_ids))
    codes = np.searchsorted(names, known_ids)
    sizes = np.bincount(codes, minlength=len(names))
    order, starts = np.argsort(codes, kind="stable"), np.cumsum(sizes) - sizes
    factor = None if covariance is None else _square_root(covariance)
    rng = np.random.default_rng(seed)
    means = np.full((draws, len(names), known.shape[1]), np.nan)
    for drawn in means:
        chosen = rng.integers(len(names), size=len(names)) if among else np.arange(len(names))
        places = np.repeat(np.arange(len(names)), sizes[chosen])
        of = chosen[places]
        sums = _sums(known[order[starts[of] + rng.integers(sizes[of])]], places, len(names))
        np.divide(sums, sizes[chosen, None], out=drawn, where=sizes[chosen, None] > 0)
        if factor is not None:
            single = sizes[chosen] == 1
            drawn[single] += rng.normal(size=(int(single.sum()), len(factor))) @ factor
    return names, means


def front_probability(
    values: ArrayLike, config_ids: ArrayLike, draws: int, seed: int = 0
) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
    """How often each configuration is on the front when its seeds are drawn again: the ids (k,), sorted, and this (k,).

    The trials have the values (n, m) and the ids (n,). In each draw every configuration stands for itself with the mean
    over its seeds as `redrawn_means` draws them; single seeds have the spread that is pooled over the others. A trial
    with a NaN is left out; a configuration that has no other is on no front. Where no configuration has two seeds there
    is no noise to draw: the answer is 0 or 1. Raises `ValueError` for other shapes.
    """
    names, means = redrawn_means(values, config_ids, draws, seed, pooled_covariance(values, config_ids))
    times = sum((non_dominated(drawn) for drawn in means), np.zeros(len(names)))
    return names, times / draws


def _known(values: ArrayLike, config_ids: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.generic]]:
    """The trials without a NaN, and their ids. `ValueError` for other shapes."""
    points, ids = as_points(values), np.asarray(config_ids)
    if ids.shape != points.shape[:1]:
        raise ValueError(f"needs an id for each of {len(points)} points, received the shape {ids.shape}")
    known = ~np.isnan(points).any(axis=1)
    return points[known], ids[known]


def _sums(points: NDArray[np.float64], codes: NDArray[np.int64], number: int) -> NDArray[np.float64]:
    """Sums (number, m) of the points of each code."""
    return np.column_stack([np.bincount(codes, column, number) for column in points.T])


def _square_root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """A factor (m, m) by which standard normal rows get this covariance; it need not be of full rank."""
    values, vectors = np.linalg.eigh(covariance)
    factor: NDArray[np.float64] = np.sqrt(np.maximum(values, 0))[:, None] * vectors.T
    return factor
