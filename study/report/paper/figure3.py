"""Figure 3: distance of samples over test reconstruction along λ₁, at a d_Z that is too small and at one too large.

The models without a penalty, and the deterministic ones, are those of Table 1. With it footnote 4 (which variances
collapse), and the L2 penalty that the paper mentions beside L1.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from study.report.paper import standin
from study.report.paper.dimensions import Models, models
from study.report.paper.figure3_drawing import draw
from study.report.paper.row import Measure, Row
from study.report.paper.table1 import FID_OF_THE_PAPER

COLLAPSED = -5.0
"""Log-variance below which a dimension has collapsed: codes spread by a twelfth of the prior's deviation at most."""


def columns(arrays: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Of a random encoder `collapsed_share`, of dimensions whose median log-variance over images is below `COLLAPSED`.

    And what the stand-in's own measures need.
    """
    if "log_spread_quantiles" not in arrays:
        return {}
    median = arrays["log_spread_quantiles"][2]
    return {"collapsed_share": float((median < COLLAPSED).mean()), **standin.columns(arrays)}


def l1_repairs(trials: pd.DataFrame) -> float:
    """Least mean distance over λ₁ > 0 at the largest d_Z, over the least of a deterministic encoder over d_Z."""
    all_of = models(trials)
    swept, deterministic = _swept(all_of, largest=True), all_of.free("wae-deterministic")
    if not (len(swept) and len(deterministic)):
        return float("nan")
    return float(swept.means("lambda_1", "distance")[1].min() / deterministic.means("latent_dim", "distance")[1].min())


def and_reconstructs_better(trials: pd.DataFrame) -> float:
    """Mean reconstruction of the best deterministic d_Z minus that of the best λ₁ > 0 at the largest d_Z, in nats."""
    all_of = models(trials)
    swept, deterministic = _swept(all_of, largest=True), all_of.free("wae-deterministic")
    if not (len(swept) and len(deterministic)):
        return float("nan")
    best = int(deterministic.means("latent_dim", "distance")[1].argmin())
    theirs = deterministic.means("latent_dim", "reconstruction")[1][best]
    return float(theirs - swept.means("lambda_1", "reconstruction")[1][_best(swept)])


def nothing_at_small(trials: pd.DataFrame) -> float:
    """Smallest d_Z: fall of the mean distance from λ₁ = 0 to the best λ₁ > 0, relative to the former."""
    all_of = models(trials)
    swept = _swept(all_of, largest=False)
    free = all_of.free("wae-gaussian").at(swept.latent_dim[0]) if len(swept) else swept
    if not len(free):
        return float("nan")
    return float(1 - swept.means("lambda_1", "distance")[1].min() / free.distance.mean())


def too_much(trials: pd.DataFrame) -> float:
    """Largest d_Z: the smaller of the relative rises of distance and reconstruction from the best to the largest λ₁."""
    swept = _swept(models(trials), largest=True)
    if not len(swept):
        return float("nan")
    best = _best(swept)
    distances = swept.means("lambda_1", "distance")[1]
    reconstructions = swept.means("lambda_1", "reconstruction")[1]
    return float(min(distances[-1] / distances[best], reconstructions[-1] / reconstructions[best]) - 1)


def l1_better_than_l2(trials: pd.DataFrame) -> float:
    """Largest d_Z: least mean distance over λ₂ > 0 minus that over λ₁ > 0, relative to the latter."""
    all_of = models(trials)
    swept = _swept(all_of, largest=True)
    squares = all_of.penalised("lambda_2").at(swept.latent_dim[0]) if len(swept) else swept
    if not len(squares):
        return float("nan")
    return float(squares.means("lambda_2", "distance")[1].min() / swept.means("lambda_1", "distance")[1].min() - 1)


def collapse(trials: pd.DataFrame) -> float:
    """Gaussian encoder without penalty, largest d_Z: mean share of the dimensions that have collapsed."""
    free = models(trials).free("wae-gaussian")
    return float(free.at(free.latent_dim.max()).collapsed.mean()) if len(free) else float("nan")


MEASURES: dict[str, Measure] = {
    "figure3-l1-repairs": l1_repairs,
    "figure3-and-reconstructs-better": and_reconstructs_better,
    "figure3-nothing-at-small": nothing_at_small,
    "figure3-too-much": too_much,
    "figure3-l1-better-than-l2": l1_better_than_l2,
    "footnote4-collapse": collapse,
    "footnote4-not-all": lambda trials: 1 - collapse(trials),
    **{name: measure for name, measure in standin.MEASURES.items() if name.startswith("figure3-")},
}


def _swept(all_of: Models, *, largest: bool) -> Models:
    """Models with λ₁ > 0 at the largest or the smallest d_Z of the sweep; none where it has only one d_Z."""
    swept = all_of.penalised("lambda_1")
    dimensions = np.unique(swept.latent_dim)
    chosen = dimensions[-1 if largest else 0] if len(dimensions) > 1 else float("nan")
    return swept.at(float(chosen))


def _best(swept: Models) -> int:
    """Which λ₁ has the least mean distance, as its place among all."""
    return int(swept.means("lambda_1", "distance")[1].argmin())


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
