"""Percentile intervals of resampled values."""

import numpy as np
import pytest

from study.report.paper.resampling import interval


def test_infinite_values_count_and_few_that_cannot_be_said_are_left_out() -> None:
    values = np.concatenate([np.linspace(0, 1, 900), np.full(100, np.inf)])
    assert interval(values) == (pytest.approx(0.027, abs=0.005), np.inf)
    assert interval(np.full(10, -np.inf)) == (-np.inf, -np.inf)
    few, many = np.linspace(0, 1, 1000), np.linspace(0, 1, 1000)
    few[:20], many[:60] = np.nan, np.nan
    low, high = interval(few) or (np.nan, np.nan)
    assert 0.04 < low < 0.05
    assert 0.97 < high < 0.98
    assert interval(many) is None
    assert interval(np.full(5, np.nan)) is None
