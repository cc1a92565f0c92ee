"""The comparisons of section 3.2, of the cheapest and the best models."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.paper.made import MEASURES, two_families

CHEAPEST = ("headline-cheapest-gaussian", "figure5-sharper")


@pytest.mark.parametrize(
    ("betas", "waes", "saved"),
    [
        ([(50, 0.7), (90, 0.9)], [(40, 0.6), (60, 0.8)], 30.0),  # both reach .8: at 90 and at 60
        ([(50, 0.7), (90, 0.9)], [(40, 0.9), (60, 0.8)], 50.0),
        ([(50, 0.7), (90, 0.8)], [(80, 0.9), (60, 0.6)], 10.0),
    ],
)
def test_what_the_cheapest_models_save_at_the_highest_score_that_both_reach(
    betas: list[tuple[float, float]], waes: list[tuple[float, float]], saved: float
) -> None:
    for name in CHEAPEST:
        assert MEASURES[name](two_families(betas, waes)) == pytest.approx(saved)
        assert MEASURES[name](two_families(waes, betas)) == pytest.approx(-saved)


FOUR_MEASURES, FIVE_MEASURES = (
    tuple(f"figure4-{kind}{also}-gaussian" for also in ("", "-all")) for kind in ("four", "five")
)


@pytest.mark.parametrize(
    ("betas", "waes", "saved", "lead"),
    [
        # at .6, .7 and .8 beta-VAEs cost 50, 50, 90, WAEs 40, 60, 60; from 50 on they score .7, .7, .9 and .6, .8, .8
        ([(50, 0.7), (90, 0.9)], [(40, 0.6), (60, 0.8)], (10 - 10 + 30) / 3, (-0.1 + 0.1 - 0.1) / 3),
        # at .7, .8, .8: 50, 90, 90 and 40; from 50 on: .7, .7, .8 and .9
        ([(50, 0.7), (90, 0.8)], [(40, 0.9), (60, 0.8)], (10 + 50 + 50) / 3, (0.2 + 0.2 + 0.1) / 3),
    ],
)
def test_what_settings_save_at_equal_scores_and_lead_by_at_equal_costs(
    betas: list[tuple[float, float]], waes: list[tuple[float, float]], saved: float, lead: float
) -> None:
    for names, expected in ((FOUR_MEASURES, saved), (FIVE_MEASURES, lead)):
        for name in names:
            assert MEASURES[name](two_families(betas, waes)) == pytest.approx(expected)
            assert MEASURES[name](two_families(waes, betas)) == pytest.approx(-expected)


MODELS = st.lists(st.tuples(st.integers(20, 99), st.integers(20, 99)), min_size=4, max_size=4)


@settings(deadline=None, max_examples=25)
@given(MODELS, MODELS)
def test_families_that_change_places_change_the_sign_of_every_comparison(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    first, second = ([(cost, score / 100) for cost, score in some] for some in (one, other))
    compared = [
        name for name in MEASURES if name.startswith(("figure5", "headline", "figure4-f")) and "uniform" not in name
    ]
    for name in compared:
        if "heldout" not in name:
            swapped = MEASURES[name](two_families(second, first))
            assert MEASURES[name](two_families(first, second)) == pytest.approx(-swapped)


def test_families_compare_at_98_percent_where_both_are_above() -> None:
    trials = two_families([(120, 0.97), (90, 0.985), (140, 0.999)], [(200, 0.995), (95, 0.98), (60, 0.979)])
    assert MEASURES["headline-cheapest-gaussian"](trials) == pytest.approx(90 - 95)
    assert MEASURES["figure5-sharper"](trials) == pytest.approx(90 - 95)


def test_the_best_models_on_five_factors() -> None:
    trials = two_families([(120, 0.7), (90, 0.8), (80, 0.8)], [(200, 0.95), (95, 0.9), (60, 0.7)])
    assert MEASURES["headline-best-five-gaussian"](trials) == pytest.approx(0.15)
    assert MEASURES["headline-best-five-cheaper-gaussian"](trials) == pytest.approx(80 - 200)
    assert MEASURES["figure5-best-five-sharper"](trials) == pytest.approx(80 - 200)
