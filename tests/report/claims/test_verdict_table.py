"""Verdicts in words, at known answers."""

import pytest

from study.report.claims.claim import INFINITE, parse
from study.report.claims.verdict_table import rule, value_text

CLAIM = {"id": "a", "row": "figure4", "claim": "It is so.", "paper": "2", "measure": "mean", "exchanged": "nothing"}


@pytest.mark.parametrize(
    ("value", "text"),
    [(float("nan"), "–"), (INFINITE, "∞"), (-INFINITE, "−∞"), (1234.5, "1,234"), (-0.12345, "−0.123"), (99.96, "100")],
)
def test_values(value: float, text: str) -> None:
    assert value_text(value) == text


def test_rules() -> None:
    rules = ({"above": 1.0}, {"below": 1.0}, {"between": [0.5, 2.0]})
    claims = [claim for given in rules for claim in parse([CLAIM | given])]
    assert [rule(claim) for claim in claims] == ["above 1", "below 1", "between 0.5 and 2"]
