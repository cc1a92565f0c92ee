"""When trials ran, and for how long, as their metrics files show."""

import itertools
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from study.records.folder import TrialFolder

LONGEST_GAP = 600.0
"""Seconds between two lines of a trial above which it counts as interrupted: a running trial logs a line a minute,
and fewer while it computes costly metrics."""


def logged_times(trial: TrialFolder) -> NDArray[np.float64]:
    """Each line's seconds of training and its time in seconds since 1970: (lines, 2).

    The lines after one that cannot be read are left out; without a metrics file there are none.
    """
    times = []
    try:
        for line in trial.read_metrics():
            times.append((float(line["seconds"]), float(line["time"])))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return np.array([pair for pair in times if np.isfinite(pair).all()]).reshape(-1, 2)


def intervals(times: NDArray[np.float64]) -> list[tuple[float, float]]:
    """The intervals between consecutive times at which a trial ran; those of an interruption are left out."""
    ordered = sorted(times.tolist())
    return [(a, b) for a, b in itertools.pairwise(ordered) if b - a <= LONGEST_GAP]


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """The length of the union of intervals, each given by its begin and its end."""
    total, reached = 0.0, -np.inf
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return total
