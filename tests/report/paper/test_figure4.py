"""Figure 4: its measures on made-up studies of known answers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.report.claims.measure import READINGS
from study.report.paper import ROWS
from study.report.paper.scores import ScoredModels, beside_betas
from tests.report.paper.figure4_answers import Make, answered, trials_of

MINE = ("figure4", "figure5", "headline")
MEASURES = {name: measure for row in MINE for name, measure in ROWS[row].measures.items()}


@pytest.mark.usefixtures("few_exchanges")
@pytest.mark.parametrize(
    ("row", "values", "word"),
    [
        ("figure4", "agreeing", "agrees"),
        ("figure5", "far apart", "agrees"),
        ("headline", "far apart", "agrees"),
        *((row, "opposing", "disagrees") for row in MINE),
    ],
)
def test_every_claim_agrees_where_it_is_so_and_disagrees_where_it_is_not(
    figure4: Make, row: str, values: str, word: str
) -> None:
    found = answered(row, figure4(values=values, seeds=3, arrays=False)).verdicts
    judged = {verdict.claim.id: verdict.word for verdict in found if verdict.reading != "tanh"}
    assert judged == dict.fromkeys(ROWS[row].measures, word)


def test_one_family_alone_says_nothing_of_a_comparison(figure4: Make) -> None:
    trials = trials_of(figure4(seeds=1, arrays=False, overrides={"family": "wae-gaussian"}))
    said = {name for name, measure in MEASURES.items() if not np.isnan(measure(trials))}
    assert said == {"figure4-lambda-gaussian-costs"}


FOUR = [f"disentanglement_4_adagrad_run{run}" for run in (1, 2, 3)]
FIVE = [f"disentanglement_adagrad_run{run}" for run in (1, 2, 3)]


def two_families(betas: list[tuple[float, float]], waes: list[tuple[float, float]]) -> pd.DataFrame:
    """One model a setting, of which (reconstruction, score) is given; the score is that of both kinds."""
    rows = [
        {"family": family, "beta": place, "lambda_1": place, "config_id": f"{family}{place}"}
        | {"reconstruction": cost, "reconstruction_mean": cost - 2, **dict.fromkeys([*FOUR, *FIVE], score)}
        for family, settings in (("beta-vae", betas), ("wae-gaussian", waes))
        for place, (cost, score) in enumerate(settings)
    ]
    return pd.DataFrame(rows)


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


@settings(max_examples=25)
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


def test_the_rise_along_a_penalty_is_to_a_larger_one() -> None:
    trials = two_families([(1, 0.7), (2, 0.9), (3, 0.8)], [(1, 0.9), (2, 0.6), (3, 0.85)])
    third = trials[trials["family"] == "wae-gaussian"].assign(family="wae-uniform", config_id=["a", "b", "c"])
    measure = MEASURES["figure4-penalty-disentangles"]
    assert measure(pd.concat([trials, third], ignore_index=True)) == pytest.approx(0.85 - 0.9)


def test_measures_do_not_ask_for_more_than_the_records_have(figure4: Make) -> None:
    trials = trials_of(figure4(seeds=1, arrays=False))
    bare = trials[[c for c in trials if not str(c).startswith("disentanglement")]]
    for name, measure in MEASURES.items():
        if "costs" not in name:
            assert np.isnan(measure(bare)), name
        assert np.isnan(measure(trials.iloc[:0].reset_index(drop=True))), name


@pytest.mark.usefixtures("few_exchanges")
def test_each_reading_of_the_beta_vaes_is_judged_by_itself(figure4: Make) -> None:
    """With tanh means they are made to oppose the paper, at three of nine places of the grid."""
    plain = figure4(seeds=3, arrays=False)
    tanh = figure4("paper-figure4_tanh", space="paper/figure4_tanh", values="opposing", seeds=3, arrays=False)
    for row in MINE:
        alone, together = (answered(row, *studies).verdicts for studies in ((plain,), (plain, tanh)))
        linear = [verdict for verdict in together if verdict.reading != "tanh"]
        assert linear == [verdict for verdict in alone if verdict.reading != "tanh"]
        assert {verdict.why for verdict in alone if verdict.reading == "tanh"} == {
            "no such settings were run with tanh means"
        }
        for verdict in together:
            if verdict.reading is not None:
                labels = {label for label, _ in verdict.used}
                assert ("paper-figure4_tanh" in labels) == (verdict.reading == "tanh")
    words = {(v.claim.id, v.reading): (v.word, v.trials) for v in answered("figure4", plain, tanh).verdicts}
    assert words["figure4-four-gaussian", "linear"] == ("agrees", 54)
    assert words["figure4-four-gaussian", "tanh"][1] == 18
    assert words["figure4-beta-as-published", "linear"] == ("agrees", 27)
    assert words["figure4-beta-as-published", "tanh"] == ("disagrees", 9)
    assert words["figure4-lambda-uniform-costs", None] == ("agrees", 27)


def test_settings_are_compared_at_the_same_places_of_their_grids(figure4: Make) -> None:
    plain = figure4(seeds=1, arrays=False)
    tanh = figure4("paper-figure4_tanh", space="paper/figure4_tanh", seeds=1, arrays=False)
    grid = answered("figure4", plain, tanh).evidence.configurations
    sides = {reading: beside_betas("wae-uniform")(grid, reading) for reading in READINGS}
    assert [int(side.sum()) for side in sides["linear"]] == [9, 9]
    betas, waes = sides["tanh"]
    assert sorted(grid["beta"][betas]) == [1, 10, 30]
    assert sorted(grid["lambda_1"][waes]) == [0, 0.5, 2]
    assert set(grid["family"][waes]) == {"wae-uniform"}
    assert len(ScoredModels.among(answered("figure4", plain, tanh).evidence.trials).published()) == 27
