"""Drawing rows of a table of codes by the value of a factor, many at a time."""

import numpy as np


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
