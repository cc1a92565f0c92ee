"""Numbers of configurations or seeds that would show a difference which was not found.

The difference D of what two families reach has, if labels mean nothing, the standard deviation s of its permutations.
It is found at a level α, on two sides, with a power of 80 % where D ≥ (z_(1-α/2) + z_.80) s (Cohen, Statistical Power
Analysis for the Behavioral Sciences, 1988, chapter 2), and s falls with the square root of the number of
configurations. The observed D is taken for the true one, and s² for a sum of a part that more seeds would make smaller
and one that they would not. `python -m benchmarks.verdicts` compares the answers with simulated studies.
"""

import math

from scipy.special import ndtri

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
