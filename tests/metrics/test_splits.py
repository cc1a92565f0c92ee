"""Splitting the rows of a table into those to fit to and those to be scored on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.metrics.splits import learnable_split, rows_within, split_rows


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


@pytest.mark.parametrize(
    ("n", "training", "heldout", "expected"),
    [
        (20_000, None, None, (10_000, 5_000)),
        (15_000, None, None, (10_000, 5_000)),
        (14_999, None, None, (10_000, 4_999)),
        (300, None, None, (200, 100)),
        (4, None, None, (3, 1)),
        (300, 250, None, (250, 50)),
        (300, None, 30, (270, 30)),
        (20_000, 1_000, None, (1_000, 5_000)),
        (20_000, None, 1_000, (10_000, 1_000)),
        (300, 20, 30, (20, 30)),
    ],
)
def test_sizes_by_default(n: int, training: int | None, heldout: int | None, expected: tuple[int, int]) -> None:
    factors = np.arange(n)[:, None] % 2
    rows, fresh = learnable_split(np.zeros((n, 1)), factors, training, heldout, np.random.default_rng(0))
    assert (len(rows), len(fresh)) == expected


def test_a_given_size_that_leaves_no_rows() -> None:
    factors = np.arange(10)[:, None] % 2
    for training, heldout in ((10, None), (None, 10)):
        with pytest.raises(ValueError, match="need a table of at least 11; received 10"):
            learnable_split(np.zeros((10, 1)), factors, training, heldout, np.random.default_rng(0))
    with pytest.raises(ValueError, match="at least 1 row each; received 0 and 5"):
        learnable_split(np.zeros((10, 1)), factors, 0, 5, np.random.default_rng(0))


def test_a_part_that_is_too_small_is_cut_in_thirds() -> None:
    assert rows_within(100, (60, 40)) == (60, 40)
    assert rows_within(100, (60, 41)) == (67, 33)
