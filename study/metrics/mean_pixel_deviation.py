"""How far the brightness of generated fading squares is from uniform (Figure 2 of the paper).

A fading square is 32×32, with 6×6 pixels of one grey level that is uniform on [0, 1], on black: its mean pixel value is
uniform on [0, 36/1024]. The metric is the largest absolute difference between the empirical distribution function of
the mean pixel values of generated images and that of this uniform distribution (the Kolmogorov-Smirnov statistic).

Range: 1/(2n) for n images to 1; lower is better. A perfect generator gives about 0.87/sqrt(n) from chance alone.
"""

import numpy as np

from study.metrics.checks import check_array

LARGEST_MEAN = 36 / 1024
"""The mean pixel value of a white square."""

CURVE_AT = np.linspace(0, 0.048, 241)
"""Mean pixel values at which Figure 2 draws the deviation: the paper's axis, past the white square's .0352."""


def mean_pixel_deviation(means: np.ndarray) -> float:
    """The largest deviation for the mean pixel values `means` (n,). `ValueError` if it is empty or not finite."""
    check_array("means", means)
    if means.ndim != 1 or means.size == 0 or not np.isfinite(means).all():
        raise ValueError(f"means: a non-empty (n,) array of finite values is needed; received shape {means.shape}")
    n = len(means)
    expected = np.clip(np.sort(means.astype(np.float64)) / LARGEST_MEAN, 0, 1)
    below = np.arange(n) / n
    above = np.arange(1, n + 1) / n
    return float(max(np.max(above - expected), np.max(expected - below)))


def deviation_curve(means: np.ndarray) -> np.ndarray:
    """Empirical minus uniform distribution function of the mean pixel values `means` (n,), at each of `CURVE_AT`."""
    below = np.searchsorted(np.sort(means), CURVE_AT, side="right") / len(means)
    curve: np.ndarray = below - np.clip(CURVE_AT / LARGEST_MEAN, 0, 1)
    return curve
