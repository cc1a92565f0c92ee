"""Figure 3: distance of samples over test reconstruction along λ₁, at a d_Z that is too small and at one too large.

The models without a penalty, and the deterministic ones, are those of Table 1. With it footnote 4 (which variances
collapse), and the L2 penalty that the paper mentions beside L1.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from study.report.paper import standin
from study.report.paper.dimensions import at, distance_of, means, penalised, unpenalised
from study.report.paper.figure3_drawing import draw
from study.report.paper.row import Measure, Row

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
    swept, deterministic = _swept(trials, largest=True), unpenalised(trials, "wae-deterministic")
    if swept.empty or deterministic.empty:
        return float("nan")
    distance = distance_of(trials)
    return float(means(swept, "lambda_1", distance)[1].min() / means(deterministic, "latent_dim", distance)[1].min())


def and_reconstructs_better(trials: pd.DataFrame) -> float:
    """Mean reconstruction of the best deterministic d_Z minus that of the best λ₁ > 0 at the largest d_Z, in nats."""
    swept, deterministic = _swept(trials, largest=True), unpenalised(trials, "wae-deterministic")
    if swept.empty or deterministic.empty:
        return float("nan")
    return _at_best(deterministic, "latent_dim", trials) - _at_best(swept, "lambda_1", trials)


def nothing_at_small(trials: pd.DataFrame) -> float:
    """Smallest d_Z: fall of the mean distance from λ₁ = 0 to the best λ₁ > 0, relative to the former."""
    swept = _swept(trials, largest=False)
    if swept.empty:
        return float("nan")
    distance = distance_of(trials)
    free = at(unpenalised(trials, "wae-gaussian"), float(swept["latent_dim"].iloc[0]))
    if free.empty:
        return float("nan")
    return float(1 - means(swept, "lambda_1", distance)[1].min() / free[distance].to_numpy(dtype=float).mean())


def too_much(trials: pd.DataFrame) -> float:
    """Largest d_Z: the smaller of the relative rises of distance and reconstruction from the best to the largest λ₁."""
    swept = _swept(trials, largest=True)
    if swept.empty:
        return float("nan")
    distances = means(swept, "lambda_1", distance_of(trials))[1]
    reconstructions = means(swept, "lambda_1", "reconstruction")[1]
    best = int(distances.argmin())
    return float(min(distances[-1] / distances[best], reconstructions[-1] / reconstructions[best]) - 1)


def l1_better_than_l2(trials: pd.DataFrame) -> float:
    """Largest d_Z: least mean distance over λ₂ > 0 minus that over λ₁ > 0, relative to the latter."""
    swept = _swept(trials, largest=True)
    if swept.empty:
        return float("nan")
    squares = at(penalised(trials, "lambda_2"), float(swept["latent_dim"].iloc[0]))
    if squares.empty:
        return float("nan")
    distance = distance_of(trials)
    return float(means(squares, "lambda_2", distance)[1].min() / means(swept, "lambda_1", distance)[1].min() - 1)


def collapse(trials: pd.DataFrame) -> float:
    """Gaussian encoder without penalty, largest d_Z: mean share of the dimensions that have collapsed."""
    free = unpenalised(trials, "wae-gaussian")
    if free.empty:
        return float("nan")
    dimensions = free["latent_dim"].to_numpy(dtype=float)
    return float(free["collapsed_share"].to_numpy(dtype=float)[dimensions == dimensions.max()].mean())


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


def _swept(trials: pd.DataFrame, *, largest: bool) -> pd.DataFrame:
    """Trials with λ₁ > 0 at the largest or the smallest d_Z of the sweep; none where it has only one d_Z."""
    swept = penalised(trials, "lambda_1")
    dimensions = np.unique(swept["latent_dim"].to_numpy(dtype=float))
    if len(dimensions) < 2:
        return swept.iloc[:0]
    return at(swept, float(dimensions[-1 if largest else 0]))


def _at_best(trials: pd.DataFrame, key: str, everything: pd.DataFrame) -> float:
    """Mean reconstruction where the mean distance is least."""
    distances = means(trials, key, distance_of(everything))[1]
    return float(means(trials, key, "reconstruction")[1][distances.argmin()])


FIGURE3 = Row(
    draw=draw,
    title="Figure 3: what a penalty on the log-variances does to samples and reconstructions",
    caption=(
        "A panel for the smallest and one for the largest d_Z of the sweep; less is better on both axes. Means over "
        "seeds joined along λ₁ (and λ₂ of an L2 penalty), labelled where there is room; each seed is a small dot. Lines "
        "across and upright: the deterministic encoder's mean distance and mean reconstruction, its standard deviation "
        "as a band. Below, images of the models that letters mark: of the best λ₁ by mean distance, of none, and of the "
        "best deterministic encoder, each from its first seed."
    ),
    columns=columns,
    measures=MEASURES,
)
