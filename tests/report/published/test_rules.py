"""The paper's rules for picking models."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from study.report.published.rules import best, cheapest_above


def test_models_are_picked_by_cost_above_the_bound_and_by_score() -> None:
    cost, score = np.array([50.0, 40.0, 30.0, 20.0]), np.array([0.99, 0.985, 0.98, np.nan])
    assert cheapest_above(cost, score) == 1
    assert cheapest_above(cost, score, bound=0.995) is None
    assert best(cost, score) == 0
    assert best(cost, np.array([0.9, 0.9, 0.5, 0.9])) == 3
    assert best(cost, np.full(4, np.nan)) is None


@given(st.lists(st.tuples(st.sampled_from([20.0, 30.0, 40.0, np.nan]), st.sampled_from([0.97, 0.98, 0.99, np.nan]))))
def test_no_model_is_picked_without_a_cost_and_a_score(models: list[tuple[float, float]]) -> None:
    cost, score = np.array(models, dtype=float).reshape(-1, 2).T
    whole = [(c, s, place) for place, (c, s) in enumerate(models) if np.isfinite([c, s]).all()]
    good = [(c, place) for c, s, place in whole if s > 0.98]
    assert cheapest_above(cost, score) == (min(good)[1] if good else None)
    assert best(cost, score) == (min((-s, c, place) for c, s, place in whole)[2] if whole else None)
