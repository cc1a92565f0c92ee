"""Permutation tests over configurations: which groups differ in what they reach.

The null hypothesis is that one process generated the configurations of all groups: then any exchange of labels between
configurations that were tried with equally many seeds is as likely as the observed one (Good, Permutation, Parametric
and Bootstrap Tests of Hypotheses, 2005, chapter 3). The statistic of a set of groups is the range, largest minus
smallest, of what their configurations reach together.

Pairs are tested by the closure of these tests over sets of groups (Einot and Gabriel, A study of the powers of several
methods of multiple comparisons, Biometrika 62, 1975): two groups differ only if every set that contains both is found
to differ too, a set of s of k groups at level 1 - (1 - α)^(s/k), and at α for s of k - 1 and more. The probability that
any two groups of one process are reported as different is then at most α; with three groups, a pair needs its own test
and that of all three.

The power of the test: a difference D of what two families reach has, if labels mean nothing, the standard deviation s
of its permutations. It is found at a level α, on two sides, with a power of 80 % where D ≥ (z_(1-α/2) + z_.80) s
(Cohen, Statistical Power Analysis for the Behavioral Sciences, 1988, chapter 2), and s falls with the square root of
the number of configurations. The observed D is taken for the true one, and s² for a sum of a part that more seeds would
make smaller and one that they would not. `python -m benchmarks.verdicts` compares the answers with simulated studies.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb, prod

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Reach = Callable[[NDArray[np.bool_]], NDArray[np.float64]]
"""Function of sets of configurations, masks (p, n): what each reaches together (p,); larger is better."""

LEVEL = 0.05

ADAPTIVE_LEVEL = 0.03
"""Level where a sampler learns from results. Its configurations are not quite exchangeable, since each depends on those
before it: at a level of 5 %, up to 8 % of simulated studies report two families of one process as different."""

PERMUTATIONS = 999

FEWEST_CONFIGURATIONS = 4
"""Configurations that a group needs: two groups of three have 20 labellings, too few for p ≤ .05 on two sides."""

MOST_GROUPS = 8
"""Number of groups up to which all sets of them are tested; of more, pairs alone, by Bonferroni's inequality."""


@dataclass(frozen=True)
class Difference:
    """Groups `first` and `second`: `p`, adjusted for all pairs, and the standard deviation of their difference.

    `deviation` is that of the difference of what the two reach over the permutations of their labels: its standard
    error if they do not differ.
    """

    first: int
    second: int
    p: float
    deviation: float


def differences(
    groups: NDArray[np.int64],
    tried: NDArray[np.int64],
    reach: Reach,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    level: float = LEVEL,
) -> tuple[Difference, ...]:
    """The difference of every pair of groups that can be tested, in ascending order.

    `groups` (n,) numbers each configuration's group from 0, `tried` (n,) the seeds that it was tried with. Labels are
    exchanged between configurations with equal `tried`. A group with fewer than `FEWEST_CONFIGURATIONS` is in no pair.
    A pair is also left out if there are so few ways to label it that no difference, however large, would be found at
    `level`.
    """
    present = [int(group) for group in np.unique(groups) if (groups == group).sum() >= FEWEST_CONFIGURATIONS]
    rng = np.random.default_rng(seed)
    adjusted: dict[frozenset[int], float] = {}
    deviations: dict[frozenset[int], float] = {}
    for some in _sets(present):
        labels = _permuted(groups, tried, np.isin(groups, some), permutations, rng)
        reached = np.array([reach(labels == group) for group in some])
        ranges = np.ptp(reached, axis=0)
        close = 1e-12 * max(1.0, float(np.abs(reached).max()))
        p = float((ranges >= ranges[0] - close).mean())
        adjusted[frozenset(some)] = _adjusted(p, len(some), len(present))
        if len(some) == 2:
            deviations[frozenset(some)] = float((reached[0] - reached[1])[1:].std())
    return tuple(
        Difference(
            first,
            second,
            max(p for some, p in adjusted.items() if {first, second} <= some),
            deviations[frozenset((first, second))],
        )
        for first, second in combinations(present, 2)
        if _labellings(groups, tried, first, second) >= 2 / level
    )


def _labellings(groups: NDArray[np.int64], tried: NDArray[np.int64], first: int, second: int) -> int:
    """Number of ways in which the labels of two groups can lie on their configurations."""
    counts = [[int(((groups == group) & (tried == seeds)).sum()) for group in (first, second)] for seeds in set(tried)]
    return prod(comb(one + other, one) for one, other in counts)


def _sets(present: list[int]) -> Iterator[tuple[int, ...]]:
    """The sets of groups that are tested."""
    largest = len(present) if len(present) <= MOST_GROUPS else 2
    for size in range(2, largest + 1):
        yield from combinations(present, size)


def _adjusted(p: float, size: int, groups: int) -> float:
    """The p-value of a set of groups, on the scale of the level of all pairs together."""
    if groups > MOST_GROUPS:
        return min(1.0, p * groups * (groups - 1) / 2)
    return p if size >= groups - 1 else 1 - (1 - p) ** (groups / size)


def _permuted(
    groups: NDArray[np.int64],
    tried: NDArray[np.int64],
    exchanged: NDArray[np.bool_],
    permutations: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """The labels (permutations + 1, n): first as they are; -1 where they are not exchanged."""
    labels = np.tile(np.where(exchanged, groups, -1), (permutations + 1, 1))
    for seeds in np.unique(tried[exchanged]):
        rows = np.flatnonzero(exchanged & (tried == seeds))
        labels[1:, rows] = rng.permuted(labels[1:, rows], axis=1)
    return labels


MOST_TIMES = 10
"""Largest multiple of the present configurations or seeds that is reported: beyond, a number is of little use."""


def configurations_needed(difference: float, deviation: float, configurations: int, level: float) -> int | None:
    """Configurations of each family that would show the difference; None for more than `MOST_TIMES` times as many."""
    return _within(configurations, configurations * _times(difference, deviation, level))


def seeds_needed(difference: float, deviation: float, seeds: float, noise: float, level: float) -> int | None:
    """Seeds of each configuration that would show it; None where no number, or only too large a one, would do.

    `noise`, 0 to 1: the part of the variance of configurations' means that comes from their seeds.
    """
    times = _times(difference, deviation, level)
    left = 1 / times - (1 - noise) if times else math.inf
    return _within(seeds, seeds * noise / left) if left > 0 else None


def smallest_found(deviation: float, level: float) -> float:
    """The smallest difference that `MOST_TIMES` times as many configurations would find."""
    return _factor(level) * deviation / math.sqrt(MOST_TIMES)


def _factor(level: float) -> float:
    """The difference that is found with a power of 80 %, in standard deviations."""
    return float(ndtri(1 - level / 2) + ndtri(0.8))


def _times(difference: float, deviation: float, level: float) -> float:
    return (_factor(level) * deviation / difference) ** 2 if difference else math.inf


def _within(present: float, needed: float) -> int | None:
    return math.ceil(needed) if needed <= MOST_TIMES * present else None
