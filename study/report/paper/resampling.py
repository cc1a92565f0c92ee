"""The percentile interval of a measure's resampled values."""

import numpy as np

COVERAGE = 0.95

UNSAID = 0.025
"""Of the resamples, up to this share may leave a measure without a value (nan) and are left out. More, and there is no
interval: what remains would be those resamples that happen to suit the measure. Infinite values count as they are."""


def interval(values: np.ndarray) -> tuple[float, float] | None:
    """The middle 95 % of a measure's resampled values; None where more than `UNSAID` of them are nan.

    Its ends are values that occurred, the next outer ones, so that infinite values make no nan.
    """
    said = np.sort(values[~np.isnan(values)])
    if len(said) == 0 or len(said) < (1 - UNSAID) * len(values):
        return None
    tail = (1 - COVERAGE) / 2 * (len(said) - 1)
    return float(said[int(np.floor(tail))]), float(said[int(np.ceil(len(said) - 1 - tail))])
