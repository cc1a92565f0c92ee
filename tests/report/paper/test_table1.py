"""Table 1 and Figure 3: measures on made-up tables that agree and that do not, and what is drawn of them."""

import numpy as np
import pytest

from study.report.paper import ROWS
from study.report.paper.claims import claims_of
from study.report.paper.verdicts import judge
from tests.report.paper.celeba import CASES, Change, holding, measure, published, table1_of


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


def test_table_1_alone_says_its_own_claims_and_not_the_sweep_s() -> None:
    alone = table1_of(published())
    for claim, value, _, _ in CASES:
        found = measure(claim, alone)
        if claim.startswith(("table1-", "footnote4-")):
            assert found == pytest.approx(value, abs=1e-9)
        else:
            assert np.isnan(found)


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
