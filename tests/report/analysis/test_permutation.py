"""Permutation tests of groups: against all labellings counted one by one, and by their error rates."""

import math
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from study.report.analysis.permutation import (
    LEVEL,
    Reach,
    configurations_needed,
    differences,
    seeds_needed,
    smallest_found,
)

ONE = np.ones(8, dtype=np.int64)


def sums(values: np.ndarray) -> Reach:
    """What subsets reach together: the sum of their values."""
    return lambda masks: masks @ values


def by_counting(values: np.ndarray, size: int) -> float:
    """The exact p-value of two groups, the first of this size: over every way to label them."""
    total, observed = values.sum(), values[:size].sum()
    ranges = [abs(2 * values[list(first)].sum() - total) for first in combinations(range(len(values)), size)]
    return float(np.mean([each >= abs(2 * observed - total) - 1e-9 for each in ranges]))


@settings(max_examples=30)
@given(st.lists(st.integers(0, 9), min_size=8, max_size=11))
def test_the_p_value_of_two_groups_is_that_of_all_labellings(drawn: list[int]) -> None:
    values = np.array(drawn, dtype=float)
    groups = np.repeat([0, 1], [4, len(values) - 4])
    (found,) = differences(groups, np.ones(len(values), dtype=np.int64), sums(values), permutations=4_000)
    assert found.p == pytest.approx(by_counting(values, 4), abs=0.03)


def test_the_deviation_is_that_of_the_difference_over_all_labellings() -> None:
    values = np.arange(8.0)
    (found,) = differences(np.repeat([0, 1], 4), ONE, sums(values), permutations=20_000)
    exact = np.std([2 * values[list(first)].sum() - values.sum() for first in combinations(range(8), 4)])
    assert found.deviation == pytest.approx(exact, rel=0.02)


def test_labels_are_exchanged_between_configurations_with_equally_many_seeds() -> None:
    """Those with one seed are at 100 in both groups; among those with two, the groups are as far apart as can be."""
    values = np.array([100, 100, 1, 2, 3, 4, 100, 100, 5, 6, 7, 8], dtype=float)
    groups, tried = np.repeat([0, 1], 6), np.array([1, 1, 2, 2, 2, 2] * 2)
    (found,) = differences(groups, tried, sums(values), permutations=4_000)
    assert found.p == pytest.approx(2 / 70, abs=0.01)
    (mixed,) = differences(groups, np.ones(12, dtype=np.int64), sums(values), permutations=4_000)
    assert mixed.p > 0.5


@pytest.mark.parametrize(
    ("sizes", "tried", "pairs"),
    [
        ([4, 4], [1] * 8, 1),
        ([3, 9], [1] * 12, 0),  # too few of one
        ([4, 4], [1] * 4 + [2] * 4, 0),  # none with equally many seeds
        ([4, 4], [1, 1, 1, 2] * 2, 1),  # 20 ways times 2
        ([4, 4], [1, 1, 2, 2] * 2, 0),  # 6 ways times 6: p < .05 on two sides needs 40
        ([4, 3, 4], [1] * 11, 1),
    ],
)
def test_what_can_be_tested(sizes: list[int], tried: list[int], pairs: int) -> None:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    found = differences(groups, np.array(tried), sums(np.arange(len(groups), dtype=float)), permutations=19)
    assert len(found) == pairs


@pytest.mark.parametrize(("level", "pairs"), [(0.05, 1), (0.03, 0)])
def test_a_stricter_level_needs_more_ways_to_label(level: float, pairs: int) -> None:
    """Groups of three and one configurations with one and two seeds: 20 ways times 2."""
    values = sums(np.arange(8, dtype=float))
    assert len(differences(np.repeat([0, 1], 4), np.array([1, 1, 1, 2] * 2), values, 19, level=level)) == pairs


def test_a_pair_of_three_groups_differs_only_if_all_three_do() -> None:
    """The p-value of a pair is the larger of its own and that of all three groups, here counted one by one."""
    values = np.array([0, 1, 2, 3, 4, 5, 6, 20, 4, 5, 6, 7], dtype=float)
    groups = np.repeat([0, 1, 2], 4)
    by_pair = {(d.first, d.second): d.p for d in differences(groups, np.ones(12, np.int64), sums(values), 4_000)}
    rng = np.random.default_rng(1)
    totals = [np.add.reduceat(rng.permutation(values), [0, 4, 8]) for _ in range(20_000)]
    together = np.mean([np.ptp(each) >= np.ptp(np.add.reduceat(values, [0, 4, 8])) for each in totals])
    for first, second in combinations(range(3), 2):
        own = by_counting(np.concatenate([values[groups == first], values[groups == second]]), 4)
        assert by_pair[first, second] == pytest.approx(max(own, together), abs=0.03)


def test_of_four_groups_smaller_sets_are_tested_at_smaller_levels() -> None:
    """1 - (1 - α)^(s/k): a pair of four with the p-value 2/70 has 1 - (1 - 2/70)^2 among all pairs."""
    values = np.concatenate([np.arange(4.0), np.arange(4.0) + 4, np.arange(4.0) + 50, np.arange(4.0) + 90])
    found = {
        (d.first, d.second): d.p
        for d in differences(np.repeat(np.arange(4), 4), np.ones(16, np.int64), sums(values), 4_000)
    }
    assert found[0, 1] == pytest.approx(1 - (1 - 2 / 70) ** 2, abs=0.015)


def test_of_many_groups_pairs_are_tested_by_bonferroni() -> None:
    """Nine groups one above the other: each of the 36 pairs has the p-value 2/924."""
    groups = np.repeat(np.arange(9), 6)
    found = differences(groups, np.ones(54, np.int64), sums(np.arange(54.0)), 20_000)
    assert len(found) == 36
    assert np.mean([d.p for d in found]) == pytest.approx(36 * 2 / 924, abs=0.02)


def test_neither_the_order_of_configurations_nor_the_names_of_groups_matter() -> None:
    values, groups = np.array([0, 1, 2, 3, 5, 6, 7, 8, 9.5]), np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])
    ps = set()
    for order in list(permutations(range(9)))[::90_000]:
        places = np.array(order)
        (found,) = differences(1 - groups[places], np.ones(9, np.int64), sums(values[places]), 4_000)
        ps.add(round(found.p, 1))
    assert ps == {0.0}


@pytest.mark.parametrize("sizes", [(4, 4, 4), (9, 9, 9), (4, 9, 14), (6, 6, 6, 6)])
def test_groups_of_one_process_are_reported_as_different_in_at_most_five_percent(sizes: tuple[int, ...]) -> None:
    """Of 400 sets of groups with heavy tails and one or two seeds: 5 % are 20, and two standard errors more 29."""
    rng = np.random.default_rng(0)
    groups, wrong = np.repeat(np.arange(len(sizes)), sizes), 0
    for _ in range(400):
        tried = rng.integers(1, 3, size=len(groups))
        values = rng.standard_t(2, size=len(groups)) / np.sqrt(tried)

        def best(masks: np.ndarray, values: np.ndarray = values) -> np.ndarray:
            return np.where(masks, values, -np.inf).max(axis=1)

        wrong += any(d.p <= LEVEL for d in differences(groups, tried, best, permutations=99))
    assert wrong <= 29


def test_two_equal_groups_far_above_a_third_are_reported_as_different_in_at_most_five_percent() -> None:
    rng = np.random.default_rng(0)
    groups, wrong, found = np.repeat([0, 1, 2], 9), 0, 0
    for _ in range(400):
        values = rng.normal(size=27) + 3.0 * (groups < 2)
        its = {(d.first, d.second): d.p <= LEVEL for d in differences(groups, np.ones(27, np.int64), sums(values), 99)}
        wrong += its[0, 1]
        found += its[0, 2] and its[1, 2]
    assert wrong <= 29
    assert found == 400


FACTOR = (norm.isf(0.025) + norm.isf(0.2)) * (1 + 1e-9)
"""Of a two-sided test at 5 % with a power of 80 %; a little more, so that rounding does not decide."""


def test_four_times_the_configurations_halve_the_deviation() -> None:
    assert configurations_needed(FACTOR, 2, 9, 0.05) == 36
    assert configurations_needed(FACTOR, 1, 9, 0.05) == 9
    assert configurations_needed(FACTOR, math.sqrt(10.1), 9, 0.05) is None
    assert configurations_needed(0, 1, 9, 0.05) is None
    assert smallest_found(math.sqrt(10), 0.05) == pytest.approx(FACTOR)


def test_seeds_help_as_far_as_they_are_what_varies() -> None:
    assert seeds_needed(FACTOR, 2, 3, noise=1, level=0.05) == 12
    # a quarter of the variance may be left, and .2 of it is settings': .05 of .8, 16 times the seeds
    assert seeds_needed(FACTOR, 2, 1, noise=0.8, level=0.05) is None
    assert seeds_needed(FACTOR, 1.5, 3, noise=0.8, level=0.05) == math.ceil(3 * 0.8 / (1 / 2.25 - 0.2))
    assert seeds_needed(FACTOR, 2, 3, noise=0.75, level=0.05) is None  # without any noise it would be a quarter just so
    assert seeds_needed(0, 1, 3, noise=1, level=0.05) is None


@pytest.mark.parametrize(("level", "expected"), [(0.05, 16), (0.03, 19)])
def test_so_many_configurations_find_a_difference_of_means_in_four_of_five_studies(level: float, expected: int) -> None:
    """Two groups of normal values one deviation apart: the deviation of the difference of means is √(2/n)."""
    needed = configurations_needed(1, math.sqrt(2 / 4), 4, level)
    assert needed == expected
    rng = np.random.default_rng(0)
    values = rng.normal(size=(4_000, 2, expected))
    gaps = values[:, 0].mean(1) - values[:, 1].mean(1) + 1
    assert (np.abs(gaps) > norm.isf(level / 2) * math.sqrt(2 / expected)).mean() == pytest.approx(0.8, abs=0.03)
