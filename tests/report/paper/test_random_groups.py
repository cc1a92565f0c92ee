"""Intervals from replicates together and alone: known answers, and how often they cover the truth."""

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy import stats

from study.report.claims.significance import intervals

STUDIES = 20_000


def test_of_a_mean_it_is_the_t_interval() -> None:
    values = np.array([2.0, 5.0, 3.0, 4.5])
    expected = stats.t.interval(0.95, 3, loc=values.mean(), scale=stats.sem(values))
    np.testing.assert_allclose(intervals(values.mean(), values), expected)


def test_deviations_are_about_the_value_of_all_replicates_together() -> None:
    """Three singles of 1 and 0 together: each is one off, so that the standard error is √(3 / 6)."""
    reach = stats.t.ppf(0.975, 2) * np.sqrt(0.5)
    np.testing.assert_allclose(intervals(0.0, [1.0, 1.0, 1.0]), [-reach, reach])


@pytest.mark.parametrize(
    ("together", "singles", "ends"),
    [
        (np.inf, [np.inf] * 3, (np.inf, np.inf)),
        (-np.inf, [-np.inf] * 3, (-np.inf, -np.inf)),
        (np.inf, [np.inf, np.inf, 1.0], (np.nan, np.nan)),
        (1.0, [1.0, 1.0, np.inf], (np.nan, np.nan)),
        (1.0, [1.0, np.nan, 1.0], (np.nan, np.nan)),
        (2.0, [2.0] * 3, (2.0, 2.0)),
    ],
)
def test_values_that_are_not_finite(together: float, singles: ArrayLike, ends: tuple[float, float]) -> None:
    np.testing.assert_array_equal(intervals(together, singles), ends)


def test_many_measures_at_once_and_too_few_replicates() -> None:
    together, singles = np.array([1.0, 2.0]), np.array([[1.0, 2.0, 0.0], [2.0, 5.0, 2.0]])
    np.testing.assert_array_equal(
        intervals(together, singles), [intervals(*each) for each in zip(together, singles, strict=True)]
    )
    with pytest.raises(ValueError, match="needs 3 replicates at least; received 2"):
        intervals(1.0, [1.0, 2.0])


def covered(together: np.ndarray, singles: np.ndarray, truth: float) -> float:
    low, high = intervals(together, singles).T
    return float(((low <= truth) & (truth <= high)).mean())


@pytest.mark.parametrize(
    ("n", "normal", "skewed", "difference", "ratio", "best"),
    [(3, 0.94, 0.91, 0.94, 0.94, 0.94), (5, 0.94, 0.9, 0.94, 0.94, 0.91), (10, 0.94, 0.91, 0.94, 0.94, 0.9)],
)
def test_intervals_cover_the_truth(
    n: int, normal: float, skewed: float, difference: float, ratio: float, best: float
) -> None:
    """Least shares of simulated studies: those of `docs/report.md` less a half per cent at least."""
    rng = np.random.default_rng(n)
    one, other = rng.normal(1, 0.2, (2, STUDIES, n))
    assert covered(one.mean(axis=1), one, 1) >= normal
    uneven = rng.lognormal(0, 0.5, (STUDIES, n))
    assert covered(uneven.mean(axis=1), uneven, np.exp(0.125)) >= skewed
    assert covered((one - other).mean(axis=1), one - other, 0) >= difference
    assert covered(one.mean(axis=1) / other.mean(axis=1), one / other, 1) >= ratio
    alike = rng.normal(1, 0.2, (4, STUDIES, n))  # four settings, of which the best is chosen anew on each replicate
    assert covered(alike.mean(axis=2).max(axis=0), alike.max(axis=0), 1) >= best
