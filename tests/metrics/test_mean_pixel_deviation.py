"""The Kolmogorov-Smirnov statistic of mean pixel values, at known answers and against SciPy."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from study.metrics.mean_pixel_deviation import LARGEST_MEAN, mean_pixel_deviation


@pytest.mark.parametrize(
    ("means", "deviation"),
    [
        ([0.0], 1.0),  # everything black: the empirical function is 1 where the uniform one is 0
        ([LARGEST_MEAN], 1.0),
        ([1.0], 1.0),
        ([LARGEST_MEAN / 2], 0.5),
        ([LARGEST_MEAN / 4, LARGEST_MEAN * 3 / 4], 0.25),
        ([0.0, LARGEST_MEAN], 0.5),
    ],
)
def test_known_answers(means: list[float], deviation: float) -> None:
    assert mean_pixel_deviation(np.array(means)) == pytest.approx(deviation)


def test_fading_squares_themselves() -> None:
    """1000 evenly spaced grey levels are as uniform as 1000 values can be."""
    levels = np.linspace(0, 1, 1000)
    assert mean_pixel_deviation((levels * 36 / 1024).astype(np.float32)) == pytest.approx(1e-3, rel=0.01)


@settings(max_examples=30)
@given(st.lists(st.floats(0, 2 * LARGEST_MEAN), min_size=1, max_size=50))
def test_against_scipy(means: list[float]) -> None:
    expected = scipy.stats.kstest(means, scipy.stats.uniform(0, LARGEST_MEAN).cdf).statistic
    assert mean_pixel_deviation(np.array(means)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("means", [np.zeros(0), np.zeros((2, 2)), np.array([0.1, np.nan]), np.array([np.inf])])
def test_values_that_cannot_be(means: np.ndarray) -> None:
    with pytest.raises(ValueError, match="means: a non-empty"):
        mean_pixel_deviation(means)
