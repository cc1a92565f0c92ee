import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from study.models import KERNELS, kernel_widths


def test_the_widths_are_the_papers_and_follow_the_dimension() -> None:
    expected = (0.016, 0.08, 0.16, 0.8, 1.6, 3.2, 8.0, 12.8, 16.0, 32.0)
    assert kernel_widths(16).tolist() == pytest.approx(expected)
    assert kernel_widths(2, bandwidth=4.0).tolist() == pytest.approx([c / 2 for c in expected])


@pytest.mark.parametrize("name", KERNELS)
def test_a_kernel_is_1_where_two_codes_are_one_and_vanishes_far_away(name: str) -> None:
    widths = kernel_widths(3)
    values, _ = KERNELS[name](torch.tensor([0.0, 1e12], dtype=torch.float64), widths)
    assert values.tolist() == pytest.approx([len(widths), 0], abs=1e-9)


@pytest.mark.parametrize(
    ("name", "formula"), [("imq", lambda d, c: c / (c + d)), ("rbf", lambda d, c: math.exp(-d / c))]
)
@settings(max_examples=30)
@given(distance=st.floats(0, 50), latent_dim=st.integers(1, 64), bandwidth=st.floats(0.25, 4))
def test_values_are_summed_over_widths_and_derivatives_are_theirs(
    name: str, formula: object, distance: float, latent_dim: int, bandwidth: float
) -> None:
    assert callable(formula)
    widths = kernel_widths(latent_dim, bandwidth)
    values, derivatives = KERNELS[name](torch.tensor([distance], dtype=torch.float64), widths)
    assert values.item() == pytest.approx(sum(formula(distance, c) for c in widths.tolist()), rel=1e-12, abs=1e-300)
    h = 1e-6 * (widths[0].item() + distance)
    slope = sum((formula(distance + h, c) - formula(distance - h, c)) / (2 * h) for c in widths.tolist())
    assert derivatives.item() == pytest.approx(slope, rel=1e-4, abs=1e-9)
