"""The claims of Figure 4: of settings, penalties and readings."""

import pandas as pd
import pytest

from study.report.paper.scores import beside_betas, own
from tests.report.made import Make
from tests.report.paper.made import MEASURES, MINE, READINGS, answered, two_families


def test_the_rise_along_a_penalty_is_to_a_larger_one() -> None:
    trials = two_families([(1, 0.7), (2, 0.9), (3, 0.8)], [(1, 0.9), (2, 0.6), (3, 0.85)])
    third = trials[trials["family"] == "wae-gaussian"].assign(family="wae-uniform", config_id=["a", "b", "c"])
    measure = MEASURES["figure4-penalty-disentangles"]
    assert measure(pd.concat([trials, third], ignore_index=True)) == pytest.approx(0.85 - 0.9)


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
    assert len(own(answered("figure4", plain, tanh).evidence.trials)) == 27
