"""Draws make the point that they are made of."""

import optuna
import pytest

from study.config.space import SearchSpace
from study.search.samplers import distributions, draw_point, draws_of
from tests.search.conftest import SPACE

THE_SPACE = SearchSpace.model_validate(SPACE)


@pytest.mark.parametrize("value", [0, 0.1, 3.5, 10])
def test_a_point_is_drawn_of_its_draws(value: float) -> None:
    point = {"family": "wae-uniform", "lambda_1": value, "lambda_mmd": 50.0, "batch_size": 20}
    draws = draws_of(THE_SPACE, point)
    assert ("lambda_1" in draws) == (value > 0)
    assert set(draws) <= set(distributions(THE_SPACE))
    named: list[str] = []
    assert draw_point(optuna.trial.FixedTrial(draws), THE_SPACE, named.append) == point  # type: ignore[arg-type]
    assert named == list(draws)


def test_whole_draws_are_as_many_for_a_zero() -> None:
    point = {"family": "wae-uniform", "lambda_1": 0.0, "lambda_mmd": 50.0, "batch_size": 20}
    assert draws_of(THE_SPACE, point, whole=True)["lambda_1"] == 0.1
    assert list(draws_of(THE_SPACE, point, whole=True)) == list(draws_of(THE_SPACE, {**point, "lambda_1": 2.0}))
