"""Significance of measures: their intervals from replicates, and how extreme they are among exchanged outcomes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy import stats

from study.report.claims.significance import EXCHANGES, exchange_orders, exchange_units, intervals, share_reaching

STUDIES = 20_000

NOTHING = np.zeros(24)


# Intervals: known answers, and how often they cover the truth


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
    """Least shares of simulated studies: those of `results/notes/report.md` less a half per cent at least."""
    rng = np.random.default_rng(n)
    one, other = rng.normal(1, 0.2, (2, STUDIES, n))
    assert covered(one.mean(axis=1), one, 1) >= normal
    uneven = rng.lognormal(0, 0.5, (STUDIES, n))
    assert covered(uneven.mean(axis=1), uneven, np.exp(0.125)) >= skewed
    assert covered((one - other).mean(axis=1), one - other, 0) >= difference
    assert covered(one.mean(axis=1) / other.mean(axis=1), one / other, 1) >= ratio
    alike = rng.normal(1, 0.2, (4, STUDIES, n))  # four settings, of which the best is chosen anew on each replicate
    assert covered(alike.mean(axis=2).max(axis=0), alike.max(axis=0), 1) >= best


# Exchanged outcomes: which are exchanged with which, and how extreme a value is among those that they give


def test_few_orders_are_all_there_are_and_the_first_is_as_observed() -> None:
    orders = exchange_orders([np.array([[0], [1], [2]]), np.array([[4, 5], [6, 7]])], 8)
    assert orders.shape == (6 * 2, 8)
    assert len(np.unique(orders, axis=0)) == 12
    np.testing.assert_array_equal(orders[0], np.arange(8))
    assert {tuple(order[:3]) for order in orders} == {(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)}
    assert {tuple(order[3:]) for order in orders} == {(3, 4, 5, 6, 7), (3, 6, 7, 4, 5)}


def test_many_orders_are_drawn_and_stay_within_their_stratum() -> None:
    orders = exchange_orders([np.arange(12).reshape(6, 2), np.arange(12, 20).reshape(8, 1)], 20)
    assert orders.shape == (EXCHANGES, 20)
    np.testing.assert_array_equal(orders[0], np.arange(20))
    np.testing.assert_array_equal(np.sort(orders, axis=1), np.tile(np.arange(20), (EXCHANGES, 1)))
    assert (orders[:, :12] < 12).all()
    np.testing.assert_array_equal(orders[:, 1:12:2], orders[:, :12:2] + 1)  # a configuration's trials stay together
    places = orders[:, 0] // 2
    np.testing.assert_allclose(np.bincount(places), EXCHANGES / 6, atol=50)  # 4 standard deviations
    np.testing.assert_array_equal(orders, exchange_orders([np.arange(12).reshape(6, 2), orders[0, 12:, None]], 20))


@pytest.mark.parametrize(("configurations", "size"), [((4, 4), 3), ((3, 5), 1)])
def test_configurations_are_exchanged_whole_where_every_side_has_four(
    configurations: tuple[int, int], size: int
) -> None:
    sides = np.repeat([0, 1], [3 * number for number in configurations])
    (stratum,) = exchange_units("families", sides, NOTHING, replicates=3)
    assert stratum.shape == (24 // size, size)
    np.testing.assert_array_equal(stratum.ravel(), np.arange(24))
    first, second = exchange_units("settings", sides, NOTHING, replicates=3)
    np.testing.assert_array_equal(first.ravel(), np.flatnonzero(sides == 0))
    np.testing.assert_array_equal(second.ravel(), np.flatnonzero(sides == 1))
    assert first.shape[1] == second.shape[1] == size


def test_a_shared_setting_stays_with_its_outcomes() -> None:
    sides, dimensions = np.repeat([0, 1], 6), np.tile(np.repeat([8, 32], 3), 2)
    first, second = exchange_units("families", sides, dimensions, replicates=3)
    np.testing.assert_array_equal(first.ravel(), [0, 1, 2, 6, 7, 8])
    np.testing.assert_array_equal(second.ravel(), [3, 4, 5, 9, 10, 11])


def test_shares_count_ties_and_what_cannot_be_said_against_a_value() -> None:
    values = np.array([3.0, 1.0, 2.0, 3.0, np.nan])
    np.testing.assert_allclose(share_reaching(values, above=True), [0.6, 1.0, 0.8, 0.6, 1.0])
    np.testing.assert_allclose(share_reaching(values, above=False), [1.0, 0.4, 0.6, 1.0, 1.0])
    np.testing.assert_allclose(share_reaching(np.array([np.inf, 0.0, 1.0, -np.inf]), above=True), [0.25, 0.75, 0.5, 1])
    third = np.array([0.1 + 0.2, 0.3, 0.0])  # the same but for the last bit
    np.testing.assert_allclose(share_reaching(third, above=True), [2 / 3, 2 / 3, 1])
    np.testing.assert_array_equal(share_reaching(np.full(4, np.nan), above=True), np.ones(4))


@given(st.lists(st.one_of(st.integers(-3, 3), st.just(np.nan)), min_size=1, max_size=60), st.booleans())
def test_no_more_than_a_share_of_values_is_that_extreme(values: list[float], above: bool) -> None:
    shares = share_reaching(np.array(values, dtype=float), above)
    for level in (0.05, 0.2, 0.5):
        assert (shares <= level).mean() <= level
