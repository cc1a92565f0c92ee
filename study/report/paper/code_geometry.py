"""Geometry of two-dimensional codes of fading squares: pure functions of the arrays that trials save.

Codes are (n, 2), in the order of the grey levels.
"""

from collections.abc import Iterator

import numpy as np

from study.metrics.mean_pixel_deviation import LARGEST_MEAN
from study.report.claims.measure import spearman

KERNEL_WIDTHS = 2 * np.array([0.001, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 0.8, 1.0, 2.0])
"""Widths of the inverse multiquadratic kernels that WAE-MMDs of two dimensions are trained with."""

LABELLINGS = 200
"""Random labellings of a permutation test: enough to know a standard deviation to 5 %."""

TEST_LEVEL = 0.05
"""Level of the test that tells codes from draws of the prior."""

DATA_VARIANCE = LARGEST_MEAN**2 / 12
"""Variance of the mean pixel value of fading squares, which is uniform from 0 to that of a white square."""

LAST_PART = 0.75
"""Fraction of the training after which codes either have settled or keep moving."""


def curl(means: np.ndarray) -> float:
    """Length of the curve of codes over the largest distance of two of them: 1 for a straight line, more if it curls.

    nan where all codes are one.
    """
    length = np.linalg.norm(np.diff(means, axis=0), axis=1).sum()
    largest = np.sqrt(max(np.square(means - point).sum(axis=1).max() for point in means))
    return float(length / largest) if largest > 0 else float("nan")


def monotonicity(means: np.ndarray) -> np.ndarray:
    """|Spearman correlation| with the grey level of each dimension: (2,), each 0 to 1; 0 for one that is constant."""
    order = np.arange(len(means), dtype=np.float64)
    return np.nan_to_num(np.abs([spearman(column, order) for column in means.T]), nan=0.0)


def coding_dimension(means: np.ndarray) -> int:
    """The dimension that follows the grey level more closely."""
    return int(np.argmax(monotonicity(means)))


def visibility(codes: np.ndarray, prior: np.ndarray, n: int) -> float:
    """Difference of n codes and n draws of the prior, both (m, 2), in standard deviations.

    It is the squared MMD of the two in standard deviations of what it is when the labels "code" and "prior" are dealt
    out at random: about 0 where both are of one distribution, above 2 or 3 where a test would distinguish them. It
    grows with n for any codes that differ from the prior. The choice of n of each is random, and the same for all
    models.
    """
    ((statistic, by_chance),) = _statistics(codes, prior, n, draws=1)
    return float((statistic - by_chance.mean()) / by_chance.std(ddof=1))


def detection_power(codes: np.ndarray, prior: np.ndarray, n: int, draws: int) -> float:
    """Power of a test that compares n random codes with n draws of the prior, both (m, 2): 0 to 1.

    It is the one-sided permutation test of the squared MMD at 5 %. Codes of the prior itself are detected in 5 %.
    """
    ranks = [(by_chance >= statistic).sum() + 1 for statistic, by_chance in _statistics(codes, prior, n, draws)]
    return float(np.mean(np.array(ranks) <= TEST_LEVEL * (LABELLINGS + 1)))


def _statistics(codes: np.ndarray, prior: np.ndarray, n: int, draws: int) -> Iterator[tuple[float, np.ndarray]]:
    """The squared MMD of each draw of n of both, up to a constant factor, and its values by chance."""
    rng = np.random.default_rng(0)
    for _ in range(draws):
        chosen = [each[rng.permutation(len(each))[:n]] for each in (codes, prior)]
        yield _squared_mmd(np.concatenate(chosen).astype(np.float64), n, rng)


def _squared_mmd(both: np.ndarray, n: int, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    """The squared MMD of the first n rows and the rest, and those of random labels (`LABELLINGS`,)."""
    squares = np.square(both).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares[None, :] - 2 * both @ both.T, 0)
    kernel = np.zeros_like(distances)
    for width in KERNEL_WIDTHS:
        kernel += width / (width + distances)
    np.fill_diagonal(kernel, 0)
    labels = np.ones((len(both), LABELLINGS + 1))
    labels[n:] = -1
    labels[:, 1:] = rng.permuted(labels[:, 1:], axis=0)
    statistics = (labels * (kernel @ labels)).sum(axis=0)  # within the two minus across, up to a constant factor
    return float(statistics[0]), statistics[1:]


def movement(trajectory: np.ndarray) -> np.ndarray:
    """Root mean square distance that codes move from each record to the next: (steps, n, 2) -> (steps - 1,).

    In the units of the latent space, where the prior's square has sides of 2: over their own spread, codes that have
    shrunk to a spot would seem to move the most.
    """
    moved: np.ndarray = np.sqrt(np.square(np.diff(trajectory.astype(np.float64), axis=0)).sum(axis=2).mean(axis=1))
    return moved


def hundredths(steps: np.ndarray) -> np.ndarray:
    """Mask (n,) of the records at whole hundredths of the training; those between are where metrics are taken."""
    if len(steps) == 0:
        return np.zeros(0, dtype=bool)
    return np.isin(steps, -(-np.arange(101) * steps[-1] // 100))


def late_movement(trajectory: np.ndarray, steps: np.ndarray) -> float:
    """The mean `movement` in a hundredth of the training, in its last quarter; nan for fewer than two records."""
    even = hundredths(steps)
    late = trajectory[even & (steps >= LAST_PART * steps.max(initial=0))]
    return float(movement(late).mean()) if len(late) > 1 else float("nan")


def explained_variance(brightness: np.ndarray, dimension: int) -> float:
    """Share of the variance of the brightness over the latent square that one dimension explains: 0 to 1.

    `brightness` (m, m), mean pixel values: the first dimension along the columns, the second along the rows. Where they
    vary less than the data's, it is the share of the data's variance: a decoder that ignores both explains nothing.
    """
    along = brightness.astype(np.float64).mean(axis=dimension)  # over the other dimension: rows for the first
    return float(along.var() / max(brightness.astype(np.float64).var(), DATA_VARIANCE))
