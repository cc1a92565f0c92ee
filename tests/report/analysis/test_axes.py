"""Axes leave diverged models off, never good ones."""

import numpy as np
import pandas as pd

from study.config.space import Objective
from study.report.analysis.axes import Range, axis_range, beyond, front_line


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


COST, SCORE = Objective(name="cost", direction="minimize"), Objective(name="score", direction="maximize")
PANEL = {"cost": Range(0, 10), "score": Range(0, 1)}


def test_the_line_has_a_step_at_each_trial_of_the_front_and_ends_at_the_edges() -> None:
    trials = pd.DataFrame({"cost": [5.0, 2.0, 6.0], "score": [0.8, 0.4, 0.7]})  # the last one is dominated
    line = front_line(trials, COST, SCORE, PANEL)
    np.testing.assert_allclose(line, [[2, 0], [2, 0.4], [5, 0.4], [5, 0.8], [10, 0.8]])


def test_a_trial_beyond_several_axes_counts_once() -> None:
    trials = pd.DataFrame({"cost": [5.0, 11.0, 12.0, 10.0], "score": [0.5, 0.5, 2.0, 1.0]})
    assert beyond(trials, PANEL) == 2
    assert beyond(trials, PANEL, {"cost": Range(0, 4)}) == 4
    assert beyond(trials[:0], PANEL) == 0
