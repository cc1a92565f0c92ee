"""Figure 3: distance of samples over test reconstruction along λ₁, at a d_Z that is too small and at one too large.

The models without a penalty, and the deterministic ones, are those of Table 1. With it footnote 4 (which variances
collapse), and the L2 penalty that the paper mentions beside L1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from study.report.paper import standin
from study.report.paper.columns import Trials, mean_of, numbers_of
from study.report.paper.dimensions import (
    equally_many,
    free,
    models,
    penalised,
    same_dimension,
    swept,
    without_penalty,
)
from study.report.paper.figure3_drawing import draw
from study.report.paper.row import Measure, Reading, Row
from study.report.paper.table1 import FID_OF_THE_PAPER

COLLAPSED = -10.0
"""Log-variance that a collapsed dimension exceeds for no image, as footnote 4 says: codes spread by .7 % of the prior's
deviation at most."""


def columns(arrays: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Of a random encoder `collapsed_share`, of dimensions whose largest log-variance over images is below `COLLAPSED`.

    And what the stand-in's own measures need.
    """
    if "log_spread_quantiles" not in arrays:
        return {}
    largest = arrays["log_spread_quantiles"][-1]
    return {"collapsed_share": float((largest < COLLAPSED).mean()), **standin.columns(arrays)}


def l1_repairs(trials: Trials) -> float:
    """Least mean distance over λ₁ > 0, over the least of a deterministic encoder over d_Z."""
    deterministic, penalised = _best(trials, "wae-deterministic"), _best(trials, "lambda_1")
    if deterministic is None or penalised is None:
        return float("nan")
    return penalised.distance / deterministic.distance


def and_reconstructs_better(trials: Trials) -> float:
    """Mean reconstruction of the best deterministic d_Z minus that of the best λ₁ > 0, in nats."""
    deterministic, penalised = _best(trials, "wae-deterministic"), _best(trials, "lambda_1")
    if deterministic is None or penalised is None:
        return float("nan")
    return deterministic.reconstruction - penalised.reconstruction


def nothing_at_small(trials: Trials) -> float:
    """Fall of the mean distance from λ₁ = 0 to the best λ₁ > 0, relative to the former."""
    free, penalised = models(trials).free("wae-gaussian"), _best(trials, "lambda_1")
    if not len(free) or penalised is None:
        return float("nan")
    return float(1 - penalised.distance / free.distance.mean())


def too_much(trials: Trials) -> float:
    """The smaller of the relative rises of distance and of reconstruction above the floor, from one λ₁ to the next."""
    mine = models(trials).penalised("lambda_1")
    distances = mine.means("lambda_1", "distance")[1]
    if len(distances) != 2:
        return float("nan")
    excess = mine.means("lambda_1", "reconstruction")[1] - mine.means("lambda_1", "floor")[1]
    return float(min(distances[1] / distances[0], excess[1] / excess[0]) - 1)


def l1_better_than_l2(trials: Trials) -> float:
    """Least mean distance over λ₂ > 0 minus that over λ₁ > 0, relative to the latter."""
    absolute, squares = _best(trials, "lambda_1"), _best(trials, "lambda_2")
    return float("nan") if absolute is None or squares is None else squares.distance / absolute.distance - 1


def collapse(trials: Trials) -> float:
    """Gaussian encoder: mean share of the dimensions that have collapsed."""
    return mean_of(trials, "collapsed_share", "wae-gaussian")


def not_all(trials: Trials) -> float:
    """Gaussian encoder: mean number of the dimensions that are not active (`standin.ACTIVE`), but noise."""
    free = models(trials).free("wae-gaussian")
    random = (free.latent_dim - free.active)[np.isfinite(free.active)]
    return float(random.mean()) if len(random) else float("nan")


@dataclass(frozen=True)
class _Setting:
    """The d_Z or the weight with the least mean distance: its means over seeds."""

    distance: float
    reconstruction: float


def _best(trials: Trials, of: Literal["wae-deterministic", "lambda_1", "lambda_2"]) -> _Setting | None:
    """Over d_Z of the deterministic encoders, or over the weights of one penalty; None where there is no trial."""
    along: Literal["latent_dim", "lambda_1", "lambda_2"] = "latent_dim" if of == "wae-deterministic" else of
    mine = models(trials).free(of) if of == "wae-deterministic" else models(trials).penalised(of)
    if not len(mine):
        return None
    distances, reconstructions = (mine.means(along, value)[1] for value in ("distance", "reconstruction"))
    least = int(distances.argmin())
    return _Setting(float(distances[least]), float(reconstructions[least]))


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


UNPENALISED = free("wae-gaussian", among=slice(-1, None))

MEASURES: dict[str, Measure] = {
    "figure3-l1-repairs": Measure(l1_repairs, _repaired),
    "figure3-and-reconstructs-better": Measure(and_reconstructs_better, _repaired),
    "figure3-nothing-at-small": Measure(nothing_at_small, _at_smallest),
    "figure3-too-much": Measure(too_much, _largest_weights),
    "figure3-l1-better-than-l2": Measure(l1_better_than_l2, _penalties),
    "footnote4-collapse": Measure(collapse, UNPENALISED),
    "footnote4-not-all": Measure(not_all, UNPENALISED),
    **{name: measure for name, measure in standin.MEASURES.items() if name.startswith("figure3-")},
}


FIGURE3 = Row(
    draw=draw,
    title="Figure 3: what a penalty on the log-variances does to samples and reconstructions",
    caption=(
        "A panel for the smallest and one for the largest d_Z of the sweep; less is better on both axes. Means over "
        "seeds joined along λ₁ (and λ₂ of an L2 penalty), labelled where there is room; each seed is a small dot. "
        "Lines across and upright: the deterministic encoder's mean distance and mean reconstruction, its standard "
        "deviation as a band. Below, images of the models that letters mark: of the best λ₁ by mean distance, of none, "
        "and of the best deterministic encoder, each from its first seed. " + FID_OF_THE_PAPER
    ),
    columns=columns,
    measures=MEASURES,
)
