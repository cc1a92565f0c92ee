"""Table 1 and Figure 3 together: their measures on the paper's own numbers and on others."""

import math

import pandas as pd
import pytest

from study.report.claims.claim import claims_of
from study.report.claims.verdicts import judge
from study.report.paper import ROWS
from study.report.paper.dimensions import intrinsic_dimension
from study.report.paper.figure3 import active_dimensions_off
from study.report.paper.table1 import best_at_intrinsic_dimension, excess_below_intrinsic_dimension
from tests.report.paper.celeba import CASES, Change, holding, measure, published, sides
from tests.report.paper.standin import MEASURES, deterministic, gaussian, models


@pytest.mark.parametrize("distance", ["fid", "frechet_factors"])
@pytest.mark.parametrize(("claim", "value", "change", "changed"), CASES, ids=[case[0] for case in CASES])
def test_a_measure_on_the_papers_numbers_and_on_others(
    claim: str, value: float, change: Change, changed: float, distance: str
) -> None:
    holds = holding()[claim]
    trials = published()
    assert measure(claim, trials.rename(columns={"fid": distance})) == pytest.approx(value, abs=1e-9)
    assert holds(value)
    change(trials)
    assert measure(claim, trials.rename(columns={"fid": distance})) == pytest.approx(changed, abs=1e-9)
    assert not holds(changed)


def test_every_claim_of_both_rows_has_a_case_or_is_the_stand_ins() -> None:
    ids = {name for row in ("table1", "figure3") for name in ROWS[row].measures}  # type: ignore[index]
    assert ids == {name for name in holding() if name.startswith(("table1-", "figure3-", "footnote4-"))}
    left = ids - {case[0] for case in CASES}
    assert left == {"table1-best-at-intrinsic", "table1-poor-below-intrinsic", "figure3-active-dimensions"}


def test_the_sides_of_a_comparison_have_equally_many_settings() -> None:
    trials = published()
    deterministic, penalised = sides("figure3-l1-repairs", trials)
    assert deterministic["latent_dim"].tolist() == [32, 64, 128, 256]
    assert penalised["lambda_1"].tolist() == [0.001, 0.01, 0.1, 1]  # of seven, spread evenly
    absolute, squares = sides("figure3-l1-better-than-l2", trials)
    assert absolute["lambda_1"].tolist() == [0.001, 0.03, 1]
    assert squares["lambda_2"].tolist() == [0.001, 0.01, 0.1]
    assert {*absolute["latent_dim"], *squares["latent_dim"]} == {256}


def test_measures_are_about_no_more_trials_than_they_use() -> None:
    trials = published()
    dimensions = {
        "table1-best-above-smallest": [[32, 64]],
        "table1-random-like-deterministic": [[32, 64, 128]] * 2,
        "table1-random-better-at-largest": [[256]] * 2,
        "footnote4-collapse": [[256]],
    }
    for name, expected in dimensions.items():
        assert [side["latent_dim"].tolist() for side in sides(name, trials)] == expected
    (two,) = sides("figure3-too-much", trials)
    assert two[["latent_dim", "lambda_1"]].to_numpy().tolist() == [[256, 0.3], [256, 1]]
    free, swept = sides("figure3-nothing-at-small", trials)
    assert free[["latent_dim", "lambda_1"]].to_numpy().tolist() == [[32, 0]]
    assert (len(swept), set(swept["latent_dim"])) == (8, {32})


BY_CHANCE = {
    "table1-fid-falls-then-rises": 0.5,  # of four d_Z in any order, the best is at neither end in half of the orders
    "figure3-and-reconstructs-better": 0.5,  # 46 nats are little beside what settings differ by
}
"""Claims on which the paper's own numbers are not extreme, and in about which share of exchanges others reach them."""


def test_the_paper_s_own_numbers_agree_with_all_that_it_says_unless_exchanged_ones_do_too() -> None:
    trials = published()
    configurations = trials.drop_duplicates("config_id").assign(planned=5, lost=0)
    for row in ("table1", "figure3"):
        for verdict in judge(claims_of(row), ROWS[row].measures, trials, configurations):  # type: ignore[index]
            name = verdict.claim.id
            if name in ("table1-best-at-intrinsic", "table1-poor-below-intrinsic", "figure3-active-dimensions"):
                assert verdict.word == "not measured"
            elif name in BY_CHANCE:
                assert verdict.word == "undecided"
                assert verdict.interval is not None
                assert verdict.claim.within(verdict.interval)
                assert verdict.chance is not None
                assert verdict.chance.reaching == pytest.approx(BY_CHANCE[name], abs=0.05)
            else:
                assert verdict.word == "agrees", verdict


@pytest.mark.parametrize(
    ("name", "expected"),
    [("faces-8", 8), ("faces-12-64", 12), ("celeba", None), ("faces", None), ("faces-8-64-x", None)],
)
def test_the_name_says_the_dimension(name: str, expected: int | None) -> None:
    assert intrinsic_dimension(name) == expected


def test_nothing_is_said_of_other_data_or_of_grids_that_do_not_ask() -> None:
    free, swept = [gaussian(n, 0.0, 1.0, 4) for n in (4, 8)], [gaussian(n, 0.3, 0.5, 9) for n in (4, 128)]
    trials = pd.DataFrame([*deterministic((4, 1.0), (8, 2.0)), *free, *swept])
    for each in MEASURES:
        assert not math.isnan(each(trials))
        assert math.isnan(each(trials.assign(dataset="celeba")))
    for each in MEASURES:
        assert math.isnan(each(trials[:0]))
    assert math.isnan(active_dimensions_off(models(deterministic((4, 1.0), (8, 2.0)))))
    assert math.isnan(active_dimensions_off(models(trials.drop(columns="active_dimensions"))))
    assert math.isnan(best_at_intrinsic_dimension(models(deterministic((8, 1.0)))))
    assert math.isnan(excess_below_intrinsic_dimension(models(deterministic((8, 1.0), (32, 1.0)))))
