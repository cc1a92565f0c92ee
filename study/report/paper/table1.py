"""Table 1: distance of samples and test reconstruction along d_Z, of deterministic and of Gaussian encoders."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.metrics import METRICS
from study.report.drawing.style import Look, legend, marker, panels
from study.report.paper import standin
from study.report.paper.columns import Trials
from study.report.paper.dimensions import ENCODERS, Models, Value, free, models
from study.report.paper.row import Evidence, Measure, Row
from study.report.published.numbers import paper_numbers

FID_OF_THE_PAPER = (
    "On CelebA our FID is against test images; the authors' public script takes as many training images as samples; "
    "the paper does not say how many."
)
"""Why an FID of the paper and one of ours do not compare to the point."""


def reconstruction_falls(trials: Trials) -> float:
    """The least fall of the mean reconstruction from one d_Z to the next, over both encoders, in nats."""
    all_of = models(trials)
    falls = [-np.diff(all_of.free(family).means("latent_dim", "reconstruction")[1]) for family in ENCODERS]
    return float(np.concatenate(falls).min()) if all(map(len, falls)) else float("nan")


def falls_then_rises(trials: Trials) -> float:
    """Deterministic: the smaller of the rises of the mean distance from its best d_Z to the two ends, relative to it.

    Where an end is the best, it is 0.
    """
    distances = _deterministic(trials)
    return float(min(distances[0], distances[-1]) / distances.min() - 1) if len(distances) > 2 else float("nan")


def best_above_smallest(trials: Trials) -> float:
    """Deterministic: mean distance at the smallest d_Z minus that at the second smallest, relative to the latter."""
    distances = _deterministic(trials)
    return float(distances[0] / distances[1] - 1) if len(distances) > 1 else float("nan")


def random_like_deterministic(trials: Trials) -> float:
    """The largest relative difference of the two encoders' mean distances."""
    both = _both(models(trials), "distance")
    return float(np.abs(both[1] / both[0] - 1).max()) if both.shape[1] else float("nan")


def random_reconstructs_alike(trials: Trials) -> float:
    """The largest relative difference of the two encoders' mean reconstructions above the floor, over all d_Z."""
    all_of = models(trials)
    both = _both(all_of, "reconstruction")
    if not both.shape[1]:
        return float("nan")
    excess = both - all_of.floor.mean()
    return float(np.abs(excess[1] / excess[0] - 1).max())


def random_better_at_largest(trials: Trials) -> float:
    """Mean distance at the largest d_Z: deterministic minus Gaussian, relative to the deterministic."""
    both = _both(models(trials), "distance")
    return float(1 - both[1, -1] / both[0, -1]) if both.shape[1] else float("nan")


DETERMINISTIC, BOTH = free("wae-deterministic"), free(*ENCODERS)

MEASURES: dict[str, Measure] = {
    "table1-reconstruction-falls": Measure(reconstruction_falls, BOTH),
    "table1-fid-falls-then-rises": Measure(falls_then_rises, DETERMINISTIC),
    "table1-best-above-smallest": Measure(best_above_smallest, free("wae-deterministic", among=slice(2))),
    "table1-random-like-deterministic": Measure(random_like_deterministic, free(*ENCODERS, among=slice(-1))),
    "table1-random-reconstructs-alike": Measure(random_reconstructs_alike, BOTH),
    "table1-random-better-at-largest": Measure(
        random_better_at_largest, free(*ENCODERS, among=slice(-1, None)), within="latent_dim"
    ),
    **{name: measure for name, measure in standin.MEASURES.items() if name.startswith("table1-")},
}


def _deterministic(trials: Trials) -> np.ndarray:
    """Mean distances of the deterministic encoder, from the smallest d_Z to the largest."""
    return models(trials).free("wae-deterministic").means("latent_dim", "distance")[1]


def _both(all_of: Models, value: Value) -> np.ndarray:
    """Means of deterministic and Gaussian encoders at every d_Z that both have: (2, k)."""
    (one, first), (other, second) = (all_of.free(family).means("latent_dim", value) for family in ENCODERS)
    common = np.intersect1d(one, other)
    return np.array([first[np.isin(one, common)], second[np.isin(other, common)]])


def draw(evidence: Evidence, look: Look) -> Figure | None:
    """Two panels over d_Z, our seeds as points beside the mean; on CelebA the paper's mean ± s.d. next to them."""
    trials, distance = evidence.trials, evidence.distance
    if distance is None or distance not in trials:
        return None
    own = {family: models(trials).free(family) for family in ENCODERS}
    dimensions = np.unique(np.concatenate([some.latent_dim for some in own.values()]))
    if len(dimensions) < 2:
        return None
    figure, axes = panels(look, 2)
    published = paper_numbers("table1")
    beside = published if evidence.dataset == published["dataset"] and distance == "fid" else None
    shown: list[tuple[Value, str]] = [("distance", distance), ("reconstruction", "reconstruction")]
    for ax, (value, metric) in zip(axes, shown, strict=True):
        _panel(ax, look, own, dimensions, value, beside)
        ax.set_ylabel(metric_label(metric), fontsize=9)
        known = standin.intrinsic_dimension(evidence.dataset)
        if known in dimensions:
            ax.axvline(float(np.flatnonzero(dimensions == known)[0]), color=look.faint, linestyle=":", linewidth=1)
    handles = [
        Line2D([], [], color=look.colour(family), marker=marker(family), label=f"{word}, ours")
        for family, word in ENCODERS.items()
    ]
    if beside is not None:
        handles += [
            Line2D([], [], color=look.colour(family), marker=marker(family), markerfacecolor="none", linestyle=":",
                   alpha=0.8, label=f"{word}, paper (mean ± s.d.)")
            for family, word in ENCODERS.items()
        ]  # fmt: skip
    if standin.intrinsic_dimension(evidence.dataset) in dimensions:
        handles.append(Line2D([], [], color=look.faint, linestyle=":", label="d_Z = d_I, the data's own dimension"))
    legend(figure, look, handles, columns=2 if beside is not None else 3)
    return figure


def _panel(
    ax: Axes,
    look: Look,
    own: dict[str, Models],
    dimensions: np.ndarray,
    value: Value,
    beside: dict[str, Any] | None,
) -> None:
    for side, family in ((-1, "wae-deterministic"), (1, "wae-gaussian")):
        ours, colour = own[family], look.colour(family)
        places = np.searchsorted(dimensions, ours.latent_dim)
        ax.scatter(places + 0.15 * side, getattr(ours, value), s=14, color=colour, alpha=0.55, linewidths=0, zorder=3)
        settings, averages = ours.means("latent_dim", value)
        ax.plot(
            np.searchsorted(dimensions, settings) + 0.06 * side, averages, color=colour, marker=marker(family),
            markersize=7, linewidth=1.6, zorder=2,
        )  # fmt: skip
        if beside is not None:
            theirs, metric = beside[family], "fid" if value == "distance" else value
            ax.errorbar(
                np.searchsorted(dimensions, beside["latent_dim"]) + 0.24 * side,
                theirs[metric], theirs[f"{metric}_deviation"], color=colour, marker=marker(family), markersize=6,
                markerfacecolor="none", linestyle=":", linewidth=1, elinewidth=1.2, capsize=2, alpha=0.8, zorder=1,
            )  # fmt: skip
    ax.set_xticks(range(len(dimensions)), [f"{value:g}" for value in dimensions])
    ax.set_xlim(-0.5, len(dimensions) - 0.5)
    ax.set_xlabel("latent dimension d_Z", fontsize=9)


def metric_label(metric: str) -> str:
    if metric == "reconstruction":
        return "test reconstruction (nats per image)"
    return "FID" if metric == "fid" else METRICS[metric].description.partition(" on ")[0] + f" ({metric})"


TABLE1 = Row(
    draw=draw,
    title="Table 1: samples and reconstructions along d_Z",
    caption=(
        "Deterministic encoders and Gaussian ones without penalty: mean over seeds, and each seed as a small dot "
        "beside it. On CelebA, hollow: the paper's mean and standard deviation over five seeds. Less is better. "
        + FID_OF_THE_PAPER
    ),
    measures=MEASURES,
)
