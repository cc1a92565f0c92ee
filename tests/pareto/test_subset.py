"""Greedy subsets of a front against trying everything."""

from itertools import combinations

import numpy as np
import pytest

from study.pareto.dominance import non_dominated
from study.pareto.hypervolume import hypervolume
from study.pareto.subset import greedy_subset


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
