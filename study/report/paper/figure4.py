"""Figure 4: disentanglement over reconstruction on dSprites, four factors and five, along β and along λ₁.

Settings are means over the kept half of their scores, as in the paper, unless a claim says all. A measure that asks
which WAE setting is at least as good as some beta-VAE is minus infinity where none is: the claim is then false.
"""

import numpy as np
import pandas as pd

from study.report.paper import aggregation
from study.report.paper.aggregation import Settings
from study.report.paper.columns import per_table, spearman
from study.report.paper.figure4_drawing import draw
from study.report.paper.row import Row
from study.report.paper.scores import STRENGTH, Factors, own

CLOSE = 0.01
"""A WAE reaches a beta-VAE's score if its own is at most this much lower: between the paper's best four-factor means
of the families (.999, .997, .996) lies less."""

WAES = tuple(family for family in STRENGTH if family != "beta-vae")


@per_table
def kept(trials: pd.DataFrame, factors: Factors) -> Settings:
    """The paper's settings."""
    return aggregation.kept(own(trials), factors)


@per_table
def all_seeds(trials: pd.DataFrame, factors: Factors, heldout: bool = False) -> Settings:
    """Settings with no seed dropped."""
    return aggregation.all_seeds(own(trials), factors, heldout)


def strength_costs(trials: pd.DataFrame, family: str) -> float:
    """Spearman correlation of β or λ₁ and the settings' mean reconstruction over all seeds."""
    settings = all_seeds(trials, 4).of(family)
    return spearman(settings.strength, settings.reconstruction)


def penalty_disentangles(trials: pd.DataFrame) -> float:
    """Four factors, kept: rise from the smallest strength to the best one, the smallest of the three families."""
    settings = kept(trials, 4)
    rises = []
    for family in STRENGTH:
        mine = settings.of(family)
        if len(mine) < 2:
            return float("nan")
        rises.append(float(mine.score.max() - mine.score[np.argmin(mine.strength)]))
    return min(rises)


def best_beta_score(trials: pd.DataFrame) -> float:
    """Four factors, kept: the best beta-VAE setting's score."""
    settings = kept(trials, 4).of("beta-vae")
    return float(settings.score.max()) if len(settings) else float("nan")


def cheaper_by(settings: Settings, *families: str) -> float:
    """Reconstruction of the best beta-VAE setting minus that of the cheapest of these WAEs that reaches its score."""
    betas, waes = settings.of("beta-vae"), settings.of(*families)
    if not len(betas) or not len(waes):
        return float("nan")
    best = _best(betas)
    reaching = waes.reconstruction[waes.score >= betas.score[best] - CLOSE]
    return float(betas.reconstruction[best] - reaching.min()) if len(reaching) else float("-inf")


def better_by(settings: Settings) -> float:
    """Best score of a WAE setting that reconstructs better than the best beta-VAE setting, minus that one's score."""
    betas, waes = settings.of("beta-vae"), settings.of(*WAES)
    if not len(betas) or not len(waes):
        return float("nan")
    best = _best(betas)
    cheaper = waes.score[waes.reconstruction < betas.reconstruction[best]]
    return float(cheaper.max() - betas.score[best]) if len(cheaper) else float("-inf")


def _best(settings: Settings) -> int:
    """The setting with the best score, of equal ones the cheapest."""
    return int(np.lexsort((settings.reconstruction, -settings.score))[0])


FIGURE4 = Row(
    draw=draw,
    title="Figure 4: disentanglement against reconstruction on dSprites",
    caption=(
        "(a) four factors, (b) five (with shape). Lines join the settings of a family along β or λ₁: for each the mean "
        "of the best half of its scores (seeds times three restarts of the classifier), as in the paper; small dots "
        "are these scores. Pale, with bars of one standard deviation: the mean over all seeds. Thin steps: the front "
        "of a family's single models. Dotted, hollow: the paper's own means, of the best half of ten seeds; they "
        "compare with the joined ones, not with those over all seeds. All scores are those of a classifier fitted by "
        "Adagrad, on its training examples. Reconstruction on test images, sampled codes."
    ),
    measures={
        "figure4-beta-costs": lambda trials: strength_costs(trials, "beta-vae"),
        "figure4-lambda-gaussian-costs": lambda trials: strength_costs(trials, "wae-gaussian"),
        "figure4-lambda-uniform-costs": lambda trials: strength_costs(trials, "wae-uniform"),
        "figure4-penalty-disentangles": penalty_disentangles,
        "figure4-beta-as-published": best_beta_score,
        "figure4-four-gaussian": lambda trials: cheaper_by(kept(trials, 4), "wae-gaussian"),
        "figure4-four-uniform": lambda trials: cheaper_by(kept(trials, 4), "wae-uniform"),
        "figure4-five": lambda trials: better_by(kept(trials, 5)),
        "figure4-four-all": lambda trials: cheaper_by(all_seeds(trials, 4), *WAES),
        "figure4-five-all": lambda trials: better_by(all_seeds(trials, 5)),
        "figure4-five-heldout": lambda trials: better_by(all_seeds(trials, 5, heldout=True)),
    },
)
