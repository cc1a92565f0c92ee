"""The line of a front and the trials beyond its panel, at known answers."""

import numpy as np
import pandas as pd

from study.config.space import Objective
from study.report.analysis.axes import Range
from study.report.analysis.front import beyond, front_line

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
