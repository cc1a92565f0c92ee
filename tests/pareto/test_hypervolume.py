"""Hypervolumes at known answers, by Monte Carlo, and by what must hold of any points."""

import math
from itertools import combinations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from study.pareto.dominance import non_dominated
from study.pareto.hypervolume import greedy_subset, hypervolume, hypervolume_share, hypervolumes

INF = math.inf
NAN = math.nan


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


@settings(max_examples=200)
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


finite_sets = st.integers(1, 4).flatmap(
    lambda m: st.lists(st.lists(st.floats(-3, 3), min_size=m, max_size=m), min_size=1, max_size=7).map(np.array)
)


@settings(max_examples=50)
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


def ball(n: int, objectives: int, seed: int) -> np.ndarray:
    points = np.abs(np.random.default_rng(seed).normal(size=(n, objectives)))
    return np.asarray(1 - points / np.linalg.norm(points, axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("what", "points", "size", "places"),
    [
        ("nothing", [], 3, []),
        ("none wanted", [(0, 0)], 0, []),
        ("the largest box, then what adds most", [(0, 3), (1, 1), (3, 0), (2, 0.9)], 2, [1, 0]),
        ("dominated points and those outside add nothing", [(1, 1), (2, 2), (5, 0), (np.nan, 0)], 4, [0]),
        ("of equals the first", [(1, 1), (1, 1)], 2, [0]),
    ],
)
def test_known(what: str, points: list[tuple[float, ...]], size: int, places: list[int]) -> None:
    assert greedy_subset(points, (4, 4), size).tolist() == places, what


@pytest.mark.parametrize("objectives", [2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(3))
def test_each_choice_adds_most(objectives: int, seed: int) -> None:
    points, reference = ball(20, objectives, seed), np.ones(objectives)
    chosen = greedy_subset(points, reference, 6).tolist()
    for count in range(6):
        grown = [hypervolume(points[[*chosen[:count], place]], reference) for place in range(len(points))]
        assert grown[chosen[count]] == pytest.approx(max(grown))


def test_near_the_best_of_all_subsets() -> None:
    points, reference = ball(12, 4, 0), np.ones(4)
    best = max(hypervolume(points[list(few)], reference) for few in combinations(range(12), 4))
    assert hypervolume(points[greedy_subset(points, reference, 4)], reference) >= (1 - 1 / np.e) * best


def test_all_of_a_front_that_is_small_enough() -> None:
    points, reference = ball(30, 5, 1), np.ones(5)
    chosen = greedy_subset(points, reference, 99)
    assert sorted(chosen.tolist()) == np.flatnonzero(non_dominated(points)).tolist()
    assert hypervolume(points[chosen], reference) == pytest.approx(hypervolume(points, reference))


@pytest.mark.parametrize("reference", [(1, np.nan), (1, np.inf), (1, 1, 1), [[1, 1]]])
def test_a_reference_that_bounds_nothing_is_refused(reference: object) -> None:
    for volume in (hypervolume, lambda points, bound: greedy_subset(points, bound, 2)):
        with pytest.raises(ValueError, match="the reference must be 2 finite numbers"):
            volume([(0, 0)], reference)
