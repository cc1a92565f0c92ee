"""Mutual information between each dimension of the codes and each factor, in nats, by counting.

Each dimension is cut into 20 equal bins from its least to its greatest value, and the joint frequencies of bin and
class are put into the definition (the "plug-in" estimate):

    I(code; factor) = Σ p(bin, class) log [p(bin, class) / (p(bin) p(class))]

Of n rows the estimate is too high, by about (bins - 1)(classes - 1) / 2n where the two are independent (Miller 1955):
.04 nats for 20 bins, 40 classes and 10,000 rows. Range: 0 to the entropy of the factor, or log 20 if that is less.
"""

import numpy as np

from study.metrics.checks import check_codes

BINS = 20
"""Bins of a code dimension, as in Locatello et al. 2019 (https://arxiv.org/abs/1811.12359)."""


def mutual_information(codes: np.ndarray, factors: np.ndarray, bins: int = BINS) -> np.ndarray:
    """I(code i; factor k) in nats, (d, K), for `codes` (n, d) and `factors` (n, K). A constant dimension gives 0.

    `ValueError` if the arrays are empty, not finite or do not fit, or if `bins` is below 1.
    """
    check_codes(codes, factors)
    if bins < 1:
        raise ValueError(f"bins: at least 1; received {bins}")
    classes, first = _numbered(factors)
    n, total = len(codes), first[-1]
    information = np.empty((codes.shape[1], factors.shape[1]))
    for dimension, values in enumerate(codes.T):
        cells = _binned(values, bins)[:, None] * total + classes
        joint = np.bincount(cells.ravel(), minlength=bins * total).reshape(bins, total)
        for factor in range(factors.shape[1]):
            table = joint[:, first[factor] : first[factor + 1]]
            independent = table.sum(axis=1, keepdims=True) * table.sum(axis=0)
            there = table > 0
            # a quotient of whole numbers, so that what is exactly independent gives exactly 0
            information[dimension, factor] = table[there] @ np.log(table[there] * n / independent[there]) / n
    return np.maximum(information, 0.0)  # rounding may leave -1e-17


def entropies(factors: np.ndarray) -> np.ndarray:
    """The entropy of each column of `factors` (n, K) in nats, (K,)."""
    classes, first = _numbered(factors)
    share = np.bincount(classes.ravel()) / len(factors)
    return -np.add.reduceat(share * np.log(share), first[:-1])


def _numbered(factors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The classes of all factors numbered through, (n, K), and the first number of each factor, (K + 1,)."""
    columns = [np.unique(values, return_inverse=True) for values in factors.T]
    first = np.cumsum([0] + [len(values) for values, _ in columns])
    return np.stack([classes for _, classes in columns], axis=1) + first[:-1], first


def _binned(values: np.ndarray, bins: int) -> np.ndarray:
    """The bin of each value (n,): closed below, open above, the last one closed."""
    values = values.astype(np.float64)
    edges = np.linspace(values.min(), values.max(), bins + 1)
    if edges[0] == edges[-1]:
        return np.zeros(len(values), dtype=np.int64)
    return np.searchsorted(edges[1:-1], values, side="right")
