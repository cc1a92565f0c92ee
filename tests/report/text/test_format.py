"""Numbers as the report shows them."""

import pytest

from study.config.parameter import Parameter
from study.report.text import format
from study.report.text.format import condition_text, values_text


@pytest.mark.parametrize(
    ("value", "metric", "text"),
    [
        (112.345, "reconstruction", "112.3"),
        (2839.12, "reconstruction", "2,839"),
        (0.88888, "disentanglement", "0.889"),
        (0.012345, "mean_pixel_deviation", "0.01235"),
        (0.05, "mig", "0.050"),
        (0.98765, "explicitness", "0.988"),
        (0.5, "factor_vae", "0.500"),
        (0.00012345, "kid", "0.0001234"),
        (0.05, "", "0.05"),
        (float("nan"), "reconstruction", "–"),
    ],
)
def test_numbers_as_shown(value: float, metric: str, text: str) -> None:
    assert format.number(value, metric) == text


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
