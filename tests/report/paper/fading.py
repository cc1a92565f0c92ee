"""Models of fading squares that do just what the paper says: their arrays, evidence and measures."""

from collections.abc import Callable

import numpy as np

from study.report.paper import ROWS, Evidence


def arrays_of(family: str, size: int = 100, seed: int = 0) -> dict[str, np.ndarray]:
    """Arrays as a model of the family would leave them that does just what the paper says."""
    rng = np.random.default_rng(seed)
    t = np.linspace(-1, 1, 1000)
    prior = rng.uniform(-1, 1, (1000, 2))
    levels = np.tile(np.linspace(0.0, 36 / 1024, 41), (41, 1))
    arrays: dict[str, np.ndarray] = {"prior_samples": prior, "plane_half_side": np.array(1.0, np.float32)}
    if family == "wae-uniform":
        means = np.stack([0 * t, t], axis=1)
        half_sides = np.stack([np.full(1000, 0.98), np.full(1000, 0.001)], axis=1)
        arrays |= {"means": means, "log_spreads": np.log(half_sides), "plane_brightness": levels.T}
        arrays["codes"] = means + half_sides * rng.uniform(-1, 1, (1000, 2))
    else:
        turns = np.log2(size) / 4
        means = np.stack([0.9 * t, 0.8 * np.sin(turns * np.pi * t)], axis=1)
        arrays |= {"means": means, "codes": means, "plane_brightness": levels}
    if family == "vae":
        arrays |= {"log_spreads": np.zeros((1000, 2)), "plane_half_side": np.array(2.5, np.float32)}
    pace = 0.02 if family == "wae-gan" else 0.002
    steps = np.arange(101)
    shifts = pace * np.stack([steps, 0 * steps], axis=1)[:, None, :]
    arrays["trajectory"] = (means[::10] + shifts).astype(np.float16)
    arrays["trajectory_step"] = 80 * steps
    arrays["plane"] = np.full((11, 11, 1, 32, 32), 90, np.uint8)
    arrays["pixel_deviation"] = rng.normal(0, 0.01, 241).astype(np.float32)
    return arrays


Made = Callable[..., Evidence]


def measured(evidence: Evidence, row: str) -> dict[str, float]:
    return {name: measure(evidence.trials) for name, measure in ROWS[row].measures.items()}
