"""Common parts of metrics that fit a predictor: rows of codes to fit to and to hold out, and the score on each."""

from dataclasses import dataclass

import numpy as np

from study.metrics.checks import check_classes, check_codes, check_training_classes

TRAINING = 10_000
"""Rows that a predictor is fitted to, as in Locatello et al. 2019 (https://arxiv.org/abs/1811.12359)."""

HELDOUT = 5_000
"""Other rows that it is scored on there."""


@dataclass(frozen=True)
class Score:
    """Accuracies (or areas under a curve), in [0, 1]: on the examples of the fit, and on fresh ones."""

    training: float
    heldout: float
    runs: tuple[float, ...] = ()
    """The training accuracy of each restart, where the predictor is fitted several times."""


class RowsByValue:
    """The rows of a table, listed by their value of one factor."""

    def __init__(self, values: np.ndarray) -> None:
        """`values` (n,) are the factor's classes, row by row."""
        _, self._class, self._count = np.unique(values, return_inverse=True, return_counts=True)
        self._order = np.argsort(self._class, kind="stable")
        self._start = np.cumsum(self._count) - self._count

    def draw_like(self, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """For each of `rows` (any shape), a uniformly drawn row of the same value; now and then the same row."""
        wanted = self._class[rows]
        return self._order[self._start[wanted] + rng.integers(self._count[wanted])]


def split_rows(n: int, training: int, heldout: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of rows (training,) and (heldout,) of a table of `n`, drawn at random, no row twice.

    `ValueError` if a set would be empty or the table has fewer rows than both need.
    """
    if training < 1 or heldout < 1:
        raise ValueError(f"training, heldout: at least 1 row each; received {training} and {heldout}")
    if n < training + heldout:
        raise ValueError(
            f"codes: {training} rows for training and {heldout} others held out need a table of at least "
            f"{training + heldout}; received {n}"
        )
    rows = rng.permutation(n)
    return rows[:training], rows[training : training + heldout]


def rows_within(n: int, wanted: tuple[int, int] = (TRAINING, HELDOUT)) -> tuple[int, int]:
    """Numbers of rows to fit to and to hold out: as `wanted`, or two thirds and one third of a smaller table of `n`."""
    return wanted if sum(wanted) <= n else (n - n // 3, n // 3)


def _sizes(n: int, training: int | None, heldout: int | None) -> tuple[int, int]:
    """`rows_within`, but what is given is kept, and the other is what it leaves of the table, up to its default."""
    if training is None and heldout is None:
        return rows_within(n)
    if training is None:
        assert heldout is not None
        return max(1, min(TRAINING, n - heldout)), heldout
    return training, max(1, min(HELDOUT, n - training)) if heldout is None else heldout


def learnable_split(
    codes: np.ndarray, factors: np.ndarray, training: int | None, heldout: int | None, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """`split_rows` of a table of codes (n, d) and factors (n, K) from which each factor is to be learnt.

    By default 10,000 and 5,000 rows; of a smaller table, two thirds and one third. Beside a number that is given, the
    other is what it leaves, up to its default.

    Where the training rows miss a class, no predictor knows it: its held-out rows are predicted wrongly.

    `ValueError` if the arrays are empty, not finite or do not fit, if a factor has one class only or as many as there
    are rows, if there are fewer rows than `training` and `heldout`, or if the training rows are all of one class.
    """
    check_codes(codes, factors)
    check_classes(factors)
    rows, fresh = split_rows(len(codes), *_sizes(len(codes), training, heldout), rng)
    check_training_classes(factors, rows)
    return rows, fresh
