"""95 % intervals of measures by random groups: Wolter, Introduction to Variance Estimation, 2007, chapter 2.

The measure is taken on all n replicates together and on each alone. Its standard error is
√(Σ (single - together)² / (n (n - 1))), and its interval reaches t(n - 1, .975) standard errors to both sides. Of a
mean this is the t interval. Deviations are about the value of all together, not about the mean of the singles: a
measure that chooses the best setting is biased on few trials, and that bias widens its interval.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t

COVERAGE = 0.95
FEWEST = 3
"""Replicates that an interval needs: with two, t has a single degree of freedom and a factor of 12.7."""


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
