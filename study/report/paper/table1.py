"""Table 1: distance of samples and test reconstruction along d_Z, of deterministic and of Gaussian encoders."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.report.claims.measure import Measure, Reading, numbers_of
from study.report.drawing.style import Look, legend, marker, panels
from study.report.paper.dimensions import (
    ENCODERS,
    FID_OF_THE_PAPER,
    SweptModels,
    Value,
    free,
    intrinsic_dimension,
    metric_label,
)
from study.report.paper.row import Evidence, Row
from study.report.published.numbers import paper_numbers


def reconstruction_falls(models: SweptModels) -> float:
    """The least fall of the mean reconstruction from one d_Z to the next, over both encoders, in nats."""
    falls = [-np.diff(models.free(family).means("latent_dim", "reconstruction")[1]) for family in ENCODERS]
    return float(np.concatenate(falls).min()) if all(map(len, falls)) else float("nan")


def falls_then_rises(models: SweptModels) -> float:
    """Deterministic: the smaller of the rises of the mean distance from its best d_Z to the two ends, relative to it.

    Where an end is the best, it is 0.
    """
    distances = _deterministic(models)[1]
    return float(min(distances[0], distances[-1]) / distances.min() - 1) if len(distances) > 2 else float("nan")


def best_above_smallest(models: SweptModels) -> float:
    """Deterministic: mean distance at the smallest d_Z minus that at the second smallest, relative to the latter."""
    distances = _deterministic(models)[1]
    return float(distances[0] / distances[1] - 1) if len(distances) > 1 else float("nan")


def random_like_deterministic(models: SweptModels) -> float:
    """The largest relative difference of the two encoders' mean distances."""
    both = _both(models, "distance")
    return float(np.abs(both[1] / both[0] - 1).max()) if both.shape[1] else float("nan")


def random_reconstructs_alike(models: SweptModels) -> float:
    """The largest relative difference of the two encoders' mean reconstructions above the floor, over all d_Z."""
    both = _both(models, "reconstruction")
    if not both.shape[1]:
        return float("nan")
    excess = both - models.floor.mean()
    return float(np.abs(excess[1] / excess[0] - 1).max())


def random_better_at_largest(models: SweptModels) -> float:
    """Mean distance at the largest d_Z: deterministic minus Gaussian, relative to the deterministic."""
    both = _both(models, "distance")
    return float(1 - both[1, -1] / both[0, -1]) if both.shape[1] else float("nan")


def best_at_intrinsic_dimension(models: SweptModels) -> float:
    """Deterministic: mean distance at the smallest d_Z ≥ d_I, over the least at any other d_Z; nan of unknown d_I."""
    known, (dimensions, distances) = models.known_dimension, _deterministic(models)
    if len(dimensions) < 2 or not dimensions[-1] >= known:
        return float("nan")
    enough = int(np.searchsorted(dimensions, known))
    return float(distances[enough] / np.delete(distances, enough).min())


def excess_below_intrinsic_dimension(models: SweptModels) -> float:
    """Both encoders: mean reconstruction above the floor at the largest d_Z < d_I over that at the next.

    nan where d_I is not known.
    """
    both = models.where(np.concatenate([models.free(family).row for family in ENCODERS]))
    dimensions, reconstructions = both.means("latent_dim", "reconstruction")
    excess = reconstructions - both.means("latent_dim", "floor")[1]
    if not len(dimensions) or not dimensions[0] < models.known_dimension <= dimensions[-1]:
        return float("nan")
    enough = int(np.searchsorted(dimensions, models.known_dimension))
    return float(excess[enough - 1] / excess[enough])


def _deterministic(models: SweptModels) -> tuple[np.ndarray, np.ndarray]:
    """The d_Z of deterministic encoders in ascending order, and the mean distance at each."""
    return models.free("wae-deterministic").means("latent_dim", "distance")


def _both(models: SweptModels, value: Value) -> np.ndarray:
    """Means of deterministic and Gaussian encoders at every d_Z that both have: (2, k)."""
    (one, first), (other, second) = (models.free(family).means("latent_dim", value) for family in ENCODERS)
    common = np.intersect1d(one, other)
    return np.array([first[np.isin(one, common)], second[np.isin(other, common)]])


def _around_intrinsic_dimension(configurations: pd.DataFrame, reading: Reading | None) -> tuple[np.ndarray, ...]:
    """Both encoders without a penalty, at the largest d_Z below d_I and the smallest d_Z of at least d_I."""
    names, masks = set(configurations["dataset"]), free(*ENCODERS)(configurations, reading)
    known = intrinsic_dimension(str(*names)) if len(names) == 1 else None
    dimensions = numbers_of(configurations, "latent_dim")
    present = np.unique(dimensions[masks[0]])
    enough = len(present) if known is None else int(np.searchsorted(present, known))
    chosen = present[enough - 1 : enough + 1] if 0 < enough < len(present) else present[:0]
    return tuple(mask & np.isin(dimensions, chosen) for mask in masks)


_measure = partial(Measure, view=SweptModels.among)
_DETERMINISTIC, _BOTH = free("wae-deterministic"), free(*ENCODERS)

_MEASURES = {
    "table1-reconstruction-falls": _measure(reconstruction_falls, _BOTH),
    "table1-fid-falls-then-rises": _measure(falls_then_rises, _DETERMINISTIC),
    "table1-best-above-smallest": _measure(best_above_smallest, free("wae-deterministic", among=slice(2))),
    "table1-random-like-deterministic": _measure(random_like_deterministic, free(*ENCODERS, among=slice(-1))),
    "table1-random-reconstructs-alike": _measure(random_reconstructs_alike, _BOTH),
    "table1-random-better-at-largest": _measure(
        random_better_at_largest, free(*ENCODERS, among=slice(-1, None)), within="latent_dim"
    ),
    "table1-best-at-intrinsic": _measure(best_at_intrinsic_dimension, _DETERMINISTIC),
    "table1-poor-below-intrinsic": _measure(excess_below_intrinsic_dimension, _around_intrinsic_dimension),
}


def _draw(evidence: Evidence, look: Look) -> Figure | None:
    """Two panels over d_Z, our seeds as points next to their mean; on CelebA with the paper's mean ± s.d.."""
    trials, distance = evidence.trials, evidence.distance
    if distance is None or distance not in trials:
        return None
    models = SweptModels.among(trials)
    ours = {family: models.free(family) for family in ENCODERS}
    dimensions = np.unique(np.concatenate([each.latent_dim for each in ours.values()]))
    if len(dimensions) < 2:
        return None
    figure, axes = panels(look, 2)
    published = paper_numbers("table1")
    theirs = published if evidence.dataset == published["dataset"] and distance == "fid" else None
    known = intrinsic_dimension(evidence.dataset)
    values: list[tuple[Value, str]] = [("distance", distance), ("reconstruction", "reconstruction")]
    for ax, (value, metric) in zip(axes, values, strict=True):
        _panel(ax, look, ours, dimensions, value, theirs)
        ax.set_ylabel(metric_label(metric), fontsize=9)
        if known in dimensions:
            ax.axvline(float(np.flatnonzero(dimensions == known)[0]), color=look.faint, linestyle=":", linewidth=1)
    handles = [
        Line2D([], [], color=look.colour(family), marker=marker(family), label=f"{word}, ours")
        for family, word in ENCODERS.items()
    ]
    if theirs is not None:
        handles += [
            Line2D([], [], color=look.colour(family), marker=marker(family), markerfacecolor="none", linestyle=":",
                   alpha=0.8, label=f"{word}, paper (mean ± s.d.)")
            for family, word in ENCODERS.items()
        ]  # fmt: skip
    if known in dimensions:
        handles.append(Line2D([], [], color=look.faint, linestyle=":", label="d_Z = d_I, the data's own dimension"))
    legend(figure, look, handles, columns=2 if theirs is not None else 3)
    return figure


def _panel(
    ax: Axes, look: Look, ours: dict[str, SweptModels], dimensions: np.ndarray, value: Value,
    theirs: dict[str, Any] | None,
) -> None:  # fmt: skip
    for side, (family, models) in zip((-1, 1), ours.items(), strict=True):
        colour, shape = look.colour(family), marker(family)
        places = np.searchsorted(dimensions, models.latent_dim)
        ax.scatter(places + 0.15 * side, getattr(models, value), s=14, color=colour, alpha=0.55, linewidths=0, zorder=3)
        settings, averages = models.means("latent_dim", value)
        ax.plot(
            np.searchsorted(dimensions, settings) + 0.06 * side, averages, color=colour, marker=shape, markersize=7,
            linewidth=1.6, zorder=2,
        )  # fmt: skip
        if theirs is not None:
            published, metric = theirs[family], "fid" if value == "distance" else value
            ax.errorbar(
                np.searchsorted(dimensions, theirs["latent_dim"]) + 0.24 * side,
                published[metric], published[f"{metric}_deviation"], color=colour, marker=shape, markersize=6,
                markerfacecolor="none", linestyle=":", linewidth=1, elinewidth=1.2, capsize=2, alpha=0.8, zorder=1,
            )  # fmt: skip
    ax.set_xticks(range(len(dimensions)), [f"{dimension:g}" for dimension in dimensions])
    ax.set_xlim(-0.5, len(dimensions) - 0.5)
    ax.set_xlabel("latent dimension d_Z", fontsize=9)


TABLE1 = Row(
    draw=_draw,
    title="Table 1: samples and reconstructions along d_Z",
    caption=(
        "Deterministic encoders and Gaussian ones without penalty: mean over seeds, and each seed as a small dot "
        "beside it. On CelebA, hollow: the paper's mean and standard deviation over five seeds. Less is better. "
        + FID_OF_THE_PAPER
    ),
    measures=_MEASURES,
)
