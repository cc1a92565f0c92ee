"""Figure 2: how the brightness of decoded draws of the prior deviates from the data's uniform one."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.metrics.mean_pixel_deviation import CURVE_AT
from study.report.claims.measure import Measure, families
from study.report.claims.trial_columns import Trials, mean_of
from study.report.drawing.style import Look, legend, marker, panels
from study.report.paper.row import Evidence, Row
from study.report.published.numbers import paper_numbers

MODEL_NAMES = {"wae-deterministic": "deterministic", "wae-uniform": "random", "vae": "VAE"}


def deviation(trials: Trials, family: str) -> float:
    """The mean over a family's trials of their largest deviations; nan where there are none."""
    return mean_of(trials, "mean_pixel_deviation", family)


def _ratio(one: str, other: str) -> Measure:
    return Measure(lambda trials: deviation(trials, one) / deviation(trials, other), families(one, other))


def _size(family: str) -> Measure:
    return Measure(lambda trials: deviation(trials, family), families(family))


_MEASURES = {
    "figure2-deterministic-deviates": _ratio("wae-deterministic", "wae-uniform"),
    "figure2-random-near-vae": _ratio("wae-uniform", "vae"),
    "figure2-deterministic-worse-than-vae": _ratio("wae-deterministic", "vae"),
    "figure2-deterministic-size": _size("wae-deterministic"),
    "figure2-random-size": _size("wae-uniform"),
}


def _draw(evidence: Evidence, look: Look) -> Figure | None:
    """The deviation of every model along the brightness, and its largest value beside those of the paper."""
    present = [family for family in MODEL_NAMES if (evidence.trials["family"] == family).any()]
    if len(present) < 2 or "mean_pixel_deviation" not in evidence.trials:
        return None
    figure, (along, largest) = panels(look, 2)
    for family in present:
        trials = evidence.trials[evidence.trials["family"] == family]
        for _, trial in trials.iterrows():
            arrays = evidence.arrays_of(trial)
            if "pixel_deviation" in arrays:
                along.plot(CURVE_AT, arrays["pixel_deviation"], color=look.colour(family), linewidth=1, alpha=0.85)
    along.axhline(0, color=look.faint, linewidth=0.8)
    along.axvline(36 / 1024, color=look.faint, linewidth=0.8, linestyle=":")
    along.set_xlim(0, CURVE_AT[-1])
    along.set_xlabel("mean pixel value (white square: dotted)", fontsize=9)
    along.set_ylabel("empirical minus uniform distribution function", fontsize=9)
    _strip(largest, look, evidence.trials, present)
    handles = [Line2D([], [], color=look.colour(family), label=MODEL_NAMES[family]) for family in present]
    handles += [
        Line2D([], [], linestyle="none", marker="o", color=look.ink, label="ours"),
        Line2D([], [], linestyle="none", marker="o", color=look.ink, markerfacecolor="none", label="paper"),
        Line2D([], [], marker="_", markersize=12, markeredgewidth=2, linestyle="none", color=look.ink, label="mean"),
    ]
    legend(figure, look, handles, columns=6)
    return figure


def _strip(ax: Axes, look: Look, trials: pd.DataFrame, present: list[str]) -> None:
    """Largest deviations, ours filled on the left and the paper's open on the right of each family's place."""
    for place, family in enumerate(present):
        ours = trials.loc[trials["family"] == family, "mean_pixel_deviation"].to_numpy(dtype=float)
        for side, values, filled in ((-0.16, ours, True), (0.16, np.array(paper_numbers("figure2")[family]), False)):
            spread = np.linspace(-0.07, 0.07, len(values)) if len(values) > 1 else np.zeros(len(values))
            colour = look.colour(family)
            ax.scatter(
                place + side + spread, values, s=34, marker=marker(family), edgecolors=colour, linewidths=1.2,
                facecolors=colour if filled else "none",
            )  # fmt: skip
            ax.hlines(values.mean(), place + side - 0.12, place + side + 0.12, color=look.ink, linewidth=1.6)
    ax.set_xticks(range(len(present)), [MODEL_NAMES[family] for family in present])
    ax.set_xlim(-0.5, len(present) - 0.5)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("largest deviation", fontsize=9)


FIGURE2 = Row(
    draw=_draw,
    title="Figure 2: the brightness of decoded draws of the prior",
    caption=(
        "Left: how far the distribution function of the mean pixel values of 100,000 samples is above the data's "
        "uniform one, a line a model. Right: its largest absolute value for each model, ours and the paper's five."
    ),
    measures=_MEASURES,
)
