"""Verdicts in words, at known answers."""

from dataclasses import replace

import pytest

from study.report.paper.claims import INFINITE, Claim
from study.report.paper.verdict_table import rule, value_text

ABOVE = Claim("a", "figure4", "It is more than 1.", "2", "mean", "nothing", 1.0, INFINITE)


@pytest.mark.parametrize(
    ("value", "text"),
    [(float("nan"), "–"), (INFINITE, "∞"), (-INFINITE, "−∞"), (1234.5, "1,234"), (-0.12345, "−0.123"), (99.96, "100")],
)
def test_values(value: float, text: str) -> None:
    assert value_text(value) == text


def test_rules() -> None:
    claims = (ABOVE, replace(ABOVE, low=-INFINITE, high=1.0), replace(ABOVE, low=0.5, high=2.0))
    assert [rule(claim) for claim in claims] == ["above 1", "below 1", "between 0.5 and 2"]
