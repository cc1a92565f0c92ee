"""Figure 4: disentanglement over reconstruction on dSprites, four factors and five, along β and along λ₁.

Settings are means over the kept half of their scores, as in the paper, unless a claim says all. One family of WAEs is
compared with beta-VAEs at a time, by measures that change their sign where the two change places: a WAE is given no
slack, no more settings, and no other criterion than a beta-VAE. They are averages over all scores, or costs, that both
families reach. At the highest one alone, single settings decide: of the paper's own means, exchanged, 14 to 18 % save
as many nats there, and none or .2 % on average.
"""

from functools import partial

import numpy as np

from study.report.paper import aggregation
from study.report.paper.aggregation import Settings
from study.report.paper.columns import Trials, per_table, spearman
from study.report.paper.figure4_drawing import draw
from study.report.paper.row import READINGS, Measure, Row, families
from study.report.paper.scores import STRENGTH, Factors, beside_betas, models

WAES = tuple(family for family in STRENGTH if family != "beta-vae")


@per_table
def kept(trials: Trials, factors: Factors) -> Settings:
    """The paper's settings."""
    return aggregation.kept(models(trials), factors)


@per_table
def all_seeds(trials: Trials, factors: Factors, heldout: bool = False) -> Settings:
    """Settings with no seed dropped."""
    return aggregation.all_seeds(models(trials), factors, heldout)


def strength_costs(family: str, trials: Trials) -> float:
    """Spearman correlation of β or λ₁ and the settings' mean reconstruction over all seeds."""
    settings = all_seeds(trials, 4).of(family)
    return spearman(settings.strength, settings.reconstruction)


def penalty_disentangles(trials: Trials) -> float:
    """Four factors, kept: rise from the smallest strength to the best larger one, the least of the three families."""
    settings = kept(trials, 4)
    rises = []
    for family in STRENGTH:
        mine = settings.of(family)
        if len(mine) < 2:
            return float("nan")
        smallest = int(np.argmin(mine.strength))
        rises.append(float(np.delete(mine.score, smallest).max() - mine.score[smallest]))
    return min(rises)


def best_beta_score(trials: Trials) -> float:
    """Four factors, kept: the best beta-VAE setting's score."""
    settings = kept(trials, 4).of("beta-vae")
    return float(settings.score.max()) if len(settings) else float("nan")


def cheaper_by(settings: Settings, wae: str) -> float:
    """Nats that a WAE saves at equal scores: of the cheapest settings of each family, over all scores both reach."""
    betas, waes = settings.of("beta-vae"), settings.of(wae)
    return _mean_lead((betas.reconstruction, betas.score), (waes.reconstruction, waes.score))


def better_by(settings: Settings, wae: str) -> float:
    """By how much a WAE scores better at equal costs: best settings of each family, over all costs both can keep to."""
    betas, waes = settings.of("beta-vae"), settings.of(wae)
    return _mean_lead((-betas.score, -betas.reconstruction), (-waes.score, -waes.reconstruction))


def _mean_lead(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> float:
    """The least cost of one minus that of another, each (costs, gains): the mean over all gains that both have.

    These are the gains of the settings of both, up to the smaller of their largest ones; nan where one has no setting.
    """
    if not len(one[0]) or not len(other[0]):
        return float("nan")
    levels = np.concatenate([gains[gains <= min(one[1].max(), other[1].max())] for gains in (one[1], other[1])])
    mine, theirs = (np.where(gains >= levels[:, None], costs, np.inf).min(axis=1) for costs, gains in (one, other))
    return float((mine - theirs).mean())


def _compared(wae: str) -> dict[str, Measure]:
    """The measures that compare one family of WAEs with beta-VAEs, by the ids of their claims."""
    sides, name = beside_betas(wae), wae.removeprefix("wae-")
    values = {
        f"figure4-four-{name}": lambda trials: cheaper_by(kept(trials, 4), wae),
        f"figure4-five-{name}": lambda trials: better_by(kept(trials, 5), wae),
        f"figure4-four-all-{name}": lambda trials: cheaper_by(all_seeds(trials, 4), wae),
        f"figure4-five-all-{name}": lambda trials: better_by(all_seeds(trials, 5), wae),
        f"figure4-five-heldout-{name}": lambda trials: better_by(all_seeds(trials, 5, heldout=True), wae),
    }
    return {claim: Measure(value, sides, readings=READINGS) for claim, value in values.items()}


MEASURES = {
    "figure4-beta-costs": Measure(partial(strength_costs, "beta-vae"), beside_betas(), readings=READINGS),
    "figure4-lambda-gaussian-costs": Measure(partial(strength_costs, "wae-gaussian"), families("wae-gaussian")),
    "figure4-lambda-uniform-costs": Measure(partial(strength_costs, "wae-uniform"), families("wae-uniform")),
    "figure4-penalty-disentangles": Measure(penalty_disentangles, beside_betas(*WAES), readings=READINGS),
    "figure4-beta-as-published": Measure(best_beta_score, beside_betas(), readings=READINGS),
    **{claim: measure for wae in WAES for claim, measure in _compared(wae).items()},
}


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
    measures=MEASURES,
)
