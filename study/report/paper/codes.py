"""What two-dimensional codes of fading squares look like, in numbers: pure functions of the arrays that trials save.

Codes are (n, 2), in the order of the grey levels.
"""

from collections.abc import Iterator

import numpy as np

from study.metrics.mean_pixel_deviation import LARGEST_MEAN
from study.report.paper.columns import spearman

WIDTHS = 2 * np.array([0.001, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5, 0.8, 1.0, 2.0])
"""Of the inverse multiquadratic kernels that WAE-MMDs of two dimensions are trained with."""

PERMUTATIONS = 200
"""For a mean and a standard deviation; the latter is known to 5 %."""

LEVEL = 0.05
"""Of the test that tells codes from draws of the prior."""

DATA_VARIANCE = LARGEST_MEAN**2 / 12
"""Of the mean pixel value of fading squares, which is uniform from 0 to that of a white square."""

LAST_PART = 0.75
"""Of the training: from here on, codes either have settled or keep moving."""


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
    """How plainly n codes and n draws of the prior, both (m, 2), are seen to differ.

    It is the squared MMD of the two in standard deviations of what it is when the labels "code" and "prior" are dealt
    out at random: about 0 where both are of one distribution, above 2 or 3 where a test would tell them apart. It grows
    with n for any codes that differ from the prior. The choice of n of each is random, and the same for all models.
    """
    ((statistic, by_chance),) = _statistics(codes, prior, n, draws=1)
    return float((statistic - by_chance.mean()) / by_chance.std(ddof=1))


def told_apart(codes: np.ndarray, prior: np.ndarray, n: int, draws: int) -> float:
    """The share of random draws of n codes and n of the prior, both (m, 2), that a test tells apart: its power, 0 to 1.

    It is the permutation test of the squared MMD at 5 %, one-sided. Codes of the prior itself are told apart in 5 %.
    """
    found = [(by_chance >= statistic).sum() + 1 for statistic, by_chance in _statistics(codes, prior, n, draws)]
    return float(np.mean(np.array(found) <= LEVEL * (PERMUTATIONS + 1)))


def _statistics(codes: np.ndarray, prior: np.ndarray, n: int, draws: int) -> Iterator[tuple[float, np.ndarray]]:
    """Of each draw of n of both the squared MMD, up to a constant factor, and what it is by chance."""
    rng = np.random.default_rng(0)
    for _ in range(draws):
        chosen = [each[rng.permutation(len(each))[:n]] for each in (codes, prior)]
        yield _squared_mmd(np.concatenate(chosen).astype(np.float64), n, rng)


def _squared_mmd(both: np.ndarray, n: int, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    """Of the first n rows against the rest; and with random labels (`PERMUTATIONS`,)."""
    squares = np.square(both).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares[None, :] - 2 * both @ both.T, 0)
    kernel = np.zeros_like(distances)
    for width in WIDTHS:
        kernel += width / (width + distances)
    np.fill_diagonal(kernel, 0)
    labels = np.ones((len(both), PERMUTATIONS + 1))
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
    """Which records are at whole hundredths of the training (n,): there are some between, where metrics are taken."""
    if len(steps) == 0:
        return np.zeros(0, dtype=bool)
    return np.isin(steps, -(-np.arange(101) * steps[-1] // 100))


def late_movement(trajectory: np.ndarray, steps: np.ndarray) -> float:
    """The mean `movement` in a hundredth of the training, in its last quarter; nan for fewer than two records."""
    even = hundredths(steps)
    late = trajectory[even & (steps >= LAST_PART * steps.max(initial=0))]
    return float(movement(late).mean()) if len(late) > 1 else float("nan")


def explained(brightness: np.ndarray, dimension: int) -> float:
    """Share of the variance of the brightness over the latent square that one dimension explains: 0 to 1.

    `brightness` (m, m), mean pixel values: the first dimension along the columns, the second along the rows. Where they
    vary less than the data's, it is the share of the data's variance: a decoder that ignores both explains nothing.
    """
    along = brightness.astype(np.float64).mean(axis=dimension)  # over the other dimension: rows for the first
    return float(along.var() / max(brightness.astype(np.float64).var(), DATA_VARIANCE))
