"""Parameters in words, at known answers."""

import pytest

from study.config.parameter import Parameter
from study.report.text.parameters import condition_text, values_text


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        (Parameter(choices=(8, 16, 32)), "8, 16, 32"),
        (Parameter(low=0.5, high=2), "0.5 to 2"),
        (Parameter(low=2, high=64, log=True, integer=True), "whole numbers 2 to 64, logarithmic"),
        (Parameter(low=0.1, high=12, log=True, zero=0.1), "0.1 to 12, logarithmic, or 0 in 10% of cases"),
    ],
)
def test_values(parameter: Parameter, values: str) -> None:
    assert values_text(parameter) == values


def test_conditions() -> None:
    one = Parameter(low=1, high=2, when={"family": "vae"})
    two = Parameter(low=1, high=2, when={"family": ["wae-gaussian", "wae-uniform"], "prior": "uniform"})
    assert condition_text(one) == "family is vae"
    assert condition_text(two) == "family is wae-gaussian or wae-uniform and prior is uniform"
    assert condition_text(Parameter(choices=(1, 2))) == ""
