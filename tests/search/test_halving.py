"""Who goes on at a rung: at answers worked out by hand, and by what must hold of any trials in any order."""

import math

from hypothesis import given
from hypothesis import strategies as st

from study.pareto.dominance import non_dominated_sort
from study.search.halving import Halving, Standing

POINTS = st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=30)


def come(halving: Halving, *values: tuple[float, ...], group: str = "", rung: int = 9) -> list[Standing]:
    """What is said of each trial as it comes."""
    standings = []
    for trial, each in enumerate(values):
        halving.record(trial, group, rung, each)
        standings.append(halving.standing(trial, group, rung))
    return standings


def test_with_one_objective_it_is_asynchronous_successive_halving() -> None:
    """With η = 3 the first goes on; then who is the best of two or three, among the best two of four to six, …"""
    values = [(5.0,), (6.0,), (4.0,), (4.5,), (4.2,), (9.0,), (4.1,)]
    assert come(Halving(3), *values) == [
        Standing(1, 1, True),
        Standing(2, 2, False),
        Standing(1, 3, True),
        Standing(2, 4, True),
        Standing(2, 5, True),
        Standing(6, 6, False),
        Standing(2, 7, True),
    ]


def test_fronts_come_before_the_tie_break() -> None:
    """(3, 3) is behind (2, 2), and so after all of the first front, however lonely it stands."""
    *_, last = come(Halving(2), (1.0, 4.0), (2.0, 2.0), (4.0, 1.0), (3.0, 3.0))
    assert last == Standing(4, 4, False)


def test_of_one_front_the_ends_come_first() -> None:
    """Five on a line: the epsilon-net takes the best in the first objective, then the farthest, the other end."""
    line = [(0.0, 4.0), (1.0, 3.0), (2.0, 2.0), (3.0, 1.0), (4.0, 0.0)]
    for tie_break in ("epsilon-net", "crowding"):
        halving = Halving(5, tie_break)
        come(halving, *line)
        assert {trial for trial in range(5) if halving.standing(trial, "", 9).place <= 2} == {0, 4}


def test_groups_and_rungs_are_apart() -> None:
    halving = Halving(3)
    halving.record(0, "vae", 9, (1.0,))
    halving.record(1, "wae", 9, (5.0,))
    halving.record(2, "vae", 27, (7.0,))
    assert halving.standing(1, "wae", 9) == Standing(1, 1, True)
    assert halving.standing(2, "vae", 27) == Standing(1, 1, True)
    halving.record(2, "wae", 9, (6.0,))
    assert halving.standing(2, "wae", 9) == Standing(2, 2, False)


def test_a_trial_that_comes_again_counts_once() -> None:
    halving = Halving(3)
    for value in (5.0, 1.0):
        halving.record(0, "", 9, (1.5,))
        halving.record(1, "", 9, (value,))
    assert halving.standing(1, "", 9) == Standing(1, 2, True)
    assert halving.standing(0, "", 9) == Standing(2, 2, False)


def test_what_is_no_number_comes_last() -> None:
    *_, last = come(Halving(2), (1.0, 1.0), (2.0, 2.0), (math.nan, 0.0))
    assert last == Standing(3, 3, False)


@given(POINTS, st.floats(1.1, 9), st.sampled_from(["epsilon-net", "crowding"]))
def test_a_share_of_all_goes_on_and_nobody_before_who_dominates_it(points, factor, tie_break) -> None:
    halving = Halving(factor, tie_break)
    come(halving, *points)
    standings = [halving.standing(trial, "", 9) for trial in range(len(points))]
    assert sorted(standing.place for standing in standings) == list(range(1, len(points) + 1))
    assert sum(standing.goes_on for standing in standings) == math.ceil(len(points) / factor)
    fronts = non_dominated_sort(points)
    for standing, front in zip(standings, fronts, strict=True):
        assert all(other.place < standing.place for other, its in zip(standings, fronts, strict=True) if its < front)
