"""Budgets side by side, over the settings that both have."""

import pytest

from study.report.paper.short_budget import pairs
from tests.report.paper.figure4_answers import Make, answered, trials_of


def test_budgets_are_compared_over_the_settings_that_both_have(figure4: Make) -> None:
    short = figure4(seeds=2, arrays=False)
    longer = figure4("paper-figure4_longer", space="paper/figure4_longer", seeds=1, arrays=False)
    (pair,) = pairs(answered("budget", short, longer).evidence.trials)
    assert (pair.short, pair.long) == ("4,000 steps, width 400", "16,000 steps, width 400")
    assert len(pair.table) == 3 + 4 + 4
    assert pair.agreement("reconstruction") > 0.9
    wae = pair.table[(pair.table["family"] == "wae-gaussian") & (pair.table["strength"] == 3)]
    own_trials = trials_of(short)
    mine = own_trials[(own_trials["family"] == "wae-gaussian") & (own_trials["lambda_1"] == 3)]
    assert wae["reconstruction_short"].item() == pytest.approx(mine["reconstruction"].mean())
    assert pairs(own_trials) == []


def test_a_row_takes_the_trials_of_one_budget_but_the_comparison_of_budgets_all(figure4: Make) -> None:
    quick = figure4(seeds=1, arrays=False)
    whole = figure4("whole", seeds=1, arrays=False, preset="paper")
    assert set(answered("figure4", quick, whole).evidence.trials["steps"]) == {4_000}
    assert answered("figure4", quick, whole).notes == (
        "Left out: whole, of another preset; a claim is judged at one budget.",
    )
    assert set(answered("figure4", whole, quick).evidence.trials["steps"]) == {60_000}
    assert set(answered("budget", quick, whole).evidence.trials["steps"]) == {4_000, 60_000}
