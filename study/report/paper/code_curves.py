"""The curve that a deterministic encoder's codes of fading squares lie on: its curl and its movement.

Section 2.1 says without a figure that larger mini-batches curl it tighter; footnote 3, that the codes of a WAE-GAN keep
moving where those of a WAE-MMD settle.
"""

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from study.report.claims.measure import Measure, Trials, families, families_of, numbers_of, ratio_measure
from study.report.drawing.style import Look, legend, marker, panels
from study.report.paper import code_geometry
from study.report.paper.row import Arrays, Evidence, Row

DETERMINISTIC = "wae-deterministic"

ADVERSARIES = {DETERMINISTIC: "WAE-MMD", "wae-gan": "WAE-GAN"}

LAST_CURVES = 6
"""Curves of the last quarter of the training that are drawn, the later the darker."""


def _curl_and_movement(arrays: Arrays) -> dict[str, float]:
    """The `curl` of a trial's codes, and their movement at the end, which is the distance to convergence."""
    if "means" not in arrays or "trajectory" not in arrays:
        return {}
    return {"curl": code_geometry.curl(arrays["means"]), **_late_movement(arrays)}


def _late_movement(arrays: Arrays) -> dict[str, float]:
    """The movement of a trial's codes from record to record in the last quarter of the training."""
    if "trajectory" not in arrays:
        return {}
    return {"late_movement": code_geometry.late_movement(arrays["trajectory"], arrays["trajectory_step"])}


def slope(trials: Trials) -> float:
    """Curl gained for each doubling of the batch, by least squares; nan for fewer than two sizes."""
    doublings, curl = np.log2(numbers_of(trials, "batch_size")), numbers_of(trials, "curl")
    known = (families_of(trials) == DETERMINISTIC) & np.isfinite(curl)
    x, y = doublings[known], curl[known]
    if len(np.unique(x)) < 2:
        return float("nan")
    return float(np.cov(x, y, bias=True)[0, 1] / x.var())


def _draw_batch_size(evidence: Evidence, look: Look) -> Figure | None:
    """Curl over batch size, movement at the end, and the curves of the smallest and of the largest batch."""
    trials = evidence.trials[evidence.trials["family"] == DETERMINISTIC]
    if "curl" not in trials or trials["batch_size"].nunique() < 2:
        return None
    figure, (curled, moving, curves) = panels(look, 3)
    _against_size(curled, look, trials, "curl", "curl: length of the curve / diameter")
    _against_size(moving, look, trials, "late_movement", "movement per 1 % of the steps, at the end")
    moving.set_ylim(0, 1.1 * trials["late_movement"].max())
    colour = look.colour(DETERMINISTIC)
    handles = [
        Line2D([], [], linestyle="none", marker=marker(DETERMINISTIC), color=colour, label="one model"),
        Line2D([], [], marker="_", linestyle="-", color=look.ink, label="mean over seeds"),
    ]
    ends: dict[Literal["--", "-"], int] = {"--": trials["batch_size"].min(), "-": trials["batch_size"].max()}
    for line, size in ends.items():
        first = trials[trials["batch_size"] == size].sort_values(["study", "trial"]).iloc[0]
        arrays = evidence.arrays_of(first)
        if "means" in arrays:
            curves.plot(*arrays["means"].T, line, color=colour, linewidth=1.2)
        handles.append(Line2D([], [], linestyle=line, color=colour, label=f"code curve, batches of {size}"))
    _latent_square(curves, look)
    legend(figure, look, handles, columns=4)
    return figure


def _against_size(ax: Axes, look: Look, trials: pd.DataFrame, column: str, label: str) -> None:
    ax.scatter(
        trials["batch_size"], trials[column], s=26, marker=marker(DETERMINISTIC), color=look.colour(DETERMINISTIC)
    )
    means = trials.groupby("batch_size")[column].mean()
    ax.plot(means.index, means.to_numpy(), color=look.ink, linewidth=1.4)
    ax.set_xscale("log", base=2)
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xticks(list(means.index), [str(size) for size in means.index])
    ax.set_xlabel("batch size", fontsize=9)
    ax.set_ylabel(label, fontsize=9)


def _draw_footnote3(evidence: Evidence, look: Look) -> Figure | None:
    """Movement of codes over the training, and of each family the last code curves of its median mover."""
    trials = evidence.trials[evidence.trials["family"].isin(ADVERSARIES)]
    present = [family for family in ADVERSARIES if (trials["family"] == family).any()]
    if len(present) < 2 or "late_movement" not in trials:
        return None
    figure, axes = panels(look, 1 + len(present))
    for family, ax in zip(present, axes[1:], strict=True):
        movers = trials[(trials["family"] == family) & trials["late_movement"].notna()].sort_values("late_movement")
        for place, (_, trial) in enumerate(movers.iterrows()):
            arrays = evidence.arrays_of(trial)
            if not set(arrays) >= {"trajectory", "trajectory_step"}:
                continue
            _movement(axes[0], look, family, arrays)
            if place == len(movers) // 2:
                _last_curves(ax, look, family, arrays)
    axes[0].set_yscale("log")
    for axis_format in (axes[0].yaxis.set_major_formatter, axes[0].yaxis.set_minor_formatter):
        axis_format(FuncFormatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "125" else ""))
    axes[0].tick_params(which="both", colors=look.faint, labelsize=9, length=0)
    axes[0].set_xlabel("part of the training", fontsize=9)
    axes[0].set_ylabel("movement of codes per 1 % of the steps", fontsize=9)
    legend(figure, look, [Line2D([], [], color=look.colour(f), label=ADVERSARIES[f]) for f in present], columns=2)
    return figure


def _movement(ax: Axes, look: Look, family: str, arrays: Arrays) -> None:
    even = code_geometry.hundredths(arrays["trajectory_step"])
    steps = arrays["trajectory_step"][even]
    moved = code_geometry.movement(arrays["trajectory"][even])
    ax.plot(steps[1:] / steps[-1], moved, color=look.colour(family), linewidth=0.9, alpha=0.8)


def _last_curves(ax: Axes, look: Look, family: str, arrays: Arrays) -> None:
    steps, trajectory = arrays["trajectory_step"], arrays["trajectory"].astype(np.float64)
    late = trajectory[steps >= code_geometry.LAST_PART * steps[-1]]
    chosen = late[np.linspace(0, len(late) - 1, min(LAST_CURVES, len(late))).round().astype(int)]
    for age, curve in zip(np.linspace(0.25, 1, len(chosen)), chosen, strict=True):
        ax.plot(*curve.T, color=look.colour(family), alpha=age, linewidth=1.2)
    ax.set_title(f"{ADVERSARIES[family]}: codes, last quarter", color=look.ink, fontsize=10)
    _latent_square(ax, look)


def _latent_square(ax: Axes, look: Look) -> None:
    """Give the panel of code curves the prior's square and equal axes, which reach beyond it where the curves do."""
    drawn = np.concatenate([np.zeros((1, 2)), *(np.asarray(line.get_xydata()) for line in ax.get_lines())])
    reach = 1.05 * max(1.1, float(np.abs(drawn).max()))
    ax.add_patch(Rectangle((-1, -1), 2, 2, fill=False, linestyle=":", linewidth=1, edgecolor=look.faint))
    ax.set_aspect("equal")
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-reach, reach)
    ax.set_xlabel("first dimension (prior: dotted)", fontsize=9)
    ax.set_ylabel("second dimension", fontsize=9)


FIGURE2_BATCH_SIZE = Row(
    draw=_draw_batch_size,
    title="Section 2.1: larger mini-batches curl the manifold tighter",
    caption=(
        "A deterministic encoder at equal steps. Curl is the length of the curve of codes, in the order of the grey "
        "levels, over the largest distance of two codes: 1 for a straight line. The distance to convergence is what "
        "codes still move in a hundredth of the training, in its last quarter. Right: the curves of the first seed."
    ),
    measures={"figure2-batch-size": Measure(slope, families(DETERMINISTIC))},
    columns=_curl_and_movement,
)

FOOTNOTE3 = Row(
    draw=_draw_footnote3,
    title="Footnote 3: the codes of a WAE-GAN keep moving",
    caption=(
        "Deterministic encoders, constant learning rate. Left: root mean square move of the codes of 100 images in a "
        "hundredth of the training, a line a model. Right: of each family the model whose codes move by the median "
        "amount, its code curve at six times in the last quarter of the training, the later the stronger."
    ),
    measures={"footnote3-keeps-moving": ratio_measure("late_movement", "wae-gan", DETERMINISTIC)},
    columns=_late_movement,
)
