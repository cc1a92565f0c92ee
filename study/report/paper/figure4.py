"""Figure 4: disentanglement over reconstruction on dSprites, four factors and five, along β and along λ₁.

Settings are means over the kept half of their scores, as in the paper, unless a claim says all. One family of WAEs is
compared with beta-VAEs at a time, by measures that change their sign where the two change places: a WAE is given no
slack, no more settings, and no other criterion than a beta-VAE. They are averages over all scores, or costs, that both
families reach. At the highest one alone, single settings decide: of the paper's own means, exchanged, 14 to 18 % save
as many nats there, and none or .2 % on average.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from study.pareto.dominance import staircase
from study.report.claims.measure import READINGS, Measure, families, spearman
from study.report.drawing.style import Look, legend, marker, panels
from study.report.paper.row import Evidence, Row
from study.report.paper.scores import (
    STRENGTH,
    WAES,
    FactorCount,
    ScoredModels,
    ScoredSettings,
    all_seeds,
    beside_betas,
    kept_half,
    kept_scores,
)
from study.report.published.numbers import paper_numbers

_measure = partial(Measure, view=ScoredModels.among)


def strength_costs(family: str, models: ScoredModels) -> float:
    """Spearman correlation of β or λ₁ and the settings' mean reconstruction over all seeds."""
    settings = all_seeds(models, 4).of(family)
    return spearman(settings.strength, settings.reconstruction)


def penalty_disentangles(models: ScoredModels) -> float:
    """Four factors, kept: rise from the smallest strength to the best larger one, the least of the three families."""
    settings = kept_half(models, 4)
    rises = []
    for family in STRENGTH:
        sweep = settings.of(family)
        if len(sweep) < 2:
            return float("nan")
        smallest = int(np.argmin(sweep.strength))
        rises.append(float(np.delete(sweep.score, smallest).max() - sweep.score[smallest]))
    return min(rises)


def best_beta_score(models: ScoredModels) -> float:
    """Four factors, kept: the best beta-VAE setting's score."""
    settings = kept_half(models, 4).of("beta-vae")
    return float(settings.score.max()) if len(settings) else float("nan")


def cheaper_by(settings: ScoredSettings, wae: str) -> float:
    """Nats that a WAE saves at equal scores: of the cheapest settings of each family, over all scores both reach."""
    betas, waes = settings.of("beta-vae"), settings.of(wae)
    return _mean_lead((betas.reconstruction, betas.score), (waes.reconstruction, waes.score))


def better_by(settings: ScoredSettings, wae: str) -> float:
    """Lead of a WAE's score at equal costs: of the best settings of each family, over all costs both can keep to."""
    betas, waes = settings.of("beta-vae"), settings.of(wae)
    return _mean_lead((-betas.score, -betas.reconstruction), (-waes.score, -waes.reconstruction))


def _mean_lead(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> float:
    """The least cost of one minus that of another, each (costs, gains): the mean over all gains that both have.

    These are the gains of the settings of both, up to the smaller of their largest ones; nan where one has no setting.
    """
    if not len(one[0]) or not len(other[0]):
        return float("nan")
    levels = np.concatenate([gains[gains <= min(one[1].max(), other[1].max())] for gains in (one[1], other[1])])
    first, second = (np.where(gains >= levels[:, None], costs, np.inf).min(axis=1) for costs, gains in (one, other))
    return float((first - second).mean())


def _compared(wae: str) -> dict[str, Measure]:
    """The measures that compare one family of WAEs with beta-VAEs, by the ids of their claims."""
    sides, name = beside_betas(wae), wae.removeprefix("wae-")
    values: dict[str, Callable[[ScoredModels], float]] = {
        f"figure4-four-{name}": lambda models: cheaper_by(kept_half(models, 4), wae),
        f"figure4-five-{name}": lambda models: better_by(kept_half(models, 5), wae),
        f"figure4-four-all-{name}": lambda models: cheaper_by(all_seeds(models, 4), wae),
        f"figure4-five-all-{name}": lambda models: better_by(all_seeds(models, 5), wae),
        f"figure4-five-heldout-{name}": lambda models: better_by(all_seeds(models, 5, heldout=True), wae),
    }
    return {claim: _measure(value, sides, readings=READINGS) for claim, value in values.items()}


_MEASURES = {
    "figure4-beta-costs": _measure(partial(strength_costs, "beta-vae"), beside_betas(), readings=READINGS),
    "figure4-lambda-gaussian-costs": _measure(partial(strength_costs, "wae-gaussian"), families("wae-gaussian")),
    "figure4-lambda-uniform-costs": _measure(partial(strength_costs, "wae-uniform"), families("wae-uniform")),
    "figure4-penalty-disentangles": _measure(penalty_disentangles, beside_betas(*WAES), readings=READINGS),
    "figure4-beta-as-published": _measure(best_beta_score, beside_betas(), readings=READINGS),
    **{claim: measure for wae in WAES for claim, measure in _compared(wae).items()},
}


PAPER_SCORES: dict[FactorCount, str] = {4: "disentanglement_4", 5: "disentanglement"}
"""Name of the score on so many factors among the paper's numbers."""

TICKS_IN_NATS = (20, 30, 50, 70, 100, 150, 200, 300, 500)
"""Ticks of the logarithmic axis: a beta-VAE that codes nothing costs ten times what a good WAE does."""

TANH = "beta-vae, tanh means"


def _draw(evidence: Evidence, look: Look) -> Figure | None:
    """Four-factor scores next to five-factor ones; None where no trial has scores and a reconstruction."""
    every = ScoredModels.among(evidence.trials)
    models, tanh = every.published(), every.tanh_betas()
    if not len(all_seeds(models, 4)) and not len(all_seeds(tanh, 4)):
        return None
    series = {family: models.of(family) for family in STRENGTH} | {TANH: tanh}
    series = {name: members for name, members in series.items() if len(members)}
    figure, axes = panels(look, 2)
    for ax, factors, letter in zip(axes, PAPER_SCORES, "ab", strict=True):
        _panel(ax, series, factors, look)
        ax.set_title(f"({letter}) {'four' if factors == 4 else 'five'} factors", size=10, color=look.ink, loc="left")
    legend(figure, look, _handles(series, look), columns=3)
    return figure


def _panel(ax: Axes, series: dict[str, ScoredModels], factors: FactorCount, look: Look) -> None:
    for family, values in paper_numbers("figure4")["families"].items():
        style = _paper_style(look.colour(family), marker(family))
        ax.plot(values["reconstruction"], values[PAPER_SCORES[factors]], **style)
    for name in sorted(series, key=lambda name: name != TANH):  # tanh means behind the others
        _series(ax, series[name], factors, name, look)
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(NullLocator())
    low, high = ax.get_xlim()
    ax.set_xticks([tick for tick in TICKS_IN_NATS if low <= tick <= high])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.minorticks_off()
    ax.set_xlabel("reconstruction (nats per image)   ← better")
    ax.set_ylabel(f"accuracy, {'four' if factors == 4 else 'five'} factors   better →")


def _series(ax: Axes, models: ScoredModels, factors: FactorCount, series: str, look: Look) -> None:
    """One family's scores, means and front."""
    colour, shape = _colour(series, look), _marker(series)
    everything, half = all_seeds(models, factors), kept_half(models, factors)
    single = np.column_stack([models.reconstruction, models.score(factors)])
    _front(ax, single[np.isfinite(single).all(axis=1)], colour)
    ax.errorbar(
        everything.reconstruction, everything.score, xerr=everything.reconstruction_deviation,
        yerr=everything.score_deviation, linestyle="none", marker=shape, markersize=4, color=colour, alpha=0.35,
        elinewidth=0.8, zorder=2,
    )  # fmt: skip
    rows, scores = kept_scores(models, factors)
    ax.scatter(models.reconstruction[rows], scores, s=5, color=colour, linewidths=0, alpha=0.6, zorder=3)
    ax.plot(
        half.reconstruction, half.score, color=colour, marker=shape, markersize=6.5, markeredgecolor=look.ground,
        markeredgewidth=0.7, linewidth=1.5, linestyle=_line(series), zorder=4,
    )  # fmt: skip


def _front(ax: Axes, single: np.ndarray, colour: str) -> None:
    """The steps between what single models (n, 2) dominate and what they do not."""
    corners = staircase(single * [1, -1]) * [1, -1]
    ax.plot(corners[:, 0], corners[:, 1], color=colour, linewidth=0.8, alpha=0.7, zorder=1.5)


def _colour(series: str, look: Look) -> str:
    return look.colour("vae" if series == TANH else series)


def _marker(series: str) -> str:
    return marker("vae" if series == TANH else series)


def _line(series: str) -> Literal["--", "-"]:
    return "--" if series == TANH else "-"


def _paper_style(colour: str, shape: str) -> dict[str, Any]:
    return {
        "color": colour,
        "marker": shape,
        "markersize": 5,
        "markerfacecolor": "none",
        "linewidth": 0.8,
        "linestyle": (0, (1, 2)),
        "alpha": 0.6,
        "zorder": 1,
    }


def _handles(series: dict[str, ScoredModels], look: Look) -> list[Line2D]:
    faint = look.faint
    return [
        *(
            Line2D(
                [], [], color=_colour(name, look), marker=_marker(name), markersize=6.5, linewidth=1.5,
                linestyle=_line(name), label=f"{name} ({len(models):,})",
            )
            for name, models in series.items()
        ),
        Line2D([], [], color=faint, marker=".", markersize=4, linestyle="none", label="scores of the kept half"),
        Line2D([], [], color=faint, marker="|", markersize=9, alpha=0.6, linewidth=0.8, label="all seeds, ± s.d."),
        Line2D([], [], color=faint, linewidth=0.8, drawstyle="steps-post", label="front of single models"),
        Line2D([], [], label="the paper's means of its best half", **_paper_style(faint, "o")),
    ]  # fmt: skip


FIGURE4 = Row(
    draw=_draw,
    title="Figure 4: disentanglement against reconstruction on dSprites",
    caption=(
        "(a) four factors, (b) five (with shape). Lines join the settings of a family along β or λ₁: for each the mean "
        "of the best half of its scores (seeds times three restarts of the classifier), as in the paper; small dots "
        "are these scores. Pale, with bars of one standard deviation: the mean over all seeds. Thin steps: the front "
        "of a family's single models. Dotted, hollow: the paper's own means, of the best half of ten seeds; they "
        "compare with the joined ones, not with those over all seeds. All scores are those of a classifier fitted by "
        "Adagrad, on its training examples. Reconstruction on test images, sampled codes."
    ),
    measures=_MEASURES,
)
