"""The same settings trained shortly and longer: whether a short budget ranks them alike.

No claim of the paper; it shows how far the verdicts of a quick study can be trusted.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from study.report.claims.measure import numbers_of, spearman
from study.report.drawing.labels import name_points
from study.report.drawing.style import Look, legend, marker, panels
from study.report.paper.row import Evidence, Row
from study.report.paper.scores import STRENGTH, ScoredModels

COMPARED = {
    "reconstruction": "reconstruction (nats)",
    "four": "accuracy, four factors",
    "five": "accuracy, five factors",
}

NAME_MARGIN = 0.06
"""Free space at both ends of an axis, as a fraction of it, for the names of settings next to their points."""


@dataclass(frozen=True)
class BudgetPair:
    """Settings that were run at two budgets: one row each with `family`, and `COMPARED` as NAME_short and NAME_long."""

    short: str
    long: str
    table: pd.DataFrame

    def agreement(self, metric: str) -> float:
        """Spearman correlation of the settings' means at the two budgets."""
        short, long = (self.table[f"{metric}_{end}"].to_numpy(dtype=float) for end in ("short", "long"))
        return spearman(short, long)


def pairs(trials: pd.DataFrame) -> list[BudgetPair]:
    """The shortest budget against each longer one, over the settings that both have; means over seeds."""
    models = ScoredModels.among(trials).published()
    effort = ("images_trained", "width", "steps_trained")
    table = pd.DataFrame(
        {
            "family": models.family,
            "strength": models.strength,
            "reconstruction": models.reconstruction,
            "four": models.score(4),
            "five": models.score(5),
            **{name: numbers_of(trials, name)[models.place] for name in effort},
        }
    )
    budgets = [
        (f"{seeds['steps_trained'].max():,.0f} steps, width {width:,.0f}", _means(seeds))
        for (_, width), seeds in table.groupby(["images_trained", "width"])
    ]
    compared = []
    for name, means in budgets[1:]:
        both = budgets[0][1].add_suffix("_short").join(means.add_suffix("_long"), how="inner").reset_index()
        if len(both):
            compared.append(BudgetPair(budgets[0][0], name, both))
    return compared


def _means(models: pd.DataFrame) -> pd.DataFrame:
    return models.groupby(["family", "strength"])[list(COMPARED)].mean()


def _draw(evidence: Evidence, look: Look) -> Figure | None:
    """One panel a metric: the longer run over the shorter, with the rank correlation; None without two budgets."""
    compared = pairs(evidence.trials)
    if not compared:
        return None
    figure, axes = panels(look, len(COMPARED) * len(compared))
    for row, pair in enumerate(compared):
        for ax, (metric, label) in zip(axes[row * len(COMPARED) :], COMPARED.items(), strict=False):
            _panel(ax, pair, metric, label, look)
    families = [family for family in STRENGTH if any(family in set(pair.table["family"]) for pair in compared)]
    handles = [
        Line2D([], [], linestyle="none", marker=marker(f), markersize=7, color=look.colour(f), label=f)
        for f in families
    ]
    handles.append(Line2D([], [], color=look.faint, linewidth=0.9, linestyle=":", label="no change"))
    legend(figure, look, handles, columns=4)
    return figure


def _panel(ax: Axes, pair: BudgetPair, metric: str, label: str, look: Look) -> None:
    for family, settings in pair.table.groupby("family"):
        shape, colour = marker(str(family)), look.colour(str(family))
        short, long = settings[f"{metric}_short"], settings[f"{metric}_long"]
        ax.scatter(short, long, s=42, marker=shape, color=colour, edgecolors=look.ground)
    low, high = min(ax.get_xlim()[0], ax.get_ylim()[0]), max(ax.get_xlim()[1], ax.get_ylim()[1])
    low, high = low - NAME_MARGIN * (high - low), high + NAME_MARGIN * (high - low)
    ax.plot([low, high], [low, high], color=look.faint, linewidth=0.9, linestyle=":", zorder=1)
    ax.set_xlim(low, high)
    ax.set_ylim(low, high)
    names = [
        f"{'β' if family == 'beta-vae' else 'λ₁'} {strength:g}"
        for family, strength in zip(pair.table["family"], pair.table["strength"], strict=True)
    ]
    name_points(ax, look, pair.table[[f"{metric}_short", f"{metric}_long"]].to_numpy(dtype=float), names, (1, -1), 7)
    rho = pair.agreement(metric)
    correlation = "ρ cannot be said" if np.isnan(rho) else f"ρ = {rho:.2f}".replace("-", "−")
    ax.set_title(f"{label}\n{correlation}, {len(pair.table)} settings", size=9, color=look.ink, loc="left")
    ax.set_xlabel(pair.short, size=9)
    ax.set_ylabel(pair.long, size=9)


BUDGET = Row(
    draw=_draw,
    title="What the short budget is worth",
    caption=(
        "The same settings trained shortly and longer: each point is one setting, the mean over its seeds at both. ρ: "
        "Spearman's rank correlation over the settings. A point on the dotted line did not change."
    ),
    undrawn=(
        "To be seen from the same settings trained longer: report on both studies together, as in python -m "
        "study.report runs/SHORT runs/LONG."
    ),
    any_budget=True,
)
