"""The figure of `results/search/simulation.json`: what was found over images trained, without and with early stopping.

Colour and marker say the sampler, line style whether trials are stopped; bands are quartiles over seeds.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from benchmarks.search.experiment import ARMS, POINTS, SAMPLERS
from benchmarks.search.simulation import Arm
from study.report.style import Look, legend, panels, png

COLOURS = {"random": "#5A5A5A", "tpe": "#0072B2", "nsga2": "#D55E00"}
"""Of Okabe and Ito, with a grey: told apart by colour-blind readers, and by their lightness."""

TITLES = {"random": "random search", "tpe": "TPE", "nsga2": "NSGA-II"}

SHOWN = {"hypervolume": "hypervolume, nats × accuracy", "share": "share of the box of the paper's Figure 4"}
MILLION = 1e6


def draw(found: dict[str, Any], look: Look | None = None) -> bytes:
    """PNG of both observed measures, the target and a quarter of its images marked."""
    look = look or Look()
    figure, axes = panels(look, len(SHOWN))
    for ax, (measure, title) in zip(axes, SHOWN.items(), strict=True):
        _panel(ax, found, measure, look)
        ax.set_xlabel("images trained, millions", fontsize=10)
        ax.set_ylabel(title, fontsize=10)
    handles = [
        Line2D([], [], color=COLOURS[sampler], linestyle="-" if stopped else ":", linewidth=2, label=label)
        for stopped in (True, False)
        for sampler in SAMPLERS
        for label in [f"{TITLES[sampler]}, {'MO-ASHA' if stopped else 'all trained to the end'}"]
    ]
    legend(figure, look, handles, columns=3)
    return png(figure)


def _panel(ax: Axes, found: dict[str, Any], measure: str, look: Look) -> None:
    images = np.array(found["images"]) / MILLION
    for arm in ARMS:
        _curve(ax, images, np.array(found["arms"][arm.name]["quartiles"][measure]), arm)
    target, quarter = found["target"][measure], images[POINTS // 4 - 1]
    ax.axhline(target, color=look.ink, linewidth=1)
    ax.axvline(quarter, color=look.ink, linewidth=1, linestyle=(0, (1, 2)))
    ax.set_xscale("log")
    ax.set_xlim(images[0], images[-1])


def _curve(ax: Axes, images: np.ndarray, quartiles: np.ndarray, arm: Arm) -> None:
    at = images[: quartiles.shape[1]]
    stopped = arm.rule != "none"
    ax.fill_between(at, quartiles[0], quartiles[2], color=COLOURS[arm.sampler], alpha=0.15 if stopped else 0.08, lw=0)
    ax.plot(at, quartiles[1], color=COLOURS[arm.sampler], linewidth=2, linestyle="-" if stopped else ":")
