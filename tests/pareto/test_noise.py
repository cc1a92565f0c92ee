"""Seeds drawn again, and how sure a place on the front then is: against cases whose probability is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.pareto.dominance import non_dominated
from study.pareto.noise import front_probability, pooled_covariance, redrawn_means

NAN = np.nan


def probability(values: object, ids: str, draws: int = 4000) -> dict[str, float]:
    names, found = front_probability(values, list(ids), draws)  # type: ignore[arg-type]
    return dict(zip(names.tolist(), found.tolist(), strict=True))


def test_without_noise_it_is_the_front() -> None:
    front = {"a": 1, "b": 1, "c": 0}
    assert probability([(0, 2), (2, 0), (3, 3)], "abc", 10) == front
    assert probability([(3, 3), (2, 0), (0, 2)] * 5, "cba" * 5, 10) == front


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_with_one_seed_each_it_is_the_front(points: list[tuple[int, int]]) -> None:
    _, found = front_probability(points, range(len(points)), 3)
    assert (found == non_dominated(points)).all()


def test_a_coin() -> None:
    """One is at 1 always, the other at 0 or 2 by turns: of two seeds drawn, both are 2 once in four, and then it is
    behind; once they are equal on the mean, two times in four, both are on the front."""
    found = probability([(1,), (0,), (1,), (2,)], "abab")
    assert found["a"] == pytest.approx(0.75, abs=0.04)  # both equal, or the other behind
    assert found["b"] == pytest.approx(0.75, abs=0.04)  # both equal, or ahead


def test_a_single_seed_has_the_spread_of_the_others() -> None:
    """Two configurations with the same mean, one of many seeds: with its spread, the other is ahead as often."""
    spread = np.random.default_rng(0).normal(size=200)
    values, ids = [(0.0,), *((v,) for v in spread - spread.mean())], "a" + "b" * 200
    assert probability(values, ids)["a"] == pytest.approx(0.5, abs=0.04)
    assert probability([(1.0,), *values[1:]], ids)["a"] == pytest.approx(0.16, abs=0.03)  # one deviation behind


def test_the_pooled_covariance_is_that_of_the_deviations_from_each_mean() -> None:
    rng = np.random.default_rng(0)
    values, ids = rng.normal(size=(30, 2)) @ np.array([[1, 2], [0, 1]]), np.arange(30) % 7
    apart = pd.DataFrame(values) - pd.DataFrame(values).groupby(ids).transform("mean")
    assert pooled_covariance(values, ids) == pytest.approx((apart.T @ apart).to_numpy() / 23)
    assert pooled_covariance(values, np.arange(30)) is None
    assert pooled_covariance([(1, 1), (NAN, 1)], ["a", "a"]) is None


def test_redrawn_means_vary_as_means_of_seeds_do() -> None:
    """The bootstrap's variance of a mean of n is (n - 1)/n of what is estimated from the n; that of noise is whole."""
    values = np.array([(0.0,), (2.0,), (5.0,), (7.0,)])
    names, means = redrawn_means(values, ["b", "b", "b", "a"], 20_000, covariance=np.array([[9.0]]))
    assert names.tolist() == ["a", "b"]
    assert means.mean(axis=0)[:, 0] == pytest.approx([7, 7 / 3], abs=0.1)
    assert means.var(axis=0)[:, 0] == pytest.approx([9, values[:3].var() / 3], rel=0.05)


def test_configurations_are_drawn_before_their_seeds() -> None:
    """Two levels: the variance of one drawn mean is that between configurations plus that of seeds within them."""
    values = np.array([(0.0,), (2.0,), (10.0,), (14.0,)])
    _, means = redrawn_means(values, ["a", "a", "b", "b"], 20_000, among=True)
    assert means.mean() == pytest.approx(6.5, abs=0.1)
    between, within = np.var([1, 12]), np.mean([1 / 2, 4 / 2])
    assert means[:, 0, 0].var() == pytest.approx(between + within, rel=0.03)
    assert np.corrcoef(means[:, :, 0].T)[0, 1] == pytest.approx(0, abs=0.03)


def test_a_configuration_without_a_result_stays_without_one() -> None:
    _, means = redrawn_means([(NAN,), (1.0,)], ["a", "b"], 10, covariance=np.array([[1.0]]))
    assert np.isnan(means[:, 0]).all()
    assert not np.isnan(means[:, 1]).any()


def test_seeds_that_are_missing_are_not_drawn() -> None:
    assert probability([(1, 1), (NAN, 0), (2, 2), (2, 2)], "aabb", 50) == {"a": 1, "b": 0}
    assert probability([(NAN, NAN), (NAN, 0), (2, 2), (NAN, 1)], "aabb", 50) == {"a": 0, "b": 1}


def test_the_same_draws_for_the_same_seed() -> None:
    values, ids = np.random.default_rng(1).normal(size=(24, 2)), np.arange(24) % 6
    (_, one), (_, other) = (front_probability(values, ids, 50, seed=7) for _ in range(2))
    assert (one == other).all()
    assert ((one >= 0) & (one <= 1)).all()


def test_other_shapes() -> None:
    with pytest.raises(ValueError, match=r"an id for each of 2 points, received the shape \(3,\)"):
        front_probability(np.zeros((2, 3)), [1, 2, 3], 1)
    names, found = front_probability(np.empty((0, 2)), [], 5)
    assert (names.shape, found.shape) == ((0,), (0,))
