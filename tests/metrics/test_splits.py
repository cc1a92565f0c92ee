"""Splitting the rows of a table into those to fit to and those to be scored on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.metrics.splits import split_rows


@settings(max_examples=20)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 20), st.integers(0, 99))
def test_a_split_draws_no_row_twice(training: int, heldout: int, spare: int, seed: int) -> None:
    n = training + heldout + spare
    first, second = split_rows(n, training, heldout, np.random.default_rng(seed))
    assert (len(first), len(second)) == (training, heldout)
    together = np.concatenate([first, second])
    assert len(set(together)) == len(together)
    assert set(together) <= set(range(n))


def test_a_split_takes_every_row_equally_often() -> None:
    rng = np.random.default_rng(0)
    counts = np.zeros((2, 6))
    for _ in range(3000):
        for part, rows in enumerate(split_rows(6, 2, 3, rng)):
            counts[part, rows] += 1
    assert counts[0] == pytest.approx(1000, rel=0.1)
    assert counts[1] == pytest.approx(1500, rel=0.1)


def test_splits_that_cannot_be() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"8 rows for training and 3 others held out .* at least 11; received 10"):
        split_rows(10, 8, 3, rng)
    with pytest.raises(ValueError, match="at least 1 row each; received 0 and 3"):
        split_rows(10, 0, 3, rng)
    with pytest.raises(ValueError, match="at least 1 row each; received 3 and 0"):
        split_rows(10, 3, 0, rng)
