"""Significance of a measure: its 95 % interval from replicates, and how often exchanged outcomes reach its value.

Intervals are by random groups (Wolter, Introduction to Variance Estimation, 2007, chapter 2). The measure is taken on
all n replicates together and on each alone. Its standard error is √(Σ (single - together)² / (n (n - 1))), and its
interval reaches t(n - 1, .975) standard errors to both sides. Of a mean this is the t interval. Deviations are about
the value of all together, not about the mean of the singles: a measure that chooses the best setting is biased on few
trials, and that bias widens its interval.

For p-values the stored outcomes of trials are exchanged as if labels meant nothing. Units keep their outcomes together,
all metrics of them: whole configurations with all their replicates where every side of a comparison has four or more,
else single trials. Of comparisons of families they are exchanged among all sides; of trends along a setting within each
side. The observed table is one of those that are counted, so that no p-value is zero (Phipson and Smyth, 2010).
"""

from collections.abc import Iterator, Sequence
from itertools import permutations, product
from math import factorial, prod
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

COVERAGE = 0.95
FEWEST = 3
"""Replicates that an interval needs: with two, t has a single degree of freedom and a factor of 12.7."""

Exchanged = Literal["families", "settings", "nothing"]
"""Subjects of a claim: families; settings of a family; nothing, where it is about one size or about likeness."""

EXCHANGES = 1_000
"""Exchanges that are drawn, the observed table among them; all there are, where these are fewer."""

WHOLE_FROM = 4
"""Least number of configurations of each side for these to be exchanged whole: 4 and 4 part in 70 ways, 4 in a row in
24."""

EXTREME = 0.05
"""Largest share of the exchanged values that may reach a value which is called extreme."""

SAME = 1e-9
"""Difference, as a fraction of the values' range, up to which two are tied: sums in another order differ in bits."""


def intervals(together: ArrayLike, singles: ArrayLike) -> np.ndarray:
    """The lower and the upper ends (..., 2) of measures with these values (...) and (..., n), n at least `FEWEST`.

    Where all values are one infinity, so are both ends; where some values are infinite or nan, both ends are nan.
    """
    middle, alone = np.asarray(together, dtype=np.float64), np.asarray(singles, dtype=np.float64)
    n = alone.shape[-1]
    if n < FEWEST:
        raise ValueError(f"singles: needs {FEWEST} replicates at least; received {n}")
    same = (alone == middle[..., None]).all(axis=-1)
    with np.errstate(invalid="ignore"):
        squares = np.square(alone - middle[..., None]).sum(axis=-1)
    finite = np.isfinite(middle) & np.isfinite(squares)
    reach = np.where(finite, t.ppf((1 + COVERAGE) / 2, n - 1) * np.sqrt(squares / (n * (n - 1))), np.nan)
    reach = np.where(same, 0.0, reach)
    ends: np.ndarray = np.stack([middle - reach, middle + reach], axis=-1)
    return ends


def exchange_units(exchanged: Exchanged, sides: np.ndarray, within: np.ndarray, replicates: int) -> list[np.ndarray]:
    """Strata of exchangeable units, in a table of configurations in a row, each with so many trials: n rows.

    A stratum (k, m) has the rows of its k units of m trials each. `sides` (n,) numbers the side of each trial, `within`
    (n,) has the value of the setting that stays with its outcomes.
    """
    counts = np.unique(sides, return_counts=True)[1] // replicates
    size = replicates if (counts >= WHOLE_FROM).all() else 1
    strata = within if exchanged == "families" else sides
    rows = np.arange(len(sides))
    return [rows[strata == value].reshape(-1, size) for value in np.unique(strata)]


def exchange_orders(strata: Sequence[np.ndarray], size: int) -> np.ndarray:
    """Orders (m, size): from which row of a table of `size` each row takes its outcomes; the first is as observed.

    `strata`: see `exchange_units`. All exchanges, or `EXCHANGES` random ones, the same for the same strata.
    """
    number = min(EXCHANGES, prod(factorial(len(rows)) for rows in strata))
    orders = np.tile(np.arange(size), (number, 1))
    for order, chosen in zip(orders, _exchanges(strata), strict=True):
        for rows, taken in zip(strata, chosen, strict=True):
            order[rows] = rows[list(taken)]
    return orders


def _exchanges(strata: Sequence[np.ndarray]) -> Iterator[Sequence[Sequence[int] | np.ndarray]]:
    """Each exchange: for every stratum, the unit that each of its units takes its outcomes from."""
    if prod(factorial(len(rows)) for rows in strata) <= EXCHANGES:
        yield from product(*(permutations(range(len(rows))) for rows in strata))
        return
    rng = np.random.default_rng(0)
    yield [range(len(rows)) for rows in strata]
    for _ in range(EXCHANGES - 1):
        yield [rng.permutation(len(rows)) for rows in strata]


def share_reaching(values: np.ndarray, above: bool) -> np.ndarray:
    """The p-value of each of m values (m,): the share of all that are as extreme as it or more.

    Values that are nan count as extreme, against each of the others; their own share is 1.
    """
    signed = values if above else -values
    known = np.sort(signed[~np.isnan(signed)])
    finite = known[np.isfinite(known)]
    tie = SAME * np.ptp(finite) if len(finite) else 0.0
    least = np.searchsorted(known, signed - tie, side="left")
    return np.where(np.isnan(signed), 1.0, (len(values) - least) / len(values))
