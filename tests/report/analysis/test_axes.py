"""Axes leave diverged models off, never good ones."""

import numpy as np

from study.report.analysis.axes import axis_range


def test_an_axis_leaves_diverged_models_off_but_never_good_ones() -> None:
    values = np.array([50.0, 60, 70, 80, 5000])
    nothing = np.empty(0)
    cut = axis_range(values, 1, nothing)
    assert cut.low < 50
    assert 80 < cut.high < 100
    assert axis_range(values, 1, np.array([5000.0])).high > 5000  # a non-dominated trial is always shown
    assert axis_range(values, -1, nothing).high > 5000  # where large is good, 5000 is no outlier to hide
    assert axis_range(-values, -1, nothing).low > -100
    assert axis_range(values[:4], 1, nothing, optional=90).high > 90
    assert axis_range(values[:4], 1, nothing, optional=2839).high < 100
    single = axis_range(np.array([3.0]), 1, nothing)
    assert single.low < 3 < single.high
    assert axis_range(values[:4], 1, nothing, bound=40).low < 40
    assert axis_range(values[:4], 1, nothing, bound=-900).low == axis_range(values[:4], 1, nothing).low
    assert axis_range(values[:4], 1, nothing, bound=55) == axis_range(values[:4], 1, nothing)
    assert axis_range(values[:4], -1, nothing, bound=90).high > 90
    empty = axis_range(nothing, 1, nothing)
    assert empty.low < empty.high
