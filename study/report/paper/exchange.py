"""How often a verdict comes out by chance: the stored outcomes of trials, exchanged as if labels meant nothing.

Units keep their outcomes together, all metrics of them: whole configurations with all their replicates where every side
of a comparison has four or more, else single trials. Of comparisons of families they are exchanged among all sides; of
trends along a setting within each side. Phipson and Smyth (2010): the observed table is one of those that are counted,
so that no p-value is zero.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from math import factorial, prod
from typing import Literal

import numpy as np

Exchanged = Literal["families", "settings", "nothing"]
"""What a claim compares: families; settings of a family; nothing, where it is about one size or about likeness."""

PERMUTATIONS = 1_000
"""Exchanges that are drawn, the observed table among them; all there are, where these are fewer."""

WHOLE = 4
"""Configurations of every side from which on these are exchanged whole: 4 and 4 part in 70 ways, 4 in a row in 24."""

EXTREME = 0.05
"""A value is extreme if no more than this share of the exchanged ones reach it."""

SAME = 1e-9
"""Of their range, how much values may differ that count as tied: sums in another order are not the same to the bit."""


@dataclass(frozen=True)
class Units:
    """What is exchanged among which: for each stratum the rows (k, n) of its k units of n trials each."""

    strata: tuple[np.ndarray, ...]

    def orders(self, size: int, seed: int = 0) -> np.ndarray:
        """From which row of a table of `size` each row takes its outcomes: (m, size), the first as observed."""
        found = [np.arange(size)]
        found *= self._number()
        orders = np.array(found)
        for order, chosen in zip(orders, self._choices(seed), strict=True):
            for rows, taken in zip(self.strata, chosen, strict=True):
                order[rows] = rows[list(taken)]
        return orders

    def _number(self) -> int:
        return min(PERMUTATIONS, prod(factorial(len(rows)) for rows in self.strata))

    def _choices(self, seed: int) -> Iterator[Sequence[Sequence[int] | np.ndarray]]:
        if prod(factorial(len(rows)) for rows in self.strata) <= PERMUTATIONS:
            yield from product(*(permutations(range(len(rows))) for rows in self.strata))
            return
        rng = np.random.default_rng(seed)
        yield [range(len(rows)) for rows in self.strata]
        for _ in range(PERMUTATIONS - 1):
            yield [rng.permutation(len(rows)) for rows in self.strata]


def units(exchanged: Exchanged, sides: np.ndarray, within: np.ndarray, replicates: int) -> Units:
    """What is exchanged in a table of configurations in a row, each with so many trials: n rows.

    `sides` (n,) numbers the side of each trial, `within` (n,) the value of the setting that stays with its outcomes.
    """
    counts = np.unique(sides, return_counts=True)[1] // replicates
    size = replicates if (counts >= WHOLE).all() else 1
    strata = within if exchanged == "families" else sides
    rows = np.arange(len(sides))
    return Units(tuple(rows[strata == value].reshape(-1, size) for value in np.unique(strata)))


def share_reaching(values: np.ndarray, above: bool) -> np.ndarray:
    """For each of m values the share of all that are as extreme as it or more (m,): its p-value.

    Values that are nan count as extreme, against each of the others; their own share is 1.
    """
    signed = values if above else -values
    known = np.sort(signed[~np.isnan(signed)])
    finite = known[np.isfinite(known)]
    tie = SAME * np.ptp(finite) if len(finite) else 0.0
    least = np.searchsorted(known, signed - tie, side="left")
    return np.where(np.isnan(signed), 1.0, (len(values) - least) / len(values))
