"""The Fréchet distance between two sets of images, each described by mean and covariance of its features.

Heusel et al. 2017 (https://arxiv.org/abs/1706.08500), equation 6: for Gaussians of means m, m' and covariances A, B,

    d² = |m - m'|² + tr A + tr B - 2 tr (AB)^(1/2)

On Inception features this is the FID. Range: 0 (equal statistics) upwards, in squared units of the features; lower is
better. It is biased upwards when there are few samples, so only distances from equally many samples compare.

tr (AB)^(1/2) is the sum of the square roots of the eigenvalues of AB. With A = FF' and B = GG' these square roots are
the singular values of F'G, found as such: nothing becomes complex, singular covariances need no care, and the distance
of a set to itself is 0 to machine precision. F and G are pivoted Cholesky factors, as narrow as the covariance's rank.
For its time at 2048 features, and that of other methods, see `docs/distances.md`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from study.metrics.checks import check_matrix


@dataclass(frozen=True)
class FittedGaussian:
    """Mean (d,) and covariance (d, d; divided by n - 1) of the features of n images, in float64."""

    mean: np.ndarray
    covariance: np.ndarray
    n: int


def accumulate(batches: Iterable[np.ndarray]) -> FittedGaussian:
    """The statistics of features that come in batches (n_i, d), in one pass that keeps none of them.

    `ValueError` if a batch is empty, not finite or of another width, or if there are fewer than two rows in all.
    """
    n = 0
    mean = scatter = np.zeros(0)
    for batch in batches:
        check_matrix("features", batch)
        values = batch.astype(np.float64)
        if n == 0:
            mean, scatter = np.zeros(values.shape[1]), np.zeros((values.shape[1],) * 2)
        elif values.shape[1] != len(mean):
            raise ValueError(f"features: {len(mean)} columns as in the first batch; received {values.shape[1]}")
        # Chan, Golub and LeVeque's pairwise update: exact where sums of squares would cancel
        m = len(values)
        batch_mean = values.mean(axis=0)
        shift = batch_mean - mean
        values -= batch_mean
        scatter += values.T @ values + np.outer(shift, shift) * (n * m / (n + m))
        n += m
        mean += shift * (m / n)
    if n < 2:
        raise ValueError(f"features: at least 2 images for a covariance; received {n}")
    return FittedGaussian(mean, scatter / (n - 1), n)


def frechet_distance(a: FittedGaussian | np.ndarray, b: FittedGaussian | np.ndarray) -> float:
    """d² of two sets of features, (n, d) and (m, d), or of their statistics (`accumulate`).

    From 0 upwards, in squared units of the features. Heusel et al. 2017, equation 6.

    `ValueError` if an array is empty, not finite or of one row, or if the two do not describe the same features.
    """
    from scipy.linalg import svdvals

    a, b = _statistics(a), _statistics(b)
    if len(a.mean) != len(b.mean):
        raise ValueError(
            f"statistics of the same features are needed; received {len(a.mean)} and {len(b.mean)} columns"
        )
    difference = a.mean - b.mean
    overlap = svdvals(_factor(a.covariance).T @ _factor(b.covariance)).sum()
    distance = difference @ difference + np.trace(a.covariance) + np.trace(b.covariance) - 2 * overlap
    return max(0.0, float(distance))


def _statistics(features: FittedGaussian | np.ndarray) -> FittedGaussian:
    return features if isinstance(features, FittedGaussian) else accumulate([features])


def _factor(covariance: np.ndarray) -> np.ndarray:
    """F (d, rank, at least 1) with FF' = covariance, but for d machine epsilons of the largest variance."""
    from scipy.linalg import lapack

    lower, pivots, rank, _ = lapack.dpstrf(covariance, lower=1)
    factor = np.zeros((len(covariance), max(rank, 1)))
    factor[pivots - 1] = np.tril(lower)[:, : factor.shape[1]]
    return factor
