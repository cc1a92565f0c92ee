"""The claims of Figures 4 and 5 and of section 3.2, on made-up studies that show them and that show the opposite."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.folder import StudyFolder
from study.report.load import load_studies
from study.report.paper import ROWS
from study.report.paper.answers import Answer, answer
from study.report.paper.budget import pairs
from study.report.paper.claims import claims_of
from study.report.paper.figure5 import pick
from study.report.paper.scores import own
from study.report.paper.verdicts import judge

Make = Callable[..., StudyFolder]
MINE = ("figure4", "figure5", "headline")
MEASURES = {name: measure for row in MINE for name, measure in ROWS[row].measures.items()}


def answered(row: Any, *studies: StudyFolder) -> Answer:
    found = answer(load_studies([study.path for study in studies]), row)
    assert found is not None
    return found


def trials_of(study: StudyFolder) -> pd.DataFrame:
    return answered("figure4", study).evidence.trials


@pytest.mark.parametrize(
    ("row", "values", "word"),
    [
        *((row, "agreeing", "agrees") for row in MINE),
        ("figure4", "opposing", "disagrees"),
        ("figure5", "opposing", "disagrees"),
        ("headline", "good betas", "disagrees"),
    ],
)
def test_every_claim_agrees_where_it_is_so_and_disagrees_where_it_is_not(
    figure4: Make, row: str, values: str, word: str
) -> None:
    found = answered(row, figure4(values=values, seeds=2, arrays=False))
    assert {verdict.claim.id: verdict.word for verdict in found.verdicts} == dict.fromkeys(ROWS[row].measures, word)


def test_with_five_seeds_the_verdicts_have_intervals(figure4: Make) -> None:
    trials = trials_of(figure4(seeds=4, arrays=False))
    more = trials[trials["replicate"] == 0].assign(replicate=4)
    trials = pd.concat([trials, more], ignore_index=True)
    for row in MINE:
        for verdict in judge(claims_of(row), ROWS[row].measures, trials, resamples=100):
            assert verdict.interval is not None
            assert verdict.interval[0] <= verdict.value <= verdict.interval[1]
            assert (verdict.seeds, verdict.trials) == (5, 135)
            assert verdict.word in ("agrees", "undecided")


def test_one_family_alone_says_nothing_of_a_comparison(figure4: Make) -> None:
    trials = trials_of(figure4(seeds=1, arrays=False, overrides={"family": "wae-gaussian"}))
    said = {name for name, measure in MEASURES.items() if not np.isnan(measure(trials))}
    assert said == {"figure4-lambda-gaussian-costs"}


def test_a_wae_that_never_reaches_the_score_makes_the_claim_false(figure4: Make) -> None:
    trials = trials_of(figure4(seeds=1, arrays=False))
    waes = trials["family"] != "beta-vae"
    for name in [column for column in trials if str(column).startswith("disentanglement_4_adagrad_run")]:
        trials.loc[waes, name] = 0.5
    assert MEASURES["figure4-four-gaussian"](trials.copy()) == -np.inf
    trials.loc[waes, "reconstruction"] = 1000.0
    assert MEASURES["figure4-five"](trials.copy()) == -np.inf


def test_the_cheapest_model_is_asked_for_above_98_percent_only(figure4: Make) -> None:
    trials = trials_of(figure4(seeds=1, arrays=False))
    cheapest = MEASURES["headline-cheapest"]
    four = [f"disentanglement_4_adagrad_run{run}" for run in (1, 2, 3)]

    def with_scores(betas: float, waes: float) -> pd.DataFrame:
        changed = trials.copy()
        changed.loc[changed["family"] == "beta-vae", four] = betas
        changed.loc[changed["family"] != "beta-vae", four] = waes
        return changed

    assert cheapest(with_scores(0.9, 0.99)) == np.inf
    assert cheapest(with_scores(0.99, 0.9)) == -np.inf
    assert np.isnan(cheapest(with_scores(0.9, 0.98)))
    least = trials.groupby(trials["family"] == "beta-vae")["reconstruction"].min()
    assert cheapest(with_scores(0.99, 0.99)) == pytest.approx(least[True] - least[False])


def test_measures_do_not_ask_for_more_than_the_records_have(figure4: Make) -> None:
    trials = trials_of(figure4(seeds=1, arrays=False))
    bare = trials[[c for c in trials if not str(c).startswith("disentanglement")]]
    for name, measure in MEASURES.items():
        if "costs" not in name:
            assert np.isnan(measure(bare)), name
        assert np.isnan(measure(trials.iloc[:0].reset_index(drop=True))), name


def test_tanh_means_do_not_change_the_measures(figure4: Make) -> None:
    plain = figure4(seeds=2, arrays=False)
    tanh = figure4("paper-figure4_tanh", space="paper/figure4_tanh", values="opposing", seeds=2, arrays=False)
    alone, together = answered("figure4", plain), answered("figure4", plain, tanh)
    assert len(together.evidence.trials) == len(alone.evidence.trials) + 6
    assert [v.value for v in together.verdicts] == [v.value for v in alone.verdicts]
    assert len(own(together.evidence.trials)) == len(alone.evidence.trials)


def test_figure_5_falls_back_to_the_best_on_four_factors(figure4: Make) -> None:
    trials = trials_of(figure4(values="opposing", seeds=2, arrays=False))
    found = pick(trials, "beta-vae", "cheapest")
    assert found is not None
    assert found.why == "best on four factors; none above 98 %"
    four = trials[[f"disentanglement_4_adagrad_run{run}" for run in (1, 2, 3)]].mean(axis=1)
    betas = trials["family"] == "beta-vae"
    assert int(found.model.place[0]) == int(four[betas].idxmax())
    assert pick(trials, "vae", "cheapest") is None


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
