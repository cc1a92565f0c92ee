"""Ends of axes, the trials beyond them, and the line of a front between them; for both plotting libraries.

One diverged model would otherwise push all others into a corner.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from study.config.space import Objective
from study.pareto.dominance import staircase

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


Panel = Mapping[str, Range]
"""The axes of a panel by the names of their objectives."""


def front_line(trials: pd.DataFrame, x: Objective, y: Objective, panel: Panel) -> np.ndarray:
    """Corners (k, 2) of the line between what these trials dominate and what they do not, out to the panel's edges."""
    signs = np.array([x.sign, y.sign])
    worst = [max(o.sign * panel[o.name].low, o.sign * panel[o.name].high) for o in (x, y)]
    corners: np.ndarray = staircase(trials[[x.name, y.name]].to_numpy(dtype=float) * signs, (worst[0], worst[1]))
    return corners * signs


def beyond(trials: pd.DataFrame, *panels: Panel) -> int:
    """How many of the trials lie beyond an axis of some panel."""
    outside = np.zeros(len(trials), dtype=bool)
    for panel in panels:
        for name, reach in panel.items():
            outside |= ~reach.holds(trials[name].to_numpy(dtype=float))
    return int(outside.sum())
