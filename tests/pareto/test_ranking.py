"""Orders of points: drawn by hand, against Optuna's crowding distance, and what holds of any."""

import math
from typing import get_args

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from optuna.samplers.nsgaii._elite_population_selection_strategy import _calc_crowding_distance
from optuna.trial import FrozenTrial, create_trial

from study.pareto.dominance import non_dominated_sort
from study.pareto.ranking import TieBreak, crowding_distance, epsilon_net, ranking

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("what", "points", "order"),
    [
        ("nothing", np.empty((0, 2)), []),
        ("one", [(1, 1)], [0]),
        ("both ends, then the middle", [(1, 1), (0, 2), (2, 0)], [1, 2, 0]),
        ("the widest gap first", [(0, 10), (1, 9), (9, 1), (10, 0), (6, 4)], [0, 3, 4, 1, 2]),
        ("units do not matter", [(0, 10_000), (1, 9_000), (9, 1_000), (10, 0), (6, 4_000)], [0, 3, 4, 1, 2]),
        ("one objective: the best, the worst, the middle", [(5,), (0,), (10,)], [1, 2, 0]),
        ("equal points are far from none", [(0, 1), (0, 1), (1, 0)], [0, 2, 1]),
        ("an objective without range", [(0, 7), (1, 7), (4, 7)], [0, 2, 1]),
        ("NaN is last", [(NAN, 0), (1, 1), (0, 2)], [2, 1, 0]),
        ("infinity is far, and no NaN comes of it", [(0, 1), (1, 0), (2, INF), (-INF, 2)], [3, 2, 1, 0]),
    ],
)
def test_epsilon_net(what: str, points: list[tuple[float, ...]], order: list[int]) -> None:
    assert epsilon_net(points).tolist() == order, what


@pytest.mark.parametrize(
    ("what", "points", "distances"),
    [
        ("nothing", np.empty((0, 2)), []),
        ("one", [(1, 1)], [INF]),
        ("two", [(0, 1), (1, 0)], [INF, INF]),
        ("in ranges of each objective", [(0, 40), (1, 10), (4, 0)], [INF, 2, INF]),
        ("an objective without range adds nothing", [(0, 7), (1, 7), (4, 7)], [INF, 1, INF]),
        ("NaN has none", [(0, 1), (NAN, 0.5), (1, 0)], [INF, 0, INF]),
    ],
)
def test_crowding(what: str, points: list[tuple[float, ...]], distances: list[float]) -> None:
    assert crowding_distance(points).tolist() == distances, what


@pytest.mark.parametrize("seed", range(5))
def test_crowding_as_optuna(seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(12, 3))  # no ties, in which Optuna's order decides
    trials: list[FrozenTrial] = [create_trial(values=list(row)) for row in points]
    for number, trial in enumerate(trials):
        trial.number = number
    theirs = _calc_crowding_distance(trials)
    assert crowding_distance(points) == pytest.approx([theirs[number] for number in range(len(points))])


def test_by_front_and_then_by_tie_break() -> None:
    points = [(9, 9), (0, 10), (4.4, 5.6), (5, 5), (5.5, 4.5), (10, 0), (NAN, 0)]
    assert ranking(points).tolist() == [1, 5, 3, 2, 4, 0, 6]
    assert ranking(points, "crowding").tolist() == [1, 5, 2, 4, 3, 0, 6]
    with pytest.raises(ValueError, match="allowed: epsilon-net, crowding; received 'best'"):
        ranking(points, "best")  # type: ignore[arg-type]  # which is what is refused


numbers = st.one_of(st.integers(-3, 3).map(float), st.sampled_from([NAN, INF, -INF]))
point_sets = st.integers(1, 3).flatmap(
    lambda m: st.lists(st.lists(numbers, min_size=m, max_size=m), min_size=1, max_size=12).map(np.array)
)


@settings(max_examples=150)
@given(point_sets, st.sampled_from(get_args(TieBreak)))
def test_any_order(points: np.ndarray, tie_break: TieBreak) -> None:
    order = ranking(points, tie_break)
    assert sorted(order.tolist()) == list(range(len(points)))
    fronts = non_dominated_sort(points)[order]
    assert (np.diff(fronts) >= 0).all()
    missing = np.isnan(points[order]).any(axis=1)
    assert (np.diff(missing.astype(int)) >= 0).all()
    stretched = points * 2.0**20  # exactly, so that no comparison can turn
    assert (ranking(stretched, tie_break) == order).all()
