"""Modularity against a slow computation, and at known answers."""

import numpy as np
import pytest

from study.metrics.modularity import modularity
from tests.metrics.tables import random_table, slow_information


def test_modularity_against_a_slow_computation() -> None:
    codes, factors = random_table(4)
    scores = []
    for known in slow_information(codes, factors, 20).tolist():
        template = max(known)
        if template < 1e-12:
            scores.append(0.0)
            continue
        others = list(known)
        others.remove(template)
        scores.append(1 - sum(value**2 for value in others) / (template**2 * 2))
    assert scores[-1] == 0  # the dead dimension
    assert modularity(codes, factors) == pytest.approx(sum(scores) / 5)


def test_a_sum_of_two_factors_is_half_modular() -> None:
    """One dimension that shows the sum of two alike factors of three knows both equally: 1 - m² / 2m²."""
    factors = np.stack(np.unravel_index(np.arange(150), (5, 5, 6)), axis=1)
    assert modularity((factors[:, [0]] + factors[:, [1]]).astype(float), factors) == pytest.approx(1 / 2)


def test_modularity_needs_two_factors() -> None:
    with pytest.raises(ValueError, match="factors: at least 2 columns"):
        modularity(np.zeros((9, 2)), np.arange(9)[:, None] % 3)
