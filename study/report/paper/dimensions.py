"""Trials along d_Z and along a penalty: what Table 1 and Figure 3 have in common.

Both are studies on CelebA, whose distance of samples to images is the FID, or on its stand-in, where it is the Fréchet
distance on features of the factors. Their measures are taken thousands of times: NumPy, and no grouping by pandas.
"""

import numpy as np
import pandas as pd

DISTANCES = ("frechet_factors", "fid")
"""The first that a table has is the one its claims are about."""

ENCODERS = {"wae-deterministic": "deterministic", "wae-gaussian": "Gaussian"}


def distance_of(trials: pd.DataFrame) -> str:
    """The name of the distance; `KeyError` where the table has none."""
    for name in DISTANCES:
        if name in trials and trials[name].notna().any():
            return name
    raise KeyError(DISTANCES[-1])


def weight(trials: pd.DataFrame, name: str) -> np.ndarray:
    """λ₁ or λ₂ of each trial (n,); 0 for those that have none."""
    if name not in trials:
        return np.zeros(len(trials))
    values: np.ndarray = np.nan_to_num(trials[name].to_numpy(dtype=float))
    return values


def unpenalised(trials: pd.DataFrame, family: str) -> pd.DataFrame:
    """The family's trials without a penalty."""
    free = (weight(trials, "lambda_1") == 0) & (weight(trials, "lambda_2") == 0)
    return trials[free & (trials["family"].to_numpy() == family)]


def penalised(trials: pd.DataFrame, name: str) -> pd.DataFrame:
    """Gaussian encoders with the penalty `lambda_1` or `lambda_2`, and without the other."""
    other = {"lambda_1": "lambda_2", "lambda_2": "lambda_1"}[name]
    chosen = (weight(trials, name) > 0) & (weight(trials, other) == 0)
    return trials[chosen & (trials["family"].to_numpy() == "wae-gaussian")]


def at(trials: pd.DataFrame, latent_dim: float) -> pd.DataFrame:
    return trials[trials["latent_dim"].to_numpy(dtype=float) == latent_dim]


def means(trials: pd.DataFrame, key: str, column: str) -> tuple[np.ndarray, np.ndarray]:
    """The values of `key` in ascending order, and the mean of `column` over the trials of each: (k,), (k,)."""
    values, place = np.unique(trials[key].to_numpy(dtype=float), return_inverse=True)
    sums = np.bincount(place, trials[column].to_numpy(dtype=float), minlength=len(values))
    return values, sums / np.maximum(np.bincount(place, minlength=len(values)), 1)
