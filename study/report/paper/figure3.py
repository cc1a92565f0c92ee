"""Figure 3: distance of samples over test reconstruction along λ₁, at a d_Z that is too small and at one too large.

The models without a penalty, and the deterministic ones, are those of Table 1. With it footnote 4 (which variances
collapse), and the L2 penalty that the paper mentions in addition to L1.
"""

from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from study.report.claims.measure import Measure, Reading, mean_measure, numbers_of
from study.report.paper.dimensions import (
    FID_OF_THE_PAPER,
    Penalty,
    SweptModels,
    equally_many,
    free,
    penalised,
    same_dimension,
    swept,
    without_penalty,
)
from study.report.paper.figure3_drawing import draw_figure3
from study.report.paper.row import Arrays, Row

COLLAPSED = -10.0
"""Log-variance that a collapsed dimension exceeds for no image, as footnote 4 says: codes spread by .7 % of the prior's
deviation at most."""

ACTIVE_BELOW = -1.0
"""Log-variance below which a dimension is active: there the code's noise has at most 37 % of the prior's variance. A
dimension that the penalty has switched off lies at 0; one that codes a factor lies far below."""


def _columns(arrays: Arrays) -> dict[str, float]:
    """The share of collapsed dimensions of a random encoder, and the number of active ones.

    Collapsed are those whose largest log-variance over images is below `COLLAPSED`, active those whose median is below
    `ACTIVE_BELOW`.
    """
    if "log_spread_quantiles" not in arrays:
        return {}
    quantiles = arrays["log_spread_quantiles"]
    return {
        "collapsed_share": float((quantiles[-1] < COLLAPSED).mean()),
        "active_dimensions": float((quantiles[2] < ACTIVE_BELOW).sum()),
    }


def l1_repairs(models: SweptModels) -> float:
    """Least mean distance over λ₁ > 0, over the least of a deterministic encoder over d_Z."""
    return _best_penalised(models, "lambda_1")[0] / _best_deterministic(models)[0]


def and_reconstructs_better(models: SweptModels) -> float:
    """Mean reconstruction of the best deterministic d_Z minus that of the best λ₁ > 0, in nats."""
    return _best_deterministic(models)[1] - _best_penalised(models, "lambda_1")[1]


def nothing_at_small(models: SweptModels) -> float:
    """Fall of the mean distance from λ₁ = 0 to the best λ₁ > 0, relative to the former."""
    unpenalised = models.free("wae-gaussian")
    if not len(unpenalised):
        return float("nan")
    return float(1 - _best_penalised(models, "lambda_1")[0] / unpenalised.distance.mean())


def too_much(models: SweptModels) -> float:
    """The smaller of the relative rises of distance and of reconstruction above the floor, from one λ₁ to the next."""
    sweep = models.penalised("lambda_1")
    distances = sweep.means("lambda_1", "distance")[1]
    if len(distances) != 2:
        return float("nan")
    excess = sweep.means("lambda_1", "reconstruction")[1] - sweep.means("lambda_1", "floor")[1]
    return float(min(distances[1] / distances[0], excess[1] / excess[0]) - 1)


def l1_better_than_l2(models: SweptModels) -> float:
    """Least mean distance over λ₂ > 0 minus that over λ₁ > 0, relative to the latter."""
    return _best_penalised(models, "lambda_2")[0] / _best_penalised(models, "lambda_1")[0] - 1


def not_all(models: SweptModels) -> float:
    """Gaussian encoder without a penalty: mean number of the dimensions that are not active, but noise."""
    unpenalised = models.free("wae-gaussian")
    random = (unpenalised.latent_dim - unpenalised.active)[np.isfinite(unpenalised.active)]
    return float(random.mean()) if len(random) else float("nan")


def active_dimensions_off(models: SweptModels) -> float:
    """|mean number of active dimensions - d_I| for the λ₁ > 0 with the least mean distance; nan of unknown d_I."""
    sweep = models.penalised("lambda_1")
    if not len(sweep):
        return float("nan")
    active = sweep.best("lambda_1").active
    active = active[np.isfinite(active)]
    return float(abs(active.mean() - models.known_dimension)) if len(active) else float("nan")


def _best_deterministic(models: SweptModels) -> tuple[float, float]:
    """Means of distance and of reconstruction at the d_Z with the least mean distance; nan where there is no model."""
    return _least(models.free("wae-deterministic"), "latent_dim")


def _best_penalised(models: SweptModels, penalty: Penalty) -> tuple[float, float]:
    """The same at the best weight of a penalty."""
    return _least(models.penalised(penalty), penalty)


def _least(models: SweptModels, along: Penalty | Literal["latent_dim"]) -> tuple[float, float]:
    if not len(models):
        return float("nan"), float("nan")
    best = models.best(along)
    return float(best.means(along, "distance")[1][0]), float(best.means(along, "reconstruction")[1][0])


def _repaired(configurations: pd.DataFrame, _: Reading | None) -> tuple[np.ndarray, ...]:
    """Deterministic encoders over d_Z, and as many λ₁ > 0 at the largest d_Z."""
    sides = (without_penalty(configurations, "wae-deterministic"), swept(configurations, "largest"))
    along = (numbers_of(configurations, name) for name in ("latent_dim", "lambda_1"))
    return equally_many(*zip(sides, along, strict=True))


def _at_smallest(configurations: pd.DataFrame, _: Reading | None) -> tuple[np.ndarray, ...]:
    """Gaussian encoders at the smallest d_Z of the sweep: without a penalty, and with λ₁ > 0."""
    penalised = swept(configurations, "smallest")
    free = without_penalty(configurations, "wae-gaussian")
    return free & same_dimension(configurations, penalised), penalised


def _largest_weights(configurations: pd.DataFrame, _: Reading | None) -> tuple[np.ndarray, ...]:
    """The two largest λ₁ at the largest d_Z."""
    mask, weights = swept(configurations, "largest"), numbers_of(configurations, "lambda_1")
    return (mask & np.isin(weights, np.unique(weights[mask])[-2:]),)


def _penalties(configurations: pd.DataFrame, _: Reading | None) -> tuple[np.ndarray, ...]:
    """Equally many λ₁ > 0 and λ₂ > 0 at the largest d_Z of the former's sweep."""
    absolute = swept(configurations, "largest")
    squares = penalised(configurations, "lambda_2") & same_dimension(configurations, absolute)
    along = (numbers_of(configurations, name) for name in ("lambda_1", "lambda_2"))
    return equally_many(*zip((absolute, squares), along, strict=True))


_measure = partial(Measure, view=SweptModels.among)
_UNPENALISED = free("wae-gaussian", among=slice(-1, None))

_MEASURES = {
    "figure3-l1-repairs": _measure(l1_repairs, _repaired),
    "figure3-and-reconstructs-better": _measure(and_reconstructs_better, _repaired),
    "figure3-nothing-at-small": _measure(nothing_at_small, _at_smallest),
    "figure3-too-much": _measure(too_much, _largest_weights),
    "figure3-l1-better-than-l2": _measure(l1_better_than_l2, _penalties),
    "footnote4-collapse": replace(mean_measure("collapsed_share", "wae-gaussian"), sides=_UNPENALISED),
    "footnote4-not-all": _measure(not_all, _UNPENALISED),
    "figure3-active-dimensions": _measure(active_dimensions_off, lambda table, _: (swept(table, "largest"),)),
}

FIGURE3 = Row(
    draw=draw_figure3,
    title="Figure 3: what a penalty on the log-variances does to samples and reconstructions",
    caption=(
        "A panel for the smallest and one for the largest d_Z of the sweep; less is better on both axes. Means over "
        "seeds joined along λ₁ (and λ₂ of an L2 penalty), labelled where there is room; each seed is a small dot. "
        "Lines across and upright: the deterministic encoder's mean distance and mean reconstruction, its standard "
        "deviation as a band. Below, images of the models that letters mark: of the best λ₁ by mean distance, of none, "
        "and of the best deterministic encoder, each from its first seed. " + FID_OF_THE_PAPER
    ),
    columns=_columns,
    measures=_MEASURES,
)
