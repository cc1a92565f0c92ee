"""Drawing Figure 3: a panel for each d_Z with the sweep of λ₁, and images of the marked models below."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from study.report.paper.dimensions import at, means, penalised, unpenalised
from study.report.paper.numbers import paper_numbers
from study.report.paper.row import Evidence
from study.report.paper.table1 import metric_label
from study.report.style import Look, blank, dress, legend, marker

SHOWN = 8
"""Images of each marked model."""

LETTERS = "ABCDE"


@dataclass(frozen=True)
class Marked:
    """A model whose images are shown: its `letter` in the panels, what it is, and one trial of that setting."""

    letter: str
    words: str
    latent_dim: float
    place: tuple[float, float]
    study: str
    trial: int


def draw(evidence: Evidence, look: Look) -> Figure | None:
    """None unless λ₁ was swept."""
    trials, distance = evidence.trials, evidence.distance
    if distance is None or distance not in trials:
        return None
    swept = penalised(trials, "lambda_1")
    dimensions = np.unique(swept["latent_dim"].to_numpy(dtype=float))
    if not len(dimensions):
        return None
    dimensions = dimensions[[0, -1]] if len(dimensions) > 1 else dimensions
    marked = _marked(trials, distance, dimensions)
    rows = _images(evidence, marked)
    figure, axes, below = _layout(look, len(dimensions), len(rows))
    published = paper_numbers("figure3")
    theirs = published if evidence.dataset == published["dataset"] and distance == "fid" else None
    handles: dict[str, Line2D] = {}
    for ax, dimension in zip(axes, dimensions, strict=True):
        handles |= _panel(ax, look, trials, distance, float(dimension), theirs)
        for each in marked:
            if each.latent_dim == dimension:
                ax.annotate(
                    each.letter, each.place, textcoords="offset points", xytext=(-7, 7), ha="right", fontsize=10,
                    color=look.ink, fontweight="bold",
                )  # fmt: skip
    if below is not None:
        _show(below, look, rows)
    legend(figure, look, list(handles.values()), columns=3)
    return figure


def _panel(
    ax: Axes, look: Look, trials: pd.DataFrame, distance: str, dimension: float, theirs: dict[Any, Any] | None
) -> dict[str, Line2D]:
    handles = _deterministic(ax, look, trials, distance, dimension)
    free = at(unpenalised(trials, "wae-gaussian"), dimension)
    l1 = pd.concat([free, at(penalised(trials, "lambda_1"), dimension)])
    handles |= _sweep(ax, look, l1.assign(lambda_1=l1["lambda_1"].fillna(0)), "lambda_1", distance)
    l2 = at(penalised(trials, "lambda_2"), dimension)
    if len(l2):
        handles |= _sweep(ax, look, l2, "lambda_2", distance)
    values = theirs.get(int(dimension)) if theirs is not None else None
    if isinstance(values, dict):
        label = "paper, along λ₁"
        ax.plot(
            values["reconstruction"], values["fid"], color=look.faint, marker="o", markersize=5,
            markerfacecolor="none", linestyle=":", linewidth=1,
        )  # fmt: skip
        handles[label] = Line2D(
            [], [], color=look.faint, marker="o", markerfacecolor="none", linestyle=":", label=label
        )
    ax.set_title(f"d_Z = {dimension:g}", fontsize=10, color=look.ink)
    ax.set_xlabel(metric_label("reconstruction"), fontsize=9)
    ax.set_ylabel(metric_label(distance), fontsize=9)
    ax.margins(0.08)
    return handles


def _sweep(ax: Axes, look: Look, trials: pd.DataFrame, penalty: str, distance: str) -> dict[str, Line2D]:
    """Every seed as a point, the means joined in the order of the penalty's weight and labelled with it."""
    sign, family = {"lambda_1": ("λ₁", "wae-gaussian"), "lambda_2": ("λ₂", "beta-vae")}[penalty]
    colour, shape = look.colour(family), marker(family)
    ax.scatter(trials["reconstruction"], trials[distance], s=12, color=colour, alpha=0.4, linewidths=0, zorder=2)
    weights, x = means(trials, penalty, "reconstruction")
    _, y = means(trials, penalty, distance)
    ax.plot(x, y, color=colour, marker=shape, markersize=6, linewidth=1.4, zorder=3)
    for weight, left, up in zip(weights, x, y, strict=True):
        ax.annotate(
            f"{weight:g}", (left, up), textcoords="offset points", xytext=(5, -11), fontsize=8, color=look.faint
        )
    label = f"Gaussian encoder, labelled with {sign}"
    return {label: Line2D([], [], color=colour, marker=shape, label=label)}


def _deterministic(ax: Axes, look: Look, trials: pd.DataFrame, distance: str, dimension: float) -> dict[str, Line2D]:
    """Lines at mean ± s.d. of the deterministic encoder of this d_Z, and of that with the least mean distance."""
    every = unpenalised(trials, "wae-deterministic")
    if every.empty:
        return {}
    values, averages = means(every, "latent_dim", distance)
    best = float(values[averages.argmin()])
    colour, handles = look.colour("wae-deterministic"), {}
    lines: list[tuple[float, Literal["-", "--"], str]] = [(best, "-", "best"), (dimension, "--", "same")]
    for chosen, style, words in lines:
        own = at(every, chosen)
        if own.empty or (words == "same" and dimension == best):
            continue
        y, x = own[distance].to_numpy(dtype=float), own["reconstruction"].to_numpy(dtype=float)
        ax.axhspan(y.mean() - y.std(), y.mean() + y.std(), color=colour, alpha=0.18, linewidth=0, zorder=0)
        ax.axhline(y.mean(), color=colour, linestyle=style, linewidth=1.2, zorder=1)
        ax.axvline(x.mean(), color=colour, linestyle=style, linewidth=0.8, alpha=0.7, zorder=1)
        label = f"deterministic, best d_Z ({best:g})" if words == "best" else "deterministic, same d_Z"
        handles[label] = Line2D([], [], color=colour, linestyle=style, label=f"{label}: mean ± s.d.")
    return handles


def _marked(trials: pd.DataFrame, distance: str, dimensions: NDArray[np.float64]) -> list[Marked]:
    """At each d_Z the models without a penalty and those of the best λ₁, and the best deterministic ones."""
    settings: list[tuple[str, pd.DataFrame]] = []
    for dimension in dimensions:
        free = at(unpenalised(trials, "wae-gaussian"), float(dimension))
        swept = at(penalised(trials, "lambda_1"), float(dimension))
        settings.append((f"d_Z = {dimension:g}, no penalty", free))
        weights, averages = means(swept, "lambda_1", distance)
        best = float(weights[averages.argmin()])
        settings.append((f"d_Z = {dimension:g}, λ₁ = {best:g}", swept[swept["lambda_1"] == best]))
    every = unpenalised(trials, "wae-deterministic")
    if len(every):
        values, averages = means(every, "latent_dim", distance)
        best = float(values[averages.argmin()])
        settings.append((f"deterministic, d_Z = {best:g}", at(every, best)))
    marked = []
    for letter, (words, own) in zip(LETTERS, [(w, o) for w, o in settings if len(o)], strict=False):
        first = own.sort_values(["replicate", "trial"], kind="stable").iloc[0]
        place = float(own["reconstruction"].mean()), float(own[distance].mean())
        shown = float(first["latent_dim"]) if first["family"] == "wae-gaussian" else float("nan")
        marked.append(Marked(letter, words, shown, place, str(first["study"]), int(first["trial"])))
    return marked


def _images(evidence: Evidence, marked: list[Marked]) -> list[tuple[str, NDArray[np.uint8], NDArray[np.uint8]]]:
    """Lines of images: words, reconstructions, samples. The first has the originals on both sides; none without any."""
    rows: list[tuple[str, NDArray[np.uint8], NDArray[np.uint8]]] = []
    for each in marked:
        arrays = evidence.arrays(each.study, each.trial)
        if {"originals", "reconstructions", "samples"} <= set(arrays):
            if not rows:
                images = arrays["originals"]
                rows.append(("test images", images[:SHOWN], np.zeros_like(images[:0])))
            words = f"{each.letter}: {each.words}"
            rows.append((words, arrays["reconstructions"][:SHOWN], arrays["samples"][:SHOWN]))
    return rows


def _layout(look: Look, panels: int, rows: int) -> tuple[Figure, list[Axes], list[list[Axes]] | None]:
    """Panels above, side by side or one below the other, and for each line of images two places below."""
    width = 4.2 if look.narrow else 9.6
    columns = 1 if look.narrow else panels
    lines = -(-panels // columns)
    strip = 0.62 * (2 if look.narrow else 1) + 0.12
    above = (3.9 if columns > 1 or look.narrow else 5.0) * lines
    figure = blank(look, width, above + strip * rows + 0.9, layout="constrained")
    grid = figure.add_gridspec(2 if rows else 1, 1, height_ratios=[above, strip * rows] if rows else [1])
    upper = grid[0].subgridspec(lines, columns)
    axes = []
    for index in range(panels):
        ax = figure.add_subplot(upper[index // columns, index % columns], facecolor=look.ground)
        dress(ax, look)
        axes.append(ax)
    if not rows:
        return figure, axes, None
    lower = grid[1].subgridspec(rows * (2 if look.narrow else 1), 1 if look.narrow else 2)
    below = []
    for row in range(rows):
        places = [(2 * row, 0), (2 * row + 1, 0)] if look.narrow else [(row, 0), (row, 1)]
        below.append([figure.add_subplot(lower[place]) for place in places])
    return figure, axes, below


def _show(below: list[list[Axes]], look: Look, rows: list[tuple[str, NDArray[np.uint8], NDArray[np.uint8]]]) -> None:
    for pair, (words, *sides) in zip(below, rows, strict=True):
        for ax, images, what in zip(pair, sides, ("reconstructions", "samples"), strict=True):
            ax.axis("off")
            if not len(images):
                continue
            ax.imshow(_strip(images), interpolation="nearest")
            title = words if words == "test images" else f"{words}, {what}"
            ax.set_title(title, fontsize=8, color=look.ink, loc="left", pad=2)


def _strip(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Images (n, C, H, W) beside each other, in colour: (H, n W, 3)."""
    colour = np.broadcast_to(images, (len(images), 3, *images.shape[2:])) if images.shape[1] == 1 else images
    return np.ascontiguousarray(np.concatenate(list(colour.transpose(0, 2, 3, 1)), axis=1))
