"""Fronts and hypervolume: a drawn truth table, Optuna's own on random inputs, Monte Carlo, and properties."""

import math
from itertools import permutations
from random import Random

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from optuna._hypervolume import compute_hypervolume
from optuna.study._multi_objective import _fast_non_domination_rank, _is_pareto_front

from study.pareto.dominance import non_dominated, non_dominated_sort, staircase
from study.pareto.hypervolume import hypervolume

INF = math.inf
NAN = math.nan

# Points by letter, at (column, height) with the origin below left; both coordinates are minimised. `RANKS`: the front
# that each letter is on.
DRAWING = """
4 | .  .  .  g
3 | a  .  d  .
2 | .  b  .  e
1 | .  .  .  c
0 | .  .  .  .
   --0--1--2--3
"""
RANKS = {"a": 0, "b": 0, "c": 0, "d": 1, "e": 1, "g": 2}


def drawn() -> dict[str, tuple[float, float]]:
    points = {}
    for row in DRAWING.strip().splitlines()[:-1]:
        height, cells = row.split("|")
        for column, cell in enumerate(cells.split()):
            if cell != ".":
                points[cell] = (float(column), float(height))
    return points


def slow_front(points: np.ndarray) -> np.ndarray:
    """Dominance written out, one pair at a time."""

    def dominates(p: np.ndarray, q: np.ndarray) -> bool:
        return all(a <= b for a, b in zip(p, q, strict=True)) and any(a < b for a, b in zip(p, q, strict=True))

    return np.array(
        [not np.isnan(q).any() and not any(dominates(p, q) for p in points if not np.isnan(p).any()) for q in points],
        dtype=bool,
    )


def test_the_drawing() -> None:
    points = drawn()
    ranks = non_dominated_sort(list(points.values()))
    assert dict(zip(points, ranks.tolist(), strict=True)) == RANKS


@pytest.mark.parametrize(
    ("what", "points", "front"),
    [
        ("nothing", np.empty((0, 2)), []),
        ("one point", [(1, 1)], [True]),
        ("better in both", [(1, 1), (2, 2)], [True, False]),
        ("a trade", [(1, 2), (2, 1)], [True, True]),
        ("equal in one, worse in the other", [(1, 1), (1, 2)], [True, False]),
        ("equal points on the front are all on it", [(1, 1), (1, 1), (2, 0)], [True, True, True]),
        ("equal points off the front are all off it", [(2, 2), (2, 2), (1, 1)], [False, False, True]),
        ("zero has one sign", [(0.0, 1), (-0.0, 1), (-0.0, 2), (0.0, 2)], [True, True, False, False]),
        ("NaN is on no front", [(NAN, 0), (5, 5)], [False, True]),
        ("NaN dominates nothing", [(5, 5), (0, NAN)], [True, False]),
        ("only NaN", [(NAN, NAN), (NAN, 0)], [False, False]),
        ("+inf is the worst", [(INF, 1), (2, 1)], [False, True]),
        ("+inf may still be a trade", [(INF, 0), (2, 1)], [True, True]),
        ("-inf is the best", [(-INF, 1), (2, 1), (2, 0)], [True, False, True]),
        ("+inf everywhere, alone", [(INF, INF)], [True]),
        ("one objective", [(3,), (1,), (1,), (NAN,)], [False, True, True, False]),
    ],
)
def test_truth_table(what: str, points: list[tuple[float, ...]], front: list[bool]) -> None:
    assert non_dominated(points).tolist() == front, what
    assert (non_dominated_sort(points) == 0).tolist() == front, what


def test_nan_ranks_after_every_front() -> None:
    assert non_dominated_sort([(NAN, 0), (1, 1), (2, 2), (3, 3)]).tolist() == [3, 0, 1, 2]
    assert non_dominated_sort([(NAN, 0)]).tolist() == [1]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("objectives", [1, 2, 3, 4, 5])
def test_as_optuna(objectives: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Rounding makes ties and equal points common.
    points = rng.normal(size=(60, objectives)).round(1)
    assert (non_dominated(points) == _is_pareto_front(points, assume_unique_lexsorted=False)).all()
    assert (non_dominated(points) == slow_front(points)).all()
    assert (non_dominated_sort(points) == _fast_non_domination_rank(points)).all()
    reference = np.full(objectives, 0.5)
    inside = points[(points < reference).all(axis=1)]  # Optuna wants no others
    assert hypervolume(points, reference) == pytest.approx(compute_hypervolume(inside, reference))


numbers = st.one_of(st.integers(-3, 3).map(float), st.sampled_from([NAN, INF, -INF]))
point_sets = st.integers(1, 4).flatmap(
    lambda m: st.lists(st.lists(numbers, min_size=m, max_size=m), min_size=1, max_size=9).map(np.array)
)
finite_sets = st.integers(1, 4).flatmap(
    lambda m: st.lists(st.lists(st.floats(-3, 3), min_size=m, max_size=m), min_size=1, max_size=7).map(np.array)
)


@settings(max_examples=150)
@given(point_sets)
def test_fronts_of_anything(points: np.ndarray) -> None:
    front = non_dominated(points)
    assert (front == slow_front(points)).all()
    ranks = non_dominated_sort(points)
    assert ((ranks == 0) == front).all()
    valid = ~np.isnan(points).any(axis=1)
    assert front.any() == valid.any()
    for rank in range(1, int(ranks[valid].max(initial=0)) + 1):
        assert (non_dominated(points[ranks >= rank]) == (ranks[ranks >= rank] == rank) & valid[ranks >= rank]).all()


@settings(max_examples=50)
@given(finite_sets, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(points: np.ndarray, random: Random) -> None:
    order = list(range(len(points)))
    random.shuffle(order)
    reference = np.full(points.shape[1], 2.0)
    assert (non_dominated(points[order]) == non_dominated(points)[order]).all()
    assert (non_dominated_sort(points[order]) == non_dominated_sort(points)[order]).all()
    assert hypervolume(points[order], reference) == pytest.approx(hypervolume(points, reference))
    for axes in permutations(range(points.shape[1])):
        assert (non_dominated(points[:, axes]) == non_dominated(points)).all()
        assert hypervolume(points[:, axes], reference) == pytest.approx(hypervolume(points, reference))


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
