"""Drawing Figure 3: a panel for each d_Z with the sweep of λ₁, and images of the marked models below."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from study.report.drawing.style import Look, blank, dress, legend, marker
from study.report.paper.dimensions import Penalty, SweptModels, metric_label
from study.report.paper.row import Evidence
from study.report.published.numbers import paper_numbers

IMAGES_A_STRIP = 8
"""Images of each marked model."""

LETTERS = "ABCDE"

LABEL_DISTANCE = (0.16, 0.08)
"""Least distance of two labelled points, as a share of the curve's width or of its height."""

Strip = tuple[str, NDArray[np.uint8]]
"""A heading, and the images (n, C, H, W) below it."""


@dataclass(frozen=True)
class Marked:
    """A model whose images are shown: its `letter` in the panels, its setting in words, and one trial of that setting.

    `place` is that of the setting's means, in the panel of its `latent_dim`, or in all panels.
    """

    letter: str
    setting: str
    latent_dim: float | None
    place: tuple[float, float]
    trial: pd.Series


def draw_figure3(evidence: Evidence, look: Look) -> Figure | None:
    """A panel for the smallest and one for the largest d_Z, with images below; None unless λ₁ was swept."""
    trials, distance = evidence.trials, evidence.distance
    if distance is None or distance not in trials:
        return None
    models = SweptModels.among(trials)
    dimensions = np.unique(models.penalised("lambda_1").latent_dim)
    dimensions = dimensions[np.isfinite(dimensions)]
    if not len(dimensions):
        return None
    dimensions = dimensions[[0, -1]] if len(dimensions) > 1 else dimensions
    marked = _marked(trials, models, dimensions)
    strips = _images(evidence, marked)
    figure, axes, below = _layout(look, len(dimensions), len(strips))
    published = paper_numbers("figure3")
    theirs = published if evidence.dataset == published["dataset"] and distance == "fid" else None
    handles: dict[str, Line2D] = {}
    for ax, dimension in zip(axes, dimensions, strict=True):
        handles |= _panel(ax, look, models, distance, float(dimension), theirs)
        for model in marked:
            if model.latent_dim in (dimension, None):
                right = model.latent_dim is None
                shift = (7, 6) if right else (-7, -15) if "λ" in model.setting else (-7, 6)
                ax.annotate(
                    model.letter, model.place, textcoords="offset points", xytext=shift, fontsize=10,
                    ha="left" if right else "right", color=look.ink, fontweight="bold",
                )  # fmt: skip
    for ax, (heading, images) in zip(below, strips, strict=True):
        ax.axis("off")
        ax.imshow(_side_by_side(images), interpolation="nearest")
        ax.set_title(heading, fontsize=8, color=look.ink, loc="left", pad=2)
    legend(figure, look, list(handles.values()), columns=3)
    return figure


def _panel(
    ax: Axes, look: Look, models: SweptModels, distance: str, dimension: float, theirs: dict[Any, Any] | None
) -> dict[str, Line2D]:
    """One d_Z; the handles of its legend by their labels."""
    handles = _deterministic(ax, look, models.free("wae-deterministic"), dimension)
    gaussian = models.at(dimension).of("wae-gaussian")
    handles |= _sweep(ax, look, gaussian.where(gaussian.lambda_2 == 0), "lambda_1")
    squares = gaussian.penalised("lambda_2")
    if len(squares):
        handles |= _sweep(ax, look, squares, "lambda_2")
    values = theirs.get(int(dimension)) if theirs is not None else None
    if isinstance(values, dict):
        label = "paper, along λ₁"
        style: dict[str, Any] = {"color": look.faint, "marker": "o", "markerfacecolor": "none", "linestyle": ":"}
        ax.plot(values["reconstruction"], values["fid"], markersize=5, linewidth=1, **style)
        handles[label] = Line2D([], [], label=label, **style)
    ax.set_title(f"d_Z = {dimension:g}", fontsize=10, color=look.ink)
    ax.set_xlabel(metric_label("reconstruction"), fontsize=9)
    ax.set_ylabel(metric_label(distance), fontsize=9)
    ax.margins(0.08)
    return handles


def _sweep(ax: Axes, look: Look, swept: SweptModels, penalty: Penalty) -> dict[str, Line2D]:
    """Every seed as a point, the means joined in the order of the penalty's weight and labelled with it."""
    sign, family = {"lambda_1": ("λ₁", "wae-gaussian"), "lambda_2": ("λ₂", "beta-vae")}[penalty]
    colour, shape = look.colour(family), marker(family)
    ax.scatter(swept.reconstruction, swept.distance, s=12, color=colour, alpha=0.4, linewidths=0, zorder=2)
    weights, x = swept.means(penalty, "reconstruction")
    _, y = swept.means(penalty, "distance")
    ax.plot(x, y, color=colour, marker=shape, markersize=6, linewidth=1.4, zorder=3)
    for place in _apart(x, y):
        ax.annotate(
            f"{weights[place]:g}", (x[place], y[place]), textcoords="offset points", xytext=(5, -11), fontsize=8,
            color=look.faint,
        )  # fmt: skip
    label = f"Gaussian encoder, labelled with {sign}"
    return {label: Line2D([], [], color=colour, marker=shape, label=label)}


def _apart(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[int]:
    """The points of a curve to label: the best, then both ends, then all that are not too near to one of those."""
    points = np.column_stack([x / (np.ptp(x) or 1), y / (np.ptp(y) or 1)])
    chosen: list[int] = []
    for place in [int(y.argmin()), 0, len(x) - 1, *range(1, len(x) - 1)]:
        if all((np.abs(points[place] - points[other]) > LABEL_DISTANCE).any() for other in chosen):
            chosen.append(place)
    return chosen


def _deterministic(ax: Axes, look: Look, models: SweptModels, dimension: float) -> dict[str, Line2D]:
    """Lines at mean ± s.d. of the deterministic encoder of this d_Z, and of that with the least mean distance."""
    if not len(models):
        return {}
    best = models.best("latent_dim")
    colour, handles = look.colour("wae-deterministic"), {}
    lines: dict[str, tuple[SweptModels, Literal["-", "--"]]] = {
        f"deterministic, best d_Z ({best.latent_dim[0]:g})": (best, "-"),
        "deterministic, same d_Z": (models.at(dimension), "--"),
    }
    for label, (seeds, style) in lines.items():
        if not len(seeds) or (seeds is not best and dimension == best.latent_dim[0]):
            continue
        y, x = seeds.distance, seeds.reconstruction
        ax.axhspan(y.mean() - y.std(), y.mean() + y.std(), color=colour, alpha=0.18, linewidth=0, zorder=0)
        ax.axhline(y.mean(), color=colour, linestyle=style, linewidth=1.2, zorder=1)
        ax.axvline(x.mean(), color=colour, linestyle=style, linewidth=0.8, alpha=0.7, zorder=1)
        handles[label] = Line2D([], [], color=colour, linestyle=style, label=f"{label}: mean ± s.d.")
    return handles


def _marked(trials: pd.DataFrame, models: SweptModels, dimensions: NDArray[np.float64]) -> list[Marked]:
    """At each d_Z the models without a penalty and those of the best λ₁, and the best deterministic ones."""
    settings: list[tuple[str, float | None, SweptModels]] = []
    for dimension in map(float, dimensions):
        best = models.penalised("lambda_1").at(dimension).best("lambda_1")
        settings.append((f"d_Z = {dimension:g}, no penalty", dimension, models.free("wae-gaussian").at(dimension)))
        settings.append((f"d_Z = {dimension:g}, λ₁ = {best.lambda_1[0]:g}", dimension, best))
    deterministic = models.free("wae-deterministic")
    if len(deterministic):
        best = deterministic.best("latent_dim")
        settings.append((f"deterministic, d_Z = {best.latent_dim[0]:g}", None, best))
    marked = []
    present = [setting for setting in settings if len(setting[2])]
    for letter, (words, latent_dim, seeds) in zip(LETTERS, present, strict=False):
        first = trials.iloc[seeds.row].sort_values(["replicate", "trial"], kind="stable").iloc[0]
        place = float(seeds.reconstruction.mean()), float(seeds.distance.mean())
        marked.append(Marked(letter, words, latent_dim, place, first))
    return marked


def _images(evidence: Evidence, marked: list[Marked]) -> list[Strip]:
    """Test images, then reconstructions and samples of each marked model; nothing where no trial has any."""
    strips: list[Strip] = []
    for model in marked:
        arrays = evidence.arrays_of(model.trial)
        if {"originals", "reconstructions", "samples"} <= set(arrays):
            if not strips:
                strips.append(("test images", arrays["originals"][:IMAGES_A_STRIP]))
            for name in ("reconstructions", "samples"):
                strips.append((f"{model.letter}: {model.setting}, {name}", arrays[name][:IMAGES_A_STRIP]))
    return strips


def _layout(look: Look, panels: int, strips: int) -> tuple[Figure, list[Axes], list[Axes]]:
    """Panels above, and axes for each strip of images below: two in a row, or one where it is narrow.

    The first strip, of the test images, has a line of its own.
    """
    columns = 1 if look.narrow else panels
    lines = -(-panels // columns)
    across = 1 if look.narrow else 2
    rows = 0 if not strips else 1 + (strips - 1) // across
    above, below = (5.0 if columns == 1 and not look.narrow else 3.9) * lines, 0.78 * rows
    figure = blank(look, 4.2 if look.narrow else 9.6, above + below + 0.9, layout="constrained")
    grid = figure.add_gridspec(2 if rows else 1, 1, height_ratios=[above, below] if rows else [1])
    upper = grid[0].subgridspec(lines, columns)
    axes = []
    for index in range(panels):
        ax = figure.add_subplot(upper[index // columns, index % columns], facecolor=look.ground)
        dress(ax, look)
        axes.append(ax)
    if not rows:
        return figure, axes, []
    lower = grid[1].subgridspec(rows, across)
    places = [(0, 0), *((1 + index // across, index % across) for index in range(strips - 1))]
    return figure, axes, [figure.add_subplot(lower[place]) for place in places]


def _side_by_side(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Images (n, C, H, W) in a row, in colour: (H, n W, 3)."""
    colour = np.broadcast_to(images, (len(images), 3, *images.shape[2:])) if images.shape[1] == 1 else images
    return np.ascontiguousarray(np.concatenate(list(colour.transpose(0, 2, 3, 1)), axis=1))
