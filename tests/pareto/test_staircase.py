"""The staircase of a front, at known corners."""

import numpy as np
import pytest

from study.pareto.staircase import staircase


@pytest.mark.parametrize(
    ("points", "worst", "corners"),
    [
        ([], (5, 5), []),
        ([(np.nan, 1)], None, []),
        ([(1, 2)], None, [(1, 2)]),
        ([(1, 2)], (5, 5), [(1, 5), (1, 2), (5, 2)]),
        ([(3, 1), (1, 3), (2, 4), (1, 3)], None, [(1, 3), (3, 3), (3, 1)]),
        ([(3, 1), (1, 3), (2, 2)], (5, 5), [(1, 5), (1, 3), (2, 3), (2, 2), (3, 2), (3, 1), (5, 1)]),
        ([(6, 1), (1, 6)], (5, 5), [(1, 6), (1, 6), (6, 6), (6, 1), (6, 1)]),  # beyond what is drawn
    ],
)
def test_corners(
    points: list[tuple[float, float]], worst: tuple[float, float] | None, corners: list[tuple[float, float]]
) -> None:
    assert [tuple(corner) for corner in staircase(points, worst).tolist()] == corners
