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
