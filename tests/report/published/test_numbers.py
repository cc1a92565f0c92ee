"""The numbers that the paper prints."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from study.report.published.numbers import best, budget, cheapest_above, figure4


def test_the_papers_numbers() -> None:
    dsprites = budget("dsprites")
    assert dsprites is not None
    assert dsprites.images == 6_000_000
    assert budget("no-such-dataset") is None
    behind = figure4("dsprites", "reconstruction", "disentanglement")
    assert behind is not None
    assert {family: len(points) for family, points in behind.points.items()} == {
        "wae-gaussian": 9,
        "wae-uniform": 9,
        "beta-vae": 7,
    }
    best = {family: points[points[:, 1].argmax()].tolist() for family, points in behind.points.items()}
    assert best == {"wae-gaussian": [93, 0.937], "wae-uniform": [93, 0.832], "beta-vae": [155, 0.85]}
    turned = figure4("dsprites", "disentanglement", "reconstruction")
    assert turned is not None
    assert (turned.points["beta-vae"] == behind.points["beta-vae"][:, ::-1]).all()
    alike = figure4("dsprites", "reconstruction", "disentanglement_adagrad")
    assert alike is not None
    assert (alike.points["wae-uniform"] == behind.points["wae-uniform"]).all()
    assert "Adagrad" in behind.label
    assert figure4("fading_squares", "reconstruction", "disentanglement") is None
    assert figure4("dsprites", "reconstruction", "frechet_factors") is None


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
