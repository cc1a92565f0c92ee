"""Fronts and hypervolume: a drawn truth table, Optuna's own on random inputs, Monte Carlo, and properties."""

import math
from itertools import permutations
from random import Random

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays
from optuna._hypervolume import compute_hypervolume
from optuna.study._multi_objective import _fast_non_domination_rank, _is_pareto_front

from study.pareto.dominance import non_dominated, non_dominated_sort
from study.pareto.hypervolume import hypervolume, hypervolume_share, hypervolumes

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


@pytest.mark.parametrize(
    ("what", "points", "reference", "volume"),
    [
        ("nothing", np.empty((0, 2)), (1, 1), 0),
        ("no points, as a list", [], (1, 1), 0),
        ("a square", [(0, 0)], (2, 2), 4),
        ("two steps", [(0, 1), (1, 0)], (2, 2), 3),
        ("a dominated point adds nothing", [(0, 0), (1, 1)], (2, 2), 4),
        ("an equal point adds nothing", [(0, 1), (0, 1), (1, 0)], (2, 2), 3),
        ("outside the reference", [(3, 0)], (2, 2), 0),
        ("on the reference's edge", [(2, 0)], (2, 2), 0),
        ("one inside, one outside", [(1, 1), (-9, 3)], (2, 2), 1),
        ("NaN", [(NAN, 0), (1, 1)], (2, 2), 1),
        ("+inf", [(INF, 0), (1, 1)], (2, 2), 1),
        ("-inf inside", [(-INF, 0), (1, 1)], (2, 2), INF),
        ("-inf but outside in the other", [(-INF, 2), (1, 1)], (2, 2), 1),
        ("negative values, as of a maximised objective", [(100, -0.9)], (180, -0.2), 56),
        ("one objective", [(3,), (1,)], (5,), 4),
        ("a cube", [(0, 0, 0)], (2, 2, 2), 8),
        ("three axes", [(0, 1, 1), (1, 0, 1), (1, 1, 0)], (2, 2, 2), 4),
        ("four axes", [(0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0)], (2, 2, 2, 2), 5),
        ("five axes, one point twice", [(0, 1, 1, 1, 1), (1, 1, 1, 1, 0), (1, 1, 1, 1, 0)], (2, 2, 2, 2, 2), 3),
    ],
)
def test_known_volumes(what: str, points: list[tuple[float, ...]], reference: tuple[float, ...], volume: float) -> None:
    assert hypervolume(points, reference) == pytest.approx(volume), what


def test_what_cannot_be_answered_is_said() -> None:
    with pytest.raises(ValueError, match="must be 2 finite numbers"):
        hypervolume([(0, 0)], [1, INF])
    with pytest.raises(ValueError, match="must be 2 finite numbers"):
        hypervolume([(0, 0)], [1, 1, 1])
    with pytest.raises(ValueError, match=r"shape \(n, m\)"):
        non_dominated([1.0, 2.0])


@pytest.mark.parametrize(
    ("what", "points", "part"),
    [
        ("nothing", [], 0),
        ("at the ideal", [(1, 10)], 1),
        ("beyond the ideal counts as at it", [(-99, -99)], 1),
        ("beyond it in one objective", [(-99, 20)], 0.5),
        ("outside the reference", [(3, 40)], 0),
        ("a quarter", [(2, 20)], 0.25),
        ("two steps", [(1, 20), (2, 10)], 0.75),
    ],
)
def test_known_shares(what: str, points: list[tuple[float, ...]], part: float) -> None:
    assert hypervolume_share(points, (3, 30), (1, 10)) == pytest.approx(part), what


@pytest.mark.parametrize("ideal", [(1, 30), (1, math.nan), (1, -INF), (1,)])
def test_a_share_needs_a_box(ideal: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must be better than the reference"):
        hypervolume_share([(2, 20)], (3, 30), ideal)


@settings(deadline=None, max_examples=200)
@given(
    st.integers(1, 3).flatmap(
        lambda m: arrays(
            float, (3, 6, m), elements=st.sampled_from([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, NAN, INF, -INF])
        )
    )
)
def test_many_sets_have_the_volumes_that_each_has_alone(sets: np.ndarray) -> None:
    reference = np.full(sets.shape[2], 4.0)
    assert hypervolumes(sets, reference) == pytest.approx([hypervolume(points, reference) for points in sets])


def test_sets_of_no_points_and_other_shapes() -> None:
    assert hypervolumes(np.empty((2, 0, 2)), (1, 1)).tolist() == [0, 0]
    assert hypervolumes(np.empty((0, 5, 1)), (1,)).tolist() == []
    for sets, reference in ((np.zeros((2, 2)), (1, 1)), (np.zeros((1, 2, 2)), (1,)), (np.zeros((1, 2, 2)), (1, NAN))):
        with pytest.raises(ValueError, match="needs sets"):
            hypervolumes(sets, reference)


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


@pytest.mark.parametrize("objectives", [2, 3, 4, 5])
def test_as_monte_carlo(objectives: int) -> None:
    rng = np.random.default_rng(objectives)
    points = rng.uniform(size=(12, objectives))
    reference = np.full(objectives, 0.9)
    draws = rng.uniform(0, 0.9, size=(200_000, objectives))
    dominated = np.zeros(len(draws), dtype=bool)
    for point in points:
        dominated |= (draws >= point).all(axis=1)
    p = dominated.mean()
    six_errors = 6 * math.sqrt(p * (1 - p) / len(draws)) * 0.9**objectives
    assert hypervolume(points, reference) == pytest.approx(p * 0.9**objectives, abs=six_errors)


def test_a_thousand_points() -> None:
    angle = np.linspace(0, math.pi / 2, 1000)
    quarter = np.stack([1 - np.cos(angle), 1 - np.sin(angle)], axis=1)
    assert non_dominated(quarter).all()
    assert hypervolume(quarter, (1, 1)) == pytest.approx(math.pi / 4, abs=2e-3)
    sphere = np.abs(np.random.default_rng(0).normal(size=(1000, 3)))
    ball = 1 - sphere / np.linalg.norm(sphere, axis=1, keepdims=True)
    assert non_dominated(ball).all()
    assert 0.9 * math.pi / 6 < hypervolume(ball, (1, 1, 1)) < math.pi / 6


numbers = st.one_of(st.integers(-3, 3).map(float), st.sampled_from([NAN, INF, -INF]))
point_sets = st.integers(1, 4).flatmap(
    lambda m: st.lists(st.lists(numbers, min_size=m, max_size=m), min_size=1, max_size=9).map(np.array)
)
finite_sets = st.integers(1, 4).flatmap(
    lambda m: st.lists(st.lists(st.floats(-3, 3), min_size=m, max_size=m), min_size=1, max_size=7).map(np.array)
)


@settings(deadline=None, max_examples=150)
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


@settings(deadline=None, max_examples=50)
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


@settings(deadline=None, max_examples=50)
@given(finite_sets, st.floats(0, 1), st.data())
def test_more_points_never_cost(points: np.ndarray, worse: float, data: st.DataObject) -> None:
    reference = np.full(points.shape[1], 2.0)
    before = hypervolume(points, reference)
    parent = data.draw(st.integers(0, len(points) - 1))
    dominated = np.vstack([points, points[parent] + worse + 1e-6])
    assert not non_dominated(dominated)[-1]
    assert (non_dominated(dominated)[:-1] == non_dominated(points)).all()
    assert hypervolume(dominated, reference) == pytest.approx(before)
    anything = data.draw(st.lists(st.floats(-3, 3), min_size=points.shape[1], max_size=points.shape[1]))
    assert hypervolume(np.vstack([points, anything]), reference) >= before - 1e-9
    assert hypervolume(points, reference + worse) >= before - 1e-9
