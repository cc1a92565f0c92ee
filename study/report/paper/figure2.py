"""Figure 2: how the brightness of decoded draws of the prior deviates from the data's uniform one."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.metrics.mean_pixel_deviation import CURVE_AT
from study.report.claims.measure import mean_measure, ratio_measure
from study.report.drawing.style import Look, legend, marker, panels
from study.report.paper.row import Evidence, Row
from study.report.published.numbers import paper_numbers

MODEL_NAMES = {"wae-deterministic": "deterministic", "wae-uniform": "random", "vae": "VAE"}


_MEASURES = {
    "figure2-deterministic-deviates": ratio_measure("mean_pixel_deviation", "wae-deterministic", "wae-uniform"),
    "figure2-random-near-vae": ratio_measure("mean_pixel_deviation", "wae-uniform", "vae"),
    "figure2-deterministic-worse-than-vae": ratio_measure("mean_pixel_deviation", "wae-deterministic", "vae"),
    "figure2-deterministic-size": mean_measure("mean_pixel_deviation", "wae-deterministic"),
    "figure2-random-size": mean_measure("mean_pixel_deviation", "wae-uniform"),
}


def _draw(evidence: Evidence, look: Look) -> Figure | None:
    """The deviation of every model along the brightness, and its largest value next to those of the paper."""
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
    """Largest deviations of each family: ours filled on the left, the paper's open on the right."""
    for place, family in enumerate(present):
        ours = trials.loc[trials["family"] == family, "mean_pixel_deviation"].to_numpy(dtype=float)
        published, colour = np.array(paper_numbers("figure2")[family]), look.colour(family)
        for side, values, fill in ((-0.16, ours, colour), (0.16, published, "none")):
            spread = np.linspace(-0.07, 0.07, len(values)) if len(values) > 1 else np.zeros(len(values))
            places, shape = place + side + spread, marker(family)
            ax.scatter(places, values, s=34, marker=shape, edgecolors=colour, linewidths=1.2, facecolors=fill)
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
