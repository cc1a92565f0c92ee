"""The claims of Figures 4 and 5 and of section 3.2, on made-up studies that show them and that show the opposite."""

import numpy as np
import pytest

from study.report.paper import ROWS
from study.report.paper.figure5 import pick
from tests.report.made import Make
from tests.report.paper.made import MEASURES, MINE, answered, trials_of


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


def test_measures_do_not_ask_for_more_than_the_records_have(figure4: Make) -> None:
    trials = trials_of(figure4(seeds=1, arrays=False))
    bare = trials[[c for c in trials if not str(c).startswith("disentanglement")]]
    for name, measure in MEASURES.items():
        if "costs" not in name:
            assert np.isnan(measure(bare)), name
        assert np.isnan(measure(trials.iloc[:0].reset_index(drop=True))), name


def test_figure_5_falls_back_to_the_best_on_four_factors(figure4: Make) -> None:
    trials = trials_of(figure4(values="opposing", seeds=2, arrays=False))
    found = pick(trials, "beta-vae", "cheapest")
    assert found is not None
    assert found.why == "best on four factors; none above 98 %"
    four = trials[[f"disentanglement_4_adagrad_run{run}" for run in (1, 2, 3)]].mean(axis=1)
    betas = trials["family"] == "beta-vae"
    assert int(found.model.place[0]) == int(four[betas].idxmax())
    assert pick(trials, "vae", "cheapest") is None
