"""Footnote 3: with a deterministic encoder, the codes of a WAE-GAN keep moving where those of a WAE-MMD settle."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter

from study.report.drawing.style import Look, legend, panels
from study.report.paper import codes
from study.report.paper.columns import Trials, mean_of
from study.report.paper.row import Arrays, Evidence, Measure, Row, families

FAMILIES = {"wae-deterministic": "WAE-MMD", "wae-gan": "WAE-GAN"}

SHOWN = 6
"""Curves of the last quarter of the training that are drawn, the later the darker."""


def columns(arrays: Arrays) -> dict[str, float]:
    """Of one trial: how far its codes move from record to record in the last quarter of the training."""
    if "trajectory" not in arrays:
        return {}
    return {"late_movement": codes.late_movement(arrays["trajectory"], arrays["trajectory_step"])}


def keeps_moving(trials: Trials) -> float:
    """Movement late in the training, WAE-GAN over WAE-MMD: means over their trials."""
    return mean_of(trials, "late_movement", "wae-gan") / mean_of(trials, "late_movement", "wae-deterministic")


def draw(evidence: Evidence, look: Look) -> Figure | None:
    """How far codes move over the training, and of each family the last code curves of its median mover."""
    trials = evidence.trials[evidence.trials["family"].isin(FAMILIES)]
    present = [family for family in FAMILIES if (trials["family"] == family).any()]
    if len(present) < 2 or "late_movement" not in trials:
        return None
    figure, axes = panels(look, 1 + len(present))
    for family, ax in zip(present, axes[1:], strict=True):
        mine = trials[(trials["family"] == family) & trials["late_movement"].notna()].sort_values("late_movement")
        for place, (study, trial) in enumerate(zip(mine["study"], mine["trial"], strict=True)):
            arrays = evidence.arrays(str(study), int(trial))
            if not set(arrays) >= {"trajectory", "trajectory_step"}:
                continue
            _movement(axes[0], look, family, arrays)
            if place == len(mine) // 2:
                _last_curves(ax, look, family, arrays)
    axes[0].set_yscale("log")
    for axis_format in (axes[0].yaxis.set_major_formatter, axes[0].yaxis.set_minor_formatter):
        axis_format(FuncFormatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "125" else ""))
    axes[0].tick_params(which="both", colors=look.faint, labelsize=9, length=0)
    axes[0].set_xlabel("part of the training", fontsize=9)
    axes[0].set_ylabel("movement of codes per 1 % of the steps", fontsize=9)
    legend(figure, look, [Line2D([], [], color=look.colour(f), label=FAMILIES[f]) for f in present], columns=2)
    return figure


def _movement(ax: Axes, look: Look, family: str, arrays: Arrays) -> None:
    even = codes.hundredths(arrays["trajectory_step"])
    steps = arrays["trajectory_step"][even]
    moved = codes.movement(arrays["trajectory"][even])
    ax.plot(steps[1:] / steps[-1], moved, color=look.colour(family), linewidth=0.9, alpha=0.8)


def _last_curves(ax: Axes, look: Look, family: str, arrays: Arrays) -> None:
    steps, trajectory = arrays["trajectory_step"], arrays["trajectory"].astype(np.float64)
    late = trajectory[steps >= codes.LAST_PART * steps[-1]]
    chosen = late[np.linspace(0, len(late) - 1, min(SHOWN, len(late))).round().astype(int)]
    for age, curve in zip(np.linspace(0.25, 1, len(chosen)), chosen, strict=True):
        ax.plot(*curve.T, color=look.colour(family), alpha=age, linewidth=1.2)
    ax.set_title(f"{FAMILIES[family]}: codes, last quarter", color=look.ink, fontsize=10)
    latent_square(ax, look)


def latent_square(ax: Axes, look: Look) -> None:
    """Make the panel of code curves a square with the prior's in it, larger where the curves leave that."""
    drawn = np.concatenate([np.zeros((1, 2)), *(np.asarray(line.get_xydata()) for line in ax.get_lines())])
    reach = 1.05 * max(1.1, float(np.abs(drawn).max()))
    ax.add_patch(Rectangle((-1, -1), 2, 2, fill=False, linestyle=":", linewidth=1, edgecolor=look.faint))
    ax.set_aspect("equal")
    ax.set_xlim(-reach, reach)
    ax.set_ylim(-reach, reach)
    ax.set_xlabel("first dimension (prior: dotted)", fontsize=9)
    ax.set_ylabel("second dimension", fontsize=9)


FOOTNOTE3 = Row(
    draw=draw,
    title="Footnote 3: the codes of a WAE-GAN keep moving",
    caption=(
        "Deterministic encoders, constant learning rate. Left: root mean square move of the codes of 100 images in a "
        "hundredth of the training, a line a model. Right: of each family the model whose codes move by the median "
        "amount, its code curve at six times in the last quarter of the training, the later the stronger."
    ),
    measures={"footnote3-keeps-moving": Measure(keeps_moving, families(*FAMILIES))},
    columns=columns,
)
