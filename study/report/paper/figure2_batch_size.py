"""Section 2.1, said without a figure: larger mini-batches curl the manifold of a deterministic encoder tighter."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter, NullLocator

from study.report.drawing.style import Look, legend, marker, panels
from study.report.paper import codes
from study.report.paper.columns import Trials, families_of, numbers_of
from study.report.paper.footnote3 import latent_square
from study.report.paper.row import Arrays, Evidence, Measure, Row, families

FAMILY = "wae-deterministic"


def columns(arrays: Arrays) -> dict[str, float]:
    """Of one trial: its `curl`, and how far from convergence it ended."""
    if "means" not in arrays or "trajectory" not in arrays:
        return {}
    return {
        "curl": codes.curl(arrays["means"]),
        "late_movement": codes.late_movement(arrays["trajectory"], arrays["trajectory_step"]),
    }


def slope(trials: Trials) -> float:
    """Curl gained for each doubling of the batch, by least squares; nan for fewer than two sizes."""
    doublings, curl = np.log2(numbers_of(trials, "batch_size")), numbers_of(trials, "curl")
    known = (families_of(trials) == FAMILY) & np.isfinite(curl)
    x, y = doublings[known], curl[known]
    if len(np.unique(x)) < 2:
        return float("nan")
    return float(np.cov(x, y, bias=True)[0, 1] / x.var())


def draw(evidence: Evidence, look: Look) -> Figure | None:
    """Curl over batch size, how far the codes still move, and the curves of the smallest and of the largest batch."""
    trials = evidence.trials[evidence.trials["family"] == FAMILY]
    if "curl" not in trials or trials["batch_size"].nunique() < 2:
        return None
    figure, (curled, moving, curves) = panels(look, 3)
    _against_size(curled, look, trials, "curl", "curl: length of the curve / diameter")
    _against_size(moving, look, trials, "late_movement", "movement per 1 % of the steps, at the end")
    moving.set_ylim(0, 1.1 * trials["late_movement"].max())
    for size, line in ((trials["batch_size"].min(), "--"), (trials["batch_size"].max(), "-")):
        first = trials[trials["batch_size"] == size].sort_values(["study", "trial"]).iloc[0]
        arrays = evidence.arrays(str(first["study"]), int(first["trial"]))
        if "means" in arrays:
            curves.plot(*arrays["means"].T, line, color=look.colour(FAMILY), linewidth=1.2)
    latent_square(curves, look)
    smallest, largest = trials["batch_size"].min(), trials["batch_size"].max()
    colour = look.colour(FAMILY)
    handles = [
        Line2D([], [], linestyle="none", marker=marker(FAMILY), color=colour, label="one model"),
        Line2D([], [], marker="_", linestyle="-", color=look.ink, label="mean over seeds"),
        Line2D([], [], linestyle="--", color=colour, label=f"code curve, batches of {smallest}"),
        Line2D([], [], linestyle="-", color=colour, label=f"code curve, batches of {largest}"),
    ]
    legend(figure, look, handles, columns=4)
    return figure


def _against_size(ax: Axes, look: Look, trials: pd.DataFrame, column: str, label: str) -> None:
    ax.scatter(trials["batch_size"], trials[column], s=26, marker=marker(FAMILY), color=look.colour(FAMILY))
    means = trials.groupby("batch_size")[column].mean()
    ax.plot(means.index, means.to_numpy(), color=look.ink, linewidth=1.4)
    ax.set_xscale("log", base=2)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xticks(list(means.index), [str(size) for size in means.index])
    ax.set_xlabel("batch size", fontsize=9)
    ax.set_ylabel(label, fontsize=9)


MEASURES = {"figure2-batch-size": Measure(slope, families(FAMILY))}

FIGURE2_BATCH_SIZE = Row(
    draw=draw,
    title="Section 2.1: larger mini-batches curl the manifold tighter",
    caption=(
        "A deterministic encoder at equal steps. Curl is the length of the curve of codes, in the order of the grey "
        "levels, over the largest distance of two codes: 1 for a straight line. The distance to convergence is what "
        "codes still move in a hundredth of the training, in its last quarter. Right: the curves of the first seed."
    ),
    measures=MEASURES,
    columns=columns,
)
