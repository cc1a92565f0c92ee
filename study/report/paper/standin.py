"""What can be asked only of a stand-in for CelebA, because its intrinsic dimension d_I is known: Table 1 and Figure 3.

Its datasets say d_I in their names: `faces-8`, `faces-8-64`. Measures are nan for any other dataset.
"""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from study.report.paper.columns import Trials, numbers_of
from study.report.paper.dimensions import ENCODERS, free, models, swept
from study.report.paper.row import Measure, Reading

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


def active_dimensions_off(trials: Trials) -> float:
    """|mean number of active dimensions - d_I| for the λ₁ > 0 with the least mean distance."""
    known, regularised = _intrinsic_dimension(trials), models(trials).penalised("lambda_1")
    if known is None or not len(regularised):
        return float("nan")
    penalties, distances = regularised.means("lambda_1", "distance")
    active = regularised.active[regularised.lambda_1 == penalties[distances.argmin()]]
    active = active[np.isfinite(active)]
    return float(abs(active.mean() - known)) if len(active) else float("nan")


def best_at_intrinsic_dimension(trials: Trials) -> float:
    """Deterministic encoders: mean distance at the smallest d_Z ≥ d_I, over the least at any other d_Z."""
    known = _intrinsic_dimension(trials)
    dimensions, distances = models(trials).free("wae-deterministic").means("latent_dim", "distance")
    if known is None or len(dimensions) < 2 or dimensions[-1] < known:
        return float("nan")
    enough = int(np.searchsorted(dimensions, known))
    return float(distances[enough] / np.delete(distances, enough).min())


def excess_below_intrinsic_dimension(trials: Trials) -> float:
    """Both encoders, no penalty: mean reconstruction above the floor at the largest d_Z < d_I over that at the next."""
    known, all_of = _intrinsic_dimension(trials), models(trials)
    plain = all_of.where(np.concatenate([all_of.free(family).row for family in ENCODERS]))
    dimensions, reconstructions = plain.means("latent_dim", "reconstruction")
    above = reconstructions - plain.means("latent_dim", "floor")[1]
    if known is None or not len(dimensions) or not dimensions[0] < known <= dimensions[-1]:
        return float("nan")
    enough = int(np.searchsorted(dimensions, known))
    return float(above[enough - 1] / above[enough])


def around_intrinsic_dimension(configurations: pd.DataFrame, reading: Reading | None) -> tuple[np.ndarray, ...]:
    """Both encoders without a penalty, at the largest d_Z below d_I and at the smallest from it on."""
    known, masks = _intrinsic_dimension(configurations), free(*ENCODERS)(configurations, reading)
    dimensions = numbers_of(configurations, "latent_dim")
    present = np.unique(dimensions[masks[0]])
    enough = len(present) if known is None else int(np.searchsorted(present, known))
    chosen = present[enough - 1 : enough + 1] if 0 < enough < len(present) else present[:0]
    return tuple(mask & np.isin(dimensions, chosen) for mask in masks)


MEASURES: dict[str, Measure] = {
    "table1-best-at-intrinsic": Measure(best_at_intrinsic_dimension, free("wae-deterministic")),
    "table1-poor-below-intrinsic": Measure(excess_below_intrinsic_dimension, around_intrinsic_dimension),
    "figure3-active-dimensions": Measure(active_dimensions_off, lambda table, _: (swept(table, "largest"),)),
}
"""By the ids of `claims.yaml`; for the rows `table1` (the first two) and `figure3`."""


def _intrinsic_dimension(trials: Trials) -> int | None:
    names = set(trials["dataset"])
    return intrinsic_dimension(str(*names)) if len(names) == 1 else None
