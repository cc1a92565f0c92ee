"""How sure a place on the front is, against cases whose probability is known."""

import numpy as np
import pytest

from study.pareto import front_probability

NAN = np.nan


def probability(values: object, draws: int = 4000) -> list[float]:
    return front_probability(np.array(values, dtype=float), draws, np.random.default_rng(0)).tolist()


def test_without_noise_it_is_the_front() -> None:
    assert probability([[(0, 2)], [(2, 0)], [(3, 3)]], 10) == [1, 1, 0]
    assert probability([[(0, 2)] * 5, [(2, 0)] * 5, [(3, 3)] * 5], 10) == [1, 1, 0]


def test_a_coin() -> None:
    """One is at 1 always, the other at 0 or 2 by turns: of two seeds drawn, both are 2 once in four, and then it is
    behind; once they are equal on the mean, two times in four, both are on the front."""
    sure, unsure = probability([[(1,), (1,)], [(0,), (2,)]])
    assert sure == pytest.approx(0.75, abs=0.04)  # both equal, or the other behind
    assert unsure == pytest.approx(0.75, abs=0.04)  # both equal, or ahead


def test_seeds_that_are_missing_are_not_drawn() -> None:
    assert probability([[(1, 1), (NAN, 0)], [(2, 2), (2, 2)]], 50) == [1, 0]
    assert probability([[(NAN, NAN)] * 2, [(2, 2), (NAN, 1)]], 50) == [0, 1]


def test_the_same_draws_for_the_same_seed() -> None:
    values = np.random.default_rng(1).normal(size=(6, 4, 2))
    one, other = (front_probability(values, 50, np.random.default_rng(7)) for _ in range(2))
    assert (one == other).all()
    assert ((one >= 0) & (one <= 1)).all()


def test_other_shapes() -> None:
    with pytest.raises(ValueError, match=r"shape \(n, K, m\)"):
        front_probability(np.zeros((2, 3)), 1, np.random.default_rng(0))
    assert front_probability(np.empty((0, 3, 2)), 1, np.random.default_rng(0)).shape == (0,)
