"""The kernel distance between two sets of images: the squared maximum mean discrepancy of their features.

Binkowski et al. 2018 (https://arxiv.org/abs/1801.01401), section 4: with k(x, y) = (x·y / d + 1)³ on d features,

    MMD² = E k(x, x') + E k(y, y') - 2 E k(x, y)

for independent x, x' of one set and y, y' of the other. On Inception features this is the KID; those of other networks
are divided by their root mean square over the real images first, as the kernel weighs 1 against x·y / d.

Unlike that of the Fréchet distance, the estimate is unbiased for any number of images, so that estimates from different
numbers can be compared. For two sets of the same distribution its mean is 0, so that it is often negative.

Range: about 0 upwards; lower is better. It compares only between equal features, as the Fréchet distance does.

Here both sets are cut into disjoint blocks, and the distance is the mean over pairs of blocks. These are independent,
so that their spread gives the standard error. The usual code draws random subsets instead (100 of 1000 images), which
overlap: their mean estimates the same number, but their spread does not say how far from it that mean is, as more
subsets of the same images make it no more certain.
"""

from dataclasses import dataclass

import numpy as np

from study.metrics.checks import check_matrix

CHUNK = 2000
"""Rows and columns of the kernel's matrix at a time: 32 MB, however many images there are."""


@dataclass(frozen=True)
class Estimate:
    """A number that was estimated, and the standard deviation that such estimates have."""

    value: float
    standard_error: float


def root_mean_square(features: np.ndarray) -> float:
    """Of all entries of features (n, d); 1 if all of them are 0."""
    return float(np.sqrt(np.mean(np.square(features, dtype=np.float64)))) or 1.0


def kernel_distance(a: np.ndarray, b: np.ndarray, blocks: int = 10, unit: float = 1.0) -> Estimate:
    """MMD² of features (n, d) and (m, d), each in random order, from `blocks` pairs of disjoint blocks of their rows.

    From about 0 upwards. Binkowski et al. 2018, section 4. `unit`: what features are divided by.

    Blocks are consecutive rows, as equal in size as can be: rows that are sorted by what the images show would make
    blocks of different distributions. `ValueError` if arrays are empty, not finite or of different widths, if there are
    fewer than two blocks, or fewer than two rows for a block.
    """
    check_matrix("features", a)
    check_matrix("features", b)
    if a.shape[1] != b.shape[1]:
        raise ValueError(f"the same features of both sets are needed; received {a.shape[1]} and {b.shape[1]} columns")
    if blocks < 2:
        raise ValueError(f"blocks: at least 2, or there is no standard error; received {blocks}")
    if min(len(a), len(b)) < 2 * blocks:
        raise ValueError(f"features: at least 2 rows for each of {blocks} blocks; received {len(a)} and {len(b)}")
    pairs = zip(np.array_split(a, blocks), np.array_split(b, blocks), strict=True)
    values = [mmd2(x, y, unit) for x, y in pairs]
    return Estimate(float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(blocks)))


def mmd2(x: np.ndarray, y: np.ndarray, unit: float = 1.0) -> float:
    """The unbiased estimate from all pairs of rows of x (n, d) and y (m, d), n and m at least 2, in float64."""
    x, y = x.astype(np.float64) / unit, y.astype(np.float64) / unit
    n, m, d = len(x), len(y), x.shape[1]
    own_x = (((x * x).sum(axis=1) / d + 1) ** 3).sum()  # a row with itself is no pair
    own_y = (((y * y).sum(axis=1) / d + 1) ** 3).sum()
    within_x = (_sum(x, x) - own_x) / (n * (n - 1))
    within_y = (_sum(y, y) - own_y) / (m * (m - 1))
    return float(within_x + within_y - 2 * _sum(x, y) / (n * m))


def _sum(x: np.ndarray, y: np.ndarray) -> float:
    """Of k over all rows of x and all rows of y."""
    total = 0.0
    for rows in range(0, len(x), CHUNK):
        for columns in range(0, len(y), CHUNK):
            kernel = x[rows : rows + CHUNK] @ y[columns : columns + CHUNK].T
            kernel /= x.shape[1]
            kernel += 1
            total += float((kernel * kernel * kernel).sum())
    return total
