"""The claims: whole, unique, and each of them measured by the row that it names."""

import re
from typing import Any, get_args

import pytest

from study.config.space import PaperRow
from study.report.claims.claim import Claim, claims, claims_of, parse
from study.report.paper import ROWS
from study.report.published.numbers import paper_numbers

WHOLE = {"id": "a", "row": "figure4", "claim": "It is so.", "paper": "1", "measure": "a number", "above": 0}
WHOLE |= {"exchanged": "families"}
RULED = {key: value for key, value in WHOLE.items() if key != "above"} | {"exchanged": "nothing"}


def test_every_row_measures_exactly_its_claims() -> None:
    for name, row in ROWS.items():
        assert set(row.measures) == {claim.id for claim in claims_of(name)}


def test_the_rows_are_those_that_a_space_may_name() -> None:
    assert set(ROWS) == set(get_args(PaperRow))
    assert {claim.row for claim in claims()} <= set(ROWS)


def test_a_claim_holds_strictly_beyond_its_threshold() -> None:
    (above,) = parse([WHOLE])
    (below,) = parse([RULED | {"below": 0.5}])
    (between,) = parse([RULED | {"between": [0.5, 2]}])
    infinite = float("inf")
    assert [above.holds(value) for value in (0.1, 0.0, -0.1, float("nan"), infinite)] == [1, 0, 0, 0, 1]
    assert [below.holds(value) for value in (0.4, 0.5, 0.6, float("nan"), -infinite)] == [1, 0, 0, 0, 1]
    assert [between.holds(value) for value in (0.5, 0.6, 1.9, 2.0, infinite, -infinite)] == [0, 1, 1, 0, 0, 0]


def test_an_interval_lies_within_beyond_or_across() -> None:
    (above,) = parse([WHOLE])
    (below,) = parse([RULED | {"below": 0.5}])
    (between,) = parse([RULED | {"between": [0.5, 2]}])
    infinite = float("inf")

    def said(claim: Claim, *intervals: tuple[float, float]) -> list[str]:
        words = [
            ("within" if claim.within(each) else "") + ("beyond" if claim.beyond(each) else "") for each in intervals
        ]
        assert claim.larger_agrees == (claim is above)
        return words

    ends = (-1.0, 0.0), (-1.0, 0.1), (0.1, 0.2), (infinite, infinite), (-infinite, -infinite)
    assert said(above, *ends) == ["beyond", "", "within", "within", "beyond"]
    assert said(below, (0.5, 0.6), (0.4, 0.6), *ends[:3]) == ["beyond", "", "within", "within", "within"]
    assert said(below, *ends[3:]) == ["beyond", "within"]
    assert said(between, (0.1, 0.5), (0.1, 0.6), (0.6, 1), (1, 3), (2, 3)) == ["beyond", "", "within", "", "beyond"]
    assert said(between, *ends[3:]) == ["beyond", "beyond"]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"below": 1}, "exactly one of above, below, between; received above, below"),
        ({"above": None}, "exactly one of above, below, between; received none"),
        ({"exchanged": "seeds"}, "0.exchanged"),
        ({"above": True}, "0.above"),
        ({"above": float("nan")}, "0.above"),
        ({"row": "figure9"}, "0.row"),
        ({"claim": " "}, "0.claim"),
        ({"colour": "red"}, "0.colour"),
    ],
)
def test_a_claim_that_is_not_whole_is_refused(change: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValueError, match=re.escape(wrong)):
        parse([WHOLE | change])


@pytest.mark.parametrize("given", [1, [1], [2, 1], [1, 1], [1, 2, 3], [1, float("inf")], [None, 1]])
def test_two_thresholds_are_two_finite_numbers_the_lower_first(given: Any) -> None:
    with pytest.raises(ValueError, match=r"0|lower threshold first"):
        parse([RULED | {"between": given}])


def test_a_claim_between_two_thresholds_has_no_extreme_side() -> None:
    with pytest.raises(ValueError, match="of a claim between two thresholds is nothing; received families"):
        parse([RULED | {"between": [0, 1], "exchanged": "families"}])


def test_a_claim_without_a_threshold_a_double_and_what_is_no_list_are_refused() -> None:
    with pytest.raises(ValueError, match="received none"):
        parse([{key: value for key, value in WHOLE.items() if key != "above"}])
    with pytest.raises(ValueError, match="received twice a"):
        parse([WHOLE, WHOLE])
    for content in (WHOLE, ["a"]):
        with pytest.raises(ValueError, match="should be a valid"):
            parse(content)


def test_the_papers_numbers_are_as_many_as_its_settings() -> None:
    series = [
        *paper_numbers("figure4")["families"].values(),
        *(values for key, values in paper_numbers("figure3").items() if key != "dataset"),
        {key: values for key, values in paper_numbers("table1").items() if key == "latent_dim"}
        | paper_numbers("table1")["wae-gaussian"],
        {key: values for key, values in paper_numbers("table1").items() if key == "latent_dim"}
        | paper_numbers("table1")["wae-deterministic"],
        {key: values for key, values in paper_numbers("figure2").items() if key != "dataset"},
    ]
    for values in series:
        assert len({len(numbers) for numbers in values.values()}) == 1
