"""Tables of codes and factors, and their mutual information in slow loops."""

import numpy as np
from sklearn.metrics import mutual_info_score

SIZES = (3, 40, 32)


def grid() -> np.ndarray:
    """Three factors of dSprites in full: shape, orientation, one position; 3,840 rows."""
    return np.stack(np.unravel_index(np.arange(np.prod(SIZES)), SIZES), axis=1)


def random_table(seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    factors = np.stack([rng.integers(size, size=n) for size in (2, 5, 9)], axis=1)
    codes = np.column_stack([factors @ rng.normal(size=(3, 4)) + rng.normal(size=(n, 4)), np.full(n, 0.1)])
    return codes, factors


def slow_information(codes: np.ndarray, factors: np.ndarray, bins: int) -> np.ndarray:
    """Bin by comparing, one value at a time; scikit-learn then counts."""
    result = np.zeros((codes.shape[1], factors.shape[1]))
    for i, values in enumerate(codes.T):
        low, high = values.min(), values.max()
        width = (high - low) / bins
        binned = [sum(value >= low + b * width for b in range(1, bins)) if high > low else 0 for value in values]
        for k, classes in enumerate(factors.T):
            result[i, k] = mutual_info_score(classes, binned)
    return result


CLASSES = (3, 4, 5)
"""Classes of the factors of the tables that are compared with disentanglement_lib."""


def _uniform(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.stack([rng.integers(size, size=n) for size in CLASSES], axis=1)


def _noise(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.normal(size=(n, 4)), _uniform(rng, n)


def _aligned(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    factors = _uniform(rng, n)
    return np.hstack([factors / factors.std(axis=0) + 0.3 * rng.normal(size=(n, 3)), rng.normal(size=(n, 2))]), factors


def _mixed(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    factors = _uniform(rng, n)
    return (factors @ rng.normal(size=(3, 5)) + 0.5 * rng.normal(size=(n, 5))).astype(np.float32), factors


def _curved(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Classes of unequal frequency, one factor twice, and dimensions of scales from .5 to 20."""
    factors = np.stack([rng.choice(k, size=n, p=np.arange(1, k + 1) / (k * (k + 1) / 2)) for k in CLASSES], axis=1)
    x, y, z = (factors - 1 + 0.4 * rng.normal(size=(n, 3))).T
    return np.stack([np.tanh(x), y**3, np.exp(z), z + 0.2 * rng.normal(size=n)], axis=1), factors


def _dependent(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Factors that say something of each other."""
    first = rng.integers(3, size=n)
    second = (first + rng.integers(2, size=n)) % 4
    third = np.where(rng.random(n) < 0.5, second, rng.integers(5, size=n))
    factors = np.stack([first, second, third], axis=1)
    return factors @ rng.normal(size=(3, 4)) + rng.normal(size=(n, 4)), factors


def _dead(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    codes, factors = _mixed(rng, n)
    return np.column_stack([codes.astype(np.float64), np.full(n, 0.1)]), factors


RECIPES = (_noise, _aligned, _mixed, _curved, _dependent, _dead)
COMPARED: dict[str, tuple[np.ndarray, np.ndarray]] = {
    recipe.__name__.strip("_"): recipe(np.random.default_rng(seed), 1200) for seed, recipe in enumerate(RECIPES, 1)
}
"""Codes (1200, d) and classes (1200, 3) by name; the seeds are 1, 2, … in this order."""


def encoded_grid(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A full grid of 4 × 5 × 6 classes, and a code (120, 4) for each of its cells that mixes two of the factors."""
    factors = np.stack(np.unravel_index(np.arange(120), (4, 5, 6)), axis=1)
    rng = np.random.default_rng(seed)
    x, y, z = (factors / factors.std(axis=0)).T
    return np.stack([2 * x + y, x - y, z, 0 * z], axis=1) + rng.normal(size=(120, 4)), factors
