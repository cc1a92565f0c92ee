"""How far an axis goes, so that one diverged model does not push all others into a corner; and what lies beyond it."""

from dataclasses import dataclass

import numpy as np

FENCE = 3.0
"""Values worse than the upper quartile by more than this many quartile ranges are off the axis (Tukey: far out)."""

MARGIN = 0.06
"""Free space at both ends, as a fraction of the range."""

STRETCH = 0.5
"""The untrained models, or a bound of the metric, are put on the axis if it grows by no more than this for them."""


@dataclass(frozen=True)
class Range:
    """The ends of an axis, low < high."""

    low: float
    high: float

    def holds(self, values: np.ndarray) -> np.ndarray:
        inside: np.ndarray = (values >= self.low) & (values <= self.high)
        return inside

    def clip(self, values: np.ndarray) -> np.ndarray:
        return np.clip(values, self.low, self.high)


def axis_range(
    values: np.ndarray, sign: int, keep: np.ndarray, optional: float | None = None, bound: float | None = None
) -> Range:
    """The axis for `values`, whose worse side (large for sign +1, small for -1) may be cut; `keep` is always on it.

    `optional`, and on the better side `bound`, are put on it too where they are near enough.
    """
    turned, kept = sign * values, sign * keep
    everything = np.concatenate([turned, kept])
    if len(everything) == 0:
        return Range(0.0, 1.0)
    low = float(everything.min())
    high = float(kept.max()) if len(kept) else low
    if len(turned):
        lower, upper = np.percentile(turned, [25, 75])
        high = max(high, float(turned[turned <= upper + FENCE * (upper - lower)].max()))
    if optional is not None and np.isfinite(optional):
        reach = sign * optional
        if high < reach <= high + STRETCH * (high - low):
            high = reach
        low = min(low, reach)
    if bound is not None and low - STRETCH * (high - low) <= sign * bound < low:
        low = sign * bound
    margin = MARGIN * (high - low) or 0.05 * abs(high) or 1.0
    ends = sign * (low - margin), sign * (high + margin)
    return Range(min(ends), max(ends))
