"""How many more configurations or seeds would find a difference: at known answers, and against simulated tests."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from study.report.analysis.power import configurations_needed, seeds_needed, smallest_found

FACTOR = (norm.isf(0.025) + norm.isf(0.2)) * (1 + 1e-9)
"""Of a two-sided test at 5 % with a power of 80 %; a little more, so that rounding does not decide."""


def test_four_times_the_configurations_halve_the_deviation() -> None:
    assert configurations_needed(FACTOR, 2, 9, 0.05) == 36
    assert configurations_needed(FACTOR, 1, 9, 0.05) == 9
    assert configurations_needed(FACTOR, math.sqrt(10.1), 9, 0.05) is None
    assert configurations_needed(0, 1, 9, 0.05) is None
    assert smallest_found(math.sqrt(10), 0.05) == pytest.approx(FACTOR)


def test_seeds_help_as_far_as_they_are_what_varies() -> None:
    assert seeds_needed(FACTOR, 2, 3, noise=1, level=0.05) == 12
    # a quarter of the variance may be left, and .2 of it is settings': .05 of .8, 16 times the seeds
    assert seeds_needed(FACTOR, 2, 1, noise=0.8, level=0.05) is None
    assert seeds_needed(FACTOR, 1.5, 3, noise=0.8, level=0.05) == math.ceil(3 * 0.8 / (1 / 2.25 - 0.2))
    assert seeds_needed(FACTOR, 2, 3, noise=0.75, level=0.05) is None  # without any noise it would be a quarter just so
    assert seeds_needed(0, 1, 3, noise=1, level=0.05) is None


@pytest.mark.parametrize(("level", "expected"), [(0.05, 16), (0.03, 19)])
def test_so_many_configurations_find_a_difference_of_means_in_four_of_five_studies(level: float, expected: int) -> None:
    """Two groups of normal values one deviation apart: the deviation of the difference of means is √(2/n)."""
    needed = configurations_needed(1, math.sqrt(2 / 4), 4, level)
    assert needed == expected
    rng = np.random.default_rng(0)
    values = rng.normal(size=(4_000, 2, expected))
    gaps = values[:, 0].mean(1) - values[:, 1].mean(1) + 1
    assert (np.abs(gaps) > norm.isf(level / 2) * math.sqrt(2 / expected)).mean() == pytest.approx(0.8, abs=0.03)
