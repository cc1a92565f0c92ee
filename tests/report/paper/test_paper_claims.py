"""The claims: whole, unique, and each of them measured by the row that it names."""

from typing import Any, get_args

import pytest

from study.config.space import PaperRow
from study.report.paper import ROWS
from study.report.paper.claims import claims, claims_of, parse
from study.report.paper.numbers import paper_numbers

WHOLE = {"id": "a", "row": "figure4", "claim": "It is so.", "paper": "1", "measure": "a number", "above": 0}


def test_every_row_measures_exactly_its_claims() -> None:
    for name, row in ROWS.items():
        assert set(row.measures) == {claim.id for claim in claims_of(name)}


def test_the_rows_are_those_that_a_space_may_name() -> None:
    assert set(ROWS) == set(get_args(PaperRow))
    assert {claim.row for claim in claims()} <= set(ROWS)


def test_a_claim_holds_strictly_beyond_its_threshold() -> None:
    (above,) = parse([WHOLE])
    (below,) = parse([{key: value for key, value in WHOLE.items() if key != "above"} | {"below": 0.5}])
    assert [above.holds(value) for value in (0.1, 0.0, -0.1, float("nan"), float("inf"))] == [1, 0, 0, 0, 1]
    assert [below.holds(value) for value in (0.4, 0.5, 0.6, float("nan"), float("-inf"))] == [1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"below": 1}, "exactly one of above and below; received above and below"),
        ({"above": None}, "above needs a finite number; received None"),
        ({"above": True}, "above needs a finite number; received True"),
        ({"above": float("nan")}, "above needs a finite number; received nan"),
        ({"row": "figure9"}, "received 'figure9'"),
        ({"claim": " "}, "claim needs text; received ' '"),
        ({"colour": "red"}, "needs the keys above, claim, id, measure, paper, row; received"),
    ],
)
def test_a_claim_that_is_not_whole_is_refused(change: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValueError, match=r"claim 1 \(a\)") as error:
        parse([WHOLE | change])
    assert wrong in str(error.value)


def test_a_claim_without_a_threshold_a_double_and_what_is_no_list_are_refused() -> None:
    with pytest.raises(ValueError, match="received neither"):
        parse([{key: value for key, value in WHOLE.items() if key != "above"}])
    with pytest.raises(ValueError, match="received twice a"):
        parse([WHOLE, WHOLE])
    with pytest.raises(ValueError, match="needs a list; received dict"):
        parse(WHOLE)
    with pytest.raises(ValueError, match="needs keys and values"):
        parse(["a"])


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
