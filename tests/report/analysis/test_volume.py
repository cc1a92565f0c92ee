"""Hypervolume as a report takes it: of every trial, unless the objectives are so many that it would take minutes."""

import numpy as np
import pytest

from study.report.analysis.volume import FEW_OBJECTIVES, MOST_POINTS, Box


def stairs(steps: int, objectives: int) -> np.ndarray:
    """A front (steps, objectives) whose first two columns are stairs from (0, 1) to (1, 0), the others zeros."""
    first = np.arange(steps) / steps
    return np.column_stack([first, 1 - first, *np.zeros((objectives - 2, steps))])


@pytest.mark.parametrize("objectives", [2, 3, 4])
@pytest.mark.parametrize("ideal", [False, True])
def test_the_volume_is_that_of_all_points_or_nearly_so_of_many_objectives(objectives: int, ideal: bool) -> None:
    steps = 2 * MOST_POINTS
    box = Box(np.ones(objectives), np.zeros(objectives) if ideal else None)
    whole = sum(k / steps for k in range(steps)) / steps  # of the k-th step, k steps high
    found = box.volume(stairs(steps, objectives))
    if objectives <= FEW_OBJECTIVES:
        assert found == pytest.approx(whole, rel=1e-12)
    else:
        assert 0.97 * whole < found < 0.999 * whole
