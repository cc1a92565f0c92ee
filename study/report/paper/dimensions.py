"""Trials along d_Z and along a penalty, as arrays: what Table 1 and Figure 3 have in common.

Both are studies on CelebA, whose distance of samples to images is the FID, or on its stand-in, where it is the Fréchet
distance on features of the factors.
"""

from dataclasses import dataclass, fields
from typing import Literal, Self

import numpy as np
import pandas as pd

from study.report.paper.columns import Trials, families_of, numbers_of, per_table
from study.report.paper.row import Reading, Sides

DISTANCES = ("frechet_factors", "fid")
"""The first that a table has is the one its claims are about."""

ENCODERS = {"wae-deterministic": "deterministic", "wae-gaussian": "Gaussian"}

Penalty = Literal["lambda_1", "lambda_2"]
Value = Literal["distance", "reconstruction", "floor", "collapsed"]


@dataclass(frozen=True)
class Models:
    """One entry a trial, all (n,); `row` is its place in the table. A weight is 0 where a family has none."""

    row: np.ndarray
    family: np.ndarray
    latent_dim: np.ndarray
    lambda_1: np.ndarray
    lambda_2: np.ndarray
    distance: np.ndarray
    reconstruction: np.ndarray
    floor: np.ndarray
    collapsed: np.ndarray
    active: np.ndarray

    def __len__(self) -> int:
        return len(self.row)

    def where(self, chosen: np.ndarray) -> Self:
        """Those that `chosen` (n,) says: truths, or places."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def free(self, family: str) -> Self:
        """Those of a family without a penalty."""
        return self.where((self.family == family) & (self.lambda_1 == 0) & (self.lambda_2 == 0))

    def penalised(self, by: Penalty) -> Self:
        """Gaussian encoders with one penalty, and without the other."""
        own, other = (self.lambda_1, self.lambda_2) if by == "lambda_1" else (self.lambda_2, self.lambda_1)
        return self.where((self.family == "wae-gaussian") & (own > 0) & (other == 0))

    def at(self, latent_dim: float) -> Self:
        return self.where(self.latent_dim == latent_dim)

    def means(self, along: Penalty | Literal["latent_dim"], value: Value) -> tuple[np.ndarray, np.ndarray]:
        """The settings in ascending order, and the mean value over the trials of each: (k,), (k,)."""
        settings, place = np.unique(getattr(self, along), return_inverse=True)
        sums = np.bincount(place, getattr(self, value), minlength=len(settings))
        return settings, sums / np.bincount(place, minlength=len(settings))


@per_table
def models(trials: Trials) -> Models:
    """Of a table of trials. `KeyError` where it has no distance."""
    return Models(
        row=np.arange(len(trials)),
        family=families_of(trials),
        latent_dim=numbers_of(trials, "latent_dim"),
        lambda_1=np.nan_to_num(numbers_of(trials, "lambda_1")),
        lambda_2=np.nan_to_num(numbers_of(trials, "lambda_2")),
        distance=numbers_of(trials, distance_of(trials)),
        reconstruction=numbers_of(trials, "reconstruction"),
        floor=numbers_of(trials, "reconstruction_floor"),
        collapsed=numbers_of(trials, "collapsed_share"),
        active=numbers_of(trials, "active_dimensions"),
    )


def distance_of(trials: Trials) -> str:
    """The name of the distance; `KeyError` where the table has none."""
    for name in DISTANCES:
        if name in trials:
            return name
    raise KeyError(DISTANCES[-1])


def free(*names: str, among: slice = slice(None)) -> Sides:
    """These families without a penalty, at those of the d_Z in ascending order that all of them have."""

    def sides(configurations: pd.DataFrame, _: Reading | None) -> tuple[np.ndarray, ...]:
        masks = [without_penalty(configurations, name) for name in names]
        dimensions = numbers_of(configurations, "latent_dim")
        common = sorted(set.intersection(*(set(dimensions[mask]) for mask in masks)))[among]
        return tuple(mask & np.isin(dimensions, common) for mask in masks)

    return sides


def swept(configurations: pd.DataFrame, end: Literal["smallest", "largest"]) -> np.ndarray:
    """Gaussian encoders with an L1 penalty at one end of the d_Z along which it is swept; none where that is one."""
    mask, dimensions = penalised(configurations, "lambda_1"), numbers_of(configurations, "latent_dim")
    ends = np.unique(dimensions[mask])
    return mask & (dimensions == ends[-1 if end == "largest" else 0]) & (len(ends) > 1) if len(ends) else mask


def same_dimension(configurations: pd.DataFrame, other: np.ndarray) -> np.ndarray:
    """Configurations at a d_Z of others (n,)."""
    dimensions = numbers_of(configurations, "latent_dim")
    return np.isin(dimensions, dimensions[other])


def equally_many(*sides: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, ...]:
    """Of sides that have masks (n,) and are ordered by values (n,): as many values of each as of the shortest.

    Those of a longer side are spread evenly over it, both ends included.
    """
    every = [np.unique(values[mask]) for mask, values in sides]
    fewest = min(map(len, every))
    kept = [some[np.rint(np.linspace(0, len(some) - 1, fewest)).astype(int)] for some in every]
    return tuple(mask & np.isin(values, some) for (mask, values), some in zip(sides, kept, strict=True))


def without_penalty(configurations: pd.DataFrame, family: str) -> np.ndarray:
    weights = [np.nan_to_num(numbers_of(configurations, name)) for name in ("lambda_1", "lambda_2")]
    mask: np.ndarray = (families_of(configurations) == family) & (weights[0] == 0) & (weights[1] == 0)
    return mask


def penalised(configurations: pd.DataFrame, by: Penalty) -> np.ndarray:
    other = "lambda_2" if by == "lambda_1" else "lambda_1"
    own, none = (np.nan_to_num(numbers_of(configurations, name)) for name in (by, other))
    mask: np.ndarray = (families_of(configurations) == "wae-gaussian") & (own > 0) & (none == 0)
    return mask
