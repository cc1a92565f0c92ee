"""What several sets attain: drawn by hand, and against asking of every corner how many sets reach it."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from study.pareto.attainment import attainment_surface, coverage
from study.pareto.dominance import non_dominated

NAN, INF = math.nan, math.inf
FIRST, SECOND, THIRD = [(0, 4), (2, 2), (4, 0)], [(1, 3), (3, 1)], [(2, 4), (4, 3)]


@pytest.mark.parametrize(
    ("count", "surface"),
    [
        (1, [(0, 4), (1, 3), (2, 2), (3, 1), (4, 0)]),
        (2, [(1, 4), (2, 3), (3, 2), (4, 1)]),
        (3, [(2, 4), (4, 3)]),
    ],
)
def test_three_sets(count: int, surface: list[tuple[float, float]]) -> None:
    assert attainment_surface([FIRST, SECOND, THIRD], count).tolist() == [list(corner) for corner in surface]


def test_sets_that_are_empty_or_not_finite() -> None:
    assert attainment_surface([FIRST, []], 1).tolist() == [list(point) for point in FIRST]
    assert attainment_surface([FIRST, []], 2).shape == (0, 2)
    assert attainment_surface([[(NAN, 0), (1, INF), (2, 2)]], 1).tolist() == [[2, 2]]
    with pytest.raises(ValueError, match="count must be 1 to 2, the number of sets; received 3"):
        attainment_surface([FIRST, SECOND], 3)
    with pytest.raises(ValueError, match="needs 2 objectives, received 3"):
        attainment_surface([[(1, 2, 3)]], 1)


small = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=6)


@settings(deadline=None, max_examples=100)
@given(st.lists(small, min_size=1, max_size=4), st.data())
def test_any_sets(sets: list[list[tuple[int, int]]], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(sets)))
    surface = attainment_surface(sets, count)
    corners = [(x, y) for x in range(6) for y in range(6)]
    reached = [sum(any(p <= x and q <= y for p, q in each) for each in sets) >= count for x, y in corners]
    assert [bool(((surface <= corner).all(axis=1)).any()) for corner in corners] == reached
    assert non_dominated(surface).all()


@pytest.mark.parametrize(
    ("what", "points", "others", "part"),
    [
        ("itself", FIRST, FIRST, 1),
        ("a part", FIRST, SECOND, 0),
        ("the other way round", SECOND, FIRST, 0),
        ("all", FIRST, THIRD, 1),
        ("half", [(2, 4)], THIRD, 0.5),
        ("NaN covers nothing and is not counted", [(NAN, 0), (2, 4)], [*THIRD, (NAN, 9)], 0.5),
        ("nothing covers nothing", np.empty((0, 2)), FIRST, 0),
        ("of nothing", FIRST, np.empty((0, 2)), NAN),
    ],
)
def test_coverage(what: str, points: list[tuple[float, float]], others: list[tuple[float, float]], part: float) -> None:
    assert coverage(points, others) == pytest.approx(part, nan_ok=True), what


def test_coverage_of_other_objectives() -> None:
    with pytest.raises(ValueError, match="as many objectives, received 2 and 3"):
        coverage([(1, 2)], [(1, 2, 3)])
