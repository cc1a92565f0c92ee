"""Dominance under noise: values that differ from seed to seed."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from study.pareto.dominance import non_dominated


def front_probability(values: ArrayLike, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How often each of n configurations is on the front, (n,), when its K seeds are drawn again: (n, K, m) in.

    In each draw every configuration stands for itself with the mean over as many of its seeds as it has, drawn with
    replacement and apart from the others'. A seed with a NaN is one that the configuration does not have; one that has
    none is on no front. With one seed each, the answer knows no noise: it is 0 or 1. Raises `ValueError` for another
    shape.
    """
    seeds = np.asarray(values, dtype=np.float64)
    if seeds.ndim != 3 or seeds.shape[2] == 0:
        raise ValueError(f"values must be an array of shape (n, K, m) with m of at least 1, received {seeds.shape}")
    own = [each[~np.isnan(each).any(axis=1)] for each in seeds]
    times = np.zeros(len(seeds))
    for _ in range(draws):
        means = np.full((len(seeds), seeds.shape[2]), np.nan)
        for place, each in enumerate(own):
            if len(each):
                means[place] = each[rng.integers(len(each), size=len(each))].mean(axis=0)
        times += non_dominated(means)
    return times / draws
