"""What can be asked only of a stand-in for CelebA, because its intrinsic dimension d_I is known: Table 1 and Figure 3.

Its datasets say d_I in their names: `faces-8`, `faces-8-64`. Measures are nan for any other dataset.
"""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from study.report.paper.row import Measure

DISTANCE = "frechet_factors"
STANDIN = re.compile(r"faces-(\d+)(-\d+)?")

ACTIVE = -1.0
"""Log-variance below which a dimension is active: there the code's noise has at most 37 % of the prior's variance. A
dimension that the penalty has switched off lies at 0; one that codes a factor lies far below."""


def columns(arrays: Mapping[str, np.ndarray]) -> dict[str, float]:
    """`active_dimensions` of a trial with a random encoder: those whose median log-variance is below `ACTIVE`."""
    if "log_spread_quantiles" not in arrays:
        return {}
    return {"active_dimensions": float((arrays["log_spread_quantiles"][2] < ACTIVE).sum())}


def intrinsic_dimension(dataset: str) -> int | None:
    """d_I of `faces-8` or `faces-8-64` is 8; None for other datasets."""
    found = STANDIN.fullmatch(dataset)
    return int(found[1]) if found else None


def active_dimensions_off(trials: pd.DataFrame) -> float:
    """|mean number of active dimensions - d_I| at the largest d_Z, for the λ₁ > 0 with the least mean distance."""
    known = _intrinsic_dimension(trials)
    if known is None or not {"lambda_1", "active_dimensions"} <= set(trials):
        return float("nan")
    regularised = _gaussian(trials)
    regularised = regularised[regularised["lambda_1"] > 0]
    if regularised.empty:
        return float("nan")
    largest = regularised[regularised["latent_dim"] == regularised["latent_dim"].max()]
    means = largest.groupby("lambda_1")[[DISTANCE, "active_dimensions"]].mean()
    return float(abs(means.loc[means[DISTANCE].idxmin(), "active_dimensions"] - known))


def best_at_intrinsic_dimension(trials: pd.DataFrame) -> float:
    """Deterministic encoders: mean distance at the smallest d_Z ≥ d_I, over the least at any other d_Z."""
    known = _intrinsic_dimension(trials)
    deterministic = trials[trials["family"] == "wae-deterministic"]
    if known is None or deterministic["latent_dim"].nunique() < 2:
        return float("nan")
    means = deterministic.groupby("latent_dim")[DISTANCE].mean()
    enough = [dimension for dimension in means.index if dimension >= known]
    if not enough:
        return float("nan")
    return float(means[min(enough)] / means.drop(min(enough)).min())


def excess_below_intrinsic_dimension(trials: pd.DataFrame) -> float:
    """Both encoders, no penalty: mean reconstruction above the floor at the largest d_Z < d_I over that at the next."""
    known = _intrinsic_dimension(trials)
    plain = trials[(trials["family"] == "wae-deterministic") | (trials.index.isin(_plain(_gaussian(trials)).index))]
    above = (plain["reconstruction"] - plain["reconstruction_floor"]).groupby(plain["latent_dim"]).mean()
    if known is None or not (above.index < known).any() or not (above.index >= known).any():
        return float("nan")
    return float(above[above.index < known].iloc[-1] / above[above.index >= known].iloc[0])


MEASURES: dict[str, Measure] = {
    "table1-best-at-intrinsic": best_at_intrinsic_dimension,
    "table1-poor-below-intrinsic": excess_below_intrinsic_dimension,
    "figure3-active-dimensions": active_dimensions_off,
}
"""By the ids of `claims.yaml`; for the rows `table1` (the first two) and `figure3`."""


def _gaussian(trials: pd.DataFrame) -> pd.DataFrame:
    """Gaussian encoders without an L2 penalty."""
    gaussian = trials[trials["family"] == "wae-gaussian"]
    return gaussian[gaussian["lambda_2"].fillna(0) == 0] if "lambda_2" in gaussian else gaussian


def _plain(trials: pd.DataFrame) -> pd.DataFrame:
    return trials[trials["lambda_1"].fillna(0) == 0] if "lambda_1" in trials else trials


def _intrinsic_dimension(trials: pd.DataFrame) -> int | None:
    names = trials["dataset"].unique()
    return intrinsic_dimension(str(names[0])) if len(names) == 1 else None
