"""Trials along d_Z and along a penalty, as arrays: shared by Table 1 and Figure 3.

Both are studies on CelebA, whose distance of samples to images is the FID, or on its stand-in, where it is the Fréchet
distance on features of the factors. Of the stand-in, the intrinsic dimension d_I of the data is known too: its datasets
have it in their names, `faces-8` or `faces-8-64`.
"""

import re
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import pandas as pd

from study.metrics import METRICS
from study.report.claims.measure import ByFamily, Reading, Sides, Trials, families_of, numbers_of

FID_OF_THE_PAPER = (
    "On CelebA our FID is against test images; the authors' public script takes as many training images as samples; "
    "the paper does not say how many."
)
"""Reason why an FID of the paper and one of ours do not compare to the point."""

DISTANCES = ("frechet_factors", "fid")
"""Distances by precedence: the claims are about the first that a table has."""

ENCODERS = {"wae-deterministic": "deterministic", "wae-gaussian": "Gaussian"}

STANDIN = re.compile(r"faces-(\d+)(-\d+)?")

Penalty = Literal["lambda_1", "lambda_2"]
Value = Literal["distance", "reconstruction", "floor"]


@dataclass(frozen=True)
class SweptModels(ByFamily):
    """One entry a trial, all (n,); `row` is its place in the table. A weight is 0 where a family has none.

    `active`: the number of active dimensions; `intrinsic_dim`: d_I of the dataset, nan where that is not known.
    """

    row: np.ndarray
    latent_dim: np.ndarray
    lambda_1: np.ndarray
    lambda_2: np.ndarray
    distance: np.ndarray
    reconstruction: np.ndarray
    floor: np.ndarray
    active: np.ndarray
    intrinsic_dim: np.ndarray

    @classmethod
    def among(cls, trials: Trials) -> Self:
        """The models of a table of trials. `KeyError` where it has no distance."""
        datasets = set(trials["dataset"])
        known = intrinsic_dimension(str(*datasets)) if len(datasets) == 1 else None
        return cls(
            family=families_of(trials),
            row=np.arange(len(trials)),
            latent_dim=numbers_of(trials, "latent_dim"),
            lambda_1=_weights(trials, "lambda_1"),
            lambda_2=_weights(trials, "lambda_2"),
            distance=numbers_of(trials, _distance_of(trials)),
            reconstruction=numbers_of(trials, "reconstruction"),
            floor=numbers_of(trials, "reconstruction_floor"),
            active=numbers_of(trials, "active_dimensions"),
            intrinsic_dim=np.full(len(trials), np.nan if known is None else known),
        )

    @property
    def known_dimension(self) -> float:
        """d_I of the dataset; nan where it is not known, or there is no model."""
        return float(self.intrinsic_dim[0]) if len(self) else float("nan")

    def free(self, *families: str) -> Self:
        """The models of these families without a penalty."""
        return self.where((self.lambda_1 == 0) & (self.lambda_2 == 0)).of(*families)

    def penalised(self, by: Penalty) -> Self:
        """Gaussian encoders with one penalty, and without the other."""
        weight, other = (self.lambda_1, self.lambda_2) if by == "lambda_1" else (self.lambda_2, self.lambda_1)
        return self.where((weight > 0) & (other == 0)).of("wae-gaussian")

    def at(self, latent_dim: float) -> Self:
        """The models of one d_Z."""
        return self.where(self.latent_dim == latent_dim)

    def best(self, along: Penalty | Literal["latent_dim"]) -> Self:
        """The models of the setting with the smallest mean distance; there is at least one model."""
        settings, distances = self.means(along, "distance")
        return self.where(getattr(self, along) == settings[distances.argmin()])

    def means(self, along: Penalty | Literal["latent_dim"], value: Value) -> tuple[np.ndarray, np.ndarray]:
        """The settings in ascending order, and the mean value over the trials of each: (k,), (k,)."""
        settings, place = np.unique(getattr(self, along), return_inverse=True)
        sums = np.bincount(place, getattr(self, value), minlength=len(settings))
        return settings, sums / np.bincount(place, minlength=len(settings))


def _distance_of(trials: Trials) -> str:
    for name in DISTANCES:
        if name in trials:
            return name
    raise KeyError(DISTANCES[-1])


def _weights(trials: Trials, name: Penalty) -> np.ndarray:
    """The weights of a penalty (n,), 0 where a family has none."""
    return np.nan_to_num(numbers_of(trials, name))


def intrinsic_dimension(dataset: str) -> int | None:
    """d_I of `faces-8` or `faces-8-64` is 8; None for other datasets."""
    match = STANDIN.fullmatch(dataset)
    return int(match[1]) if match else None


def free(*names: str, among: slice = slice(None)) -> Sides:
    """Sides: these families without a penalty, at those of the d_Z in ascending order that all of them have."""

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
    """Masks with as many values of each side as of the shortest; a side is a mask (n,) and its values (n,).

    Those of a longer side are spread evenly over it, both ends included.
    """
    every = [np.unique(values[mask]) for mask, values in sides]
    fewest = min(map(len, every))
    kept = [values[np.rint(np.linspace(0, len(values) - 1, fewest)).astype(int)] for values in every]
    return tuple(mask & np.isin(values, chosen) for (mask, values), chosen in zip(sides, kept, strict=True))


def without_penalty(configurations: pd.DataFrame, family: str) -> np.ndarray:
    """Mask (n,) of a family without a penalty."""
    weights = [_weights(configurations, name) for name in ("lambda_1", "lambda_2")]
    mask: np.ndarray = (families_of(configurations) == family) & (weights[0] == 0) & (weights[1] == 0)
    return mask


def penalised(configurations: pd.DataFrame, by: Penalty) -> np.ndarray:
    """Mask (n,) of Gaussian encoders with one penalty, and without the other."""
    weight, other = (_weights(configurations, name) for name in (by, "lambda_2" if by == "lambda_1" else "lambda_1"))
    mask: np.ndarray = (families_of(configurations) == "wae-gaussian") & (weight > 0) & (other == 0)
    return mask


def metric_label(metric: str) -> str:
    """The label of an axis."""
    if metric == "reconstruction":
        return "test reconstruction (nats per image)"
    return "FID" if metric == "fid" else METRICS[metric].description.partition(" on ")[0] + f" ({metric})"
