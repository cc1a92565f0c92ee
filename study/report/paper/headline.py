"""The numbers of section 3.2: of each family the cheapest model above 98 % on four factors, and the best on five.

Single models, each with the mean of its three classifier restarts as its score; no mean over seeds.
"""

from dataclasses import dataclass
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.report.drawing.style import Look, panels
from study.report.paper.columns import Trials
from study.report.paper.row import READINGS, Evidence, Measure, Row
from study.report.paper.scores import Factors, Models, beside_betas, models, own
from study.report.published.numbers import paper_numbers
from study.report.published.rules import best, cheapest_above, cheapest_at_common_score

SIDES: dict[str, tuple[str, ...]] = {"wae": ("wae-gaussian", "wae-uniform"), "beta-vae": ("beta-vae",)}
"""What is drawn, as in the paper: WAEs with either random encoder, and beta-VAEs."""


@dataclass(frozen=True)
class Model:
    """One model: what it scores and costs, and which it is."""

    score: float
    reconstruction: float
    family: str


def cheapest(trials: pd.DataFrame, side: str) -> Model | None:
    """The cheapest model of a side above 98 % on four factors; None where none is above."""
    mine = own(trials).of(*SIDES[side])
    return _model(mine, 4, cheapest_above(mine.reconstruction, mine.score(4)))


def best_five(trials: pd.DataFrame, side: str) -> Model | None:
    """The best model of a side on five factors; None where it has no model."""
    mine = own(trials).of(*SIDES[side])
    return _model(mine, 5, best(mine.reconstruction, mine.score(5)))


def cheapest_difference(trials: Trials, wae: str) -> float:
    """At the highest four-factor score that both reach, 98 % at most: cheapest beta-VAE minus cheapest WAE, nats."""
    beta, ours = (models(trials).of(family) for family in ("beta-vae", wae))
    found = cheapest_at_common_score((beta.reconstruction, beta.score(4)), (ours.reconstruction, ours.score(4)))
    return float("nan") if found is None else float(beta.reconstruction[found[0]] - ours.reconstruction[found[1]])


def best_five_difference(trials: Trials, wae: str) -> float:
    """Best five-factor score: WAE minus beta-VAE."""
    beta, ours = _best_five(trials, wae)
    return float("nan") if beta is None or ours is None else ours.score - beta.score


def best_five_cheaper(trials: Trials, wae: str) -> float:
    """Reconstruction of these two models: beta-VAE minus WAE, nats."""
    beta, ours = _best_five(trials, wae)
    return float("nan") if beta is None or ours is None else beta.reconstruction - ours.reconstruction


def _best_five(trials: Trials, wae: str) -> tuple[Model | None, Model | None]:
    beta, ours = (models(trials).of(family) for family in ("beta-vae", wae))
    first, second = (_model(some, 5, best(some.reconstruction, some.score(5))) for some in (beta, ours))
    return first, second


def _compared(wae: str) -> dict[str, Measure]:
    """The measures that compare the models of one family of WAEs with beta-VAEs, by the ids of their claims."""
    values = {
        "headline-cheapest": cheapest_difference,
        "headline-best-five": best_five_difference,
        "headline-best-five-cheaper": best_five_cheaper,
    }
    return {
        f"{claim}-{wae.removeprefix('wae-')}": Measure(partial(value, wae=wae), beside_betas(wae), readings=READINGS)
        for claim, value in values.items()
    }


def _model(some: Models, factors: Factors, which: int | None) -> Model | None:
    if which is None:
        return None
    return Model(float(some.score(factors)[which]), float(some.reconstruction[which]), str(some.family[which]))


def draw(evidence: Evidence, look: Look) -> Figure | None:
    """Bars of reconstruction error, the paper's above ours; five-factor scores beside those of the best."""
    trials = evidence.trials
    ours = {(kind, side): pick(trials, side) for kind, pick in _PICKS.items() for side in SIDES}
    if all(model is None for model in ours.values()):
        return None
    figure, axes = panels(look, 2, height=3.0)
    figure.set_figheight(6.4 if look.narrow else 3.4)
    reach = _reach(ours)
    for ax, (kind, heading) in zip(axes, _HEADINGS.items(), strict=True):
        ax.set_title(heading, size=10, color=look.ink, loc="left")
        for place, side in enumerate(SIDES):
            told = paper_numbers("headline")[kind][side]
            family = "wae-gaussian" if side == "wae" else side
            _bar(ax, place - 0.19, told["reconstruction"], _told(told), look, family, faint=True, reach=reach)
            model = ours[kind, side]
            if model is None:
                nothing = "none above 98 %" if kind == "cheapest_above_98_percent" else "not run"
                _bar(ax, place + 0.19, 0.0, f"ours: {nothing}", look, family, faint=False, reach=reach)
            else:
                _bar(ax, place + 0.19, model.reconstruction, _found(kind, model), look, model.family, False, reach)
        ax.set_yticks(range(len(SIDES)), ["WAE" if side == "wae" else "beta-VAE" for side in SIDES], color=look.ink)
        ax.set_ylim(len(SIDES) - 0.45, -0.55)
        ax.set_xlim(0, reach)
        ax.grid(visible=False, axis="y")
        ax.set_xlabel("reconstruction (nats per image)   ← better")
    return figure


_PICKS = {"cheapest_above_98_percent": cheapest, "best_five_factor": best_five}
_HEADINGS = {
    "cheapest_above_98_percent": "Cheapest model above 98 % on four factors",
    "best_five_factor": "Best model on five factors",
}


def _reach(ours: dict[tuple[str, str], Model | None]) -> float:
    told = [
        values["reconstruction"]
        for kind in _PICKS
        for side, values in paper_numbers("headline")[kind].items()
        if side in SIDES
    ]
    return 1.05 * max(*told, *(model.reconstruction for model in ours.values() if model is not None))


def _told(values: dict[str, float]) -> str:
    scored = f"{values['disentanglement']:.3f} at " if "disentanglement" in values else ""
    return f"paper: {scored}{values['reconstruction']:.1f} ± {values['plus_minus']:.1f}"


def _found(kind: str, model: Model) -> str:
    scored = f"{model.score:.3f} at " if kind == "best_five_factor" else ""
    which = f" ({model.family.removeprefix('wae-')})" if model.family.startswith("wae-") else ""
    return f"ours: {scored}{model.reconstruction:.1f}{which}"


def _bar(ax: Axes, y: float, length: float, text: str, look: Look, family: str, faint: bool, reach: float) -> None:
    """One bar with its text inside it where it fits, else behind its end."""
    colour = look.colour(family)
    ax.barh(
        y,
        length,
        height=0.34,
        color="none" if faint else colour,
        edgecolor=colour,
        linestyle=":" if faint else "-",
        alpha=0.85,
    )
    inside = length > 0.5 * reach
    ax.annotate(
        text,
        (length, y),
        (-5 if inside else 5, 0),
        textcoords="offset points",
        ha="right" if inside else "left",
        va="center",
        size=9,
        color=(look.ground if not faint else look.ink) if inside else look.ink,
    )


HEADLINE = Row(
    draw=draw,
    title="Section 3.2: the numbers in the text",
    caption=(
        "Test reconstruction of single models, picked as in the paper: of each family the cheapest whose four-factor "
        "score is above 98 %, and the one with the best five-factor score, which stands before its nats. A score is "
        "the mean of three restarts of the classifier, fitted by Adagrad as the paper's. Dotted: the paper, which does "
        "not say what its ± is."
    ),
    measures={claim: measure for wae in SIDES["wae"] for claim, measure in _compared(wae).items()},
)
