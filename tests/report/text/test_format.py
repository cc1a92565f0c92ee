"""Numbers as the report shows them."""

import pytest

from study.report.text import format


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
