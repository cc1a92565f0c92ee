"""The trials of Figure 4: reconstruction and disentanglement scores of each model, and means over those of a setting.

A setting's scores are those of all its seeds, three restarts of the classifier each. Section 3.2 of the paper keeps,
of n scores, the best ceil(n/2), each with the test reconstruction of its model, and averages both (`kept_half`).
Four-factor and five-factor scores are kept separately. `all_seeds`, which the paper does not show, averages over all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import pandas as pd

from study.report.claims.measure import ByFamily, Reading, Sides, Trials, families_of, numbered, numbers_of, true_in
from study.report.published.numbers import best_half

FactorCount = Literal[4, 5]

ADAGRAD_SCORES: dict[FactorCount, str] = {4: "disentanglement_4_adagrad", 5: "disentanglement_adagrad"}
"""Metric that is the score on so many factors, by the paper's classifier."""

STRENGTH = {"beta-vae": "beta", "wae-gaussian": "lambda_1", "wae-uniform": "lambda_1"}
"""The three families of the figure, and the parameter in which each one's settings differ."""

WAES = tuple(family for family in STRENGTH if family != "beta-vae")


@dataclass(frozen=True)
class ScoredModels(ByFamily):
    """One entry a trial of the three families. `place` is its row in the table, `config` numbers its configuration.

    `runs_4` and `runs_5` (n, 3) are the accuracies of the classifier's three restarts on the examples that it was
    fitted to, `heldout_4` and `heldout_5` (n,) on fresh ones; reconstructions are nats per image.
    """

    place: np.ndarray
    config: np.ndarray
    strength: np.ndarray
    tanh: np.ndarray
    reconstruction: np.ndarray
    reconstruction_mean: np.ndarray
    runs_4: np.ndarray
    runs_5: np.ndarray
    heldout_4: np.ndarray
    heldout_5: np.ndarray

    @classmethod
    def among(cls, trials: Trials) -> Self:
        """The models of the three families in a table of trials."""
        family = families_of(trials)
        models = cls(
            family=family,
            place=np.arange(len(trials)),
            config=numbered(trials["config_id"]),
            strength=_strength(trials),
            tanh=true_in(trials, "tanh_mean"),
            reconstruction=numbers_of(trials, "reconstruction"),
            reconstruction_mean=numbers_of(trials, "reconstruction_mean"),
            runs_4=_runs(trials, 4),
            runs_5=_runs(trials, 5),
            heldout_4=numbers_of(trials, ADAGRAD_SCORES[4] + "_heldout"),
            heldout_5=numbers_of(trials, ADAGRAD_SCORES[5] + "_heldout"),
        )
        return models if set(family) <= set(STRENGTH) else models.of(*STRENGTH)

    def published(self) -> Self:
        """The models without beta-VAEs whose means go through tanh, which are a series of their own."""
        return self.where(~((self.family == "beta-vae") & self.tanh))

    def tanh_betas(self) -> Self:
        """The beta-VAEs whose means go through tanh."""
        return self.where((self.family == "beta-vae") & self.tanh)

    def runs(self, factors: FactorCount) -> np.ndarray:
        """The scores (n, 3) of the classifier's restarts."""
        return self.runs_4 if factors == 4 else self.runs_5

    def score(self, factors: FactorCount, heldout: bool = False) -> np.ndarray:
        """One score a model (n,): the mean of its restarts, or that on fresh examples."""
        if heldout:
            return self.heldout_4 if factors == 4 else self.heldout_5
        mean: np.ndarray = self.runs(factors).mean(axis=1)
        return mean


def _runs(trials: Trials, factors: FactorCount) -> np.ndarray:
    return np.column_stack([numbers_of(trials, f"{ADAGRAD_SCORES[factors]}_run{run}") for run in (1, 2, 3)])


def _strength(trials: Trials) -> np.ndarray:
    beta, lambda_1 = numbers_of(trials, "beta"), numbers_of(trials, "lambda_1")
    strength: np.ndarray = np.where(families_of(trials) == "beta-vae", beta, lambda_1)
    return strength


@dataclass(frozen=True)
class ScoredSettings(ByFamily):
    """One entry a setting, by family and strength (β or λ₁): means, and standard deviations of what was averaged."""

    strength: np.ndarray
    reconstruction: np.ndarray
    score: np.ndarray
    reconstruction_deviation: np.ndarray
    score_deviation: np.ndarray


def kept_half(models: ScoredModels, factors: FactorCount) -> ScoredSettings:
    """The paper's aggregation: means over the kept half of each setting's scores."""
    return _means(models, *kept_scores(models, factors))


def kept_scores(models: ScoredModels, factors: FactorCount) -> tuple[np.ndarray, np.ndarray]:
    """The models that the kept half of all scores belong to (k,), and these scores (k,)."""
    scores = models.runs(factors)
    rows = np.repeat(np.arange(len(models)), scores.shape[1])
    chosen = best_half(scores.ravel(), models.config[rows])
    return rows[chosen], scores.ravel()[chosen]


def all_seeds(models: ScoredModels, factors: FactorCount, heldout: bool = False) -> ScoredSettings:
    """Means over all models of each setting, and their standard deviations over seeds."""
    scores = models.score(factors, heldout)
    finite = np.flatnonzero(np.isfinite(scores))
    return _means(models, finite, scores[finite])


def _means(models: ScoredModels, rows: np.ndarray, scores: np.ndarray) -> ScoredSettings:
    """Means by setting of these scores and of the reconstructions of their models; a model without one is left out."""
    usable = np.isfinite(models.reconstruction[rows])
    rows, scores = rows[usable], scores[usable]
    groups, costs = models.config[rows], models.reconstruction[rows]
    present = np.bincount(groups) > 0  # of configurations, which are numbered: far quicker than np.unique
    groups = (np.cumsum(present) - 1)[groups]
    counts = np.bincount(groups)
    first = np.empty(len(counts), dtype=int)
    first[groups[::-1]] = rows[::-1]
    means = [np.bincount(groups, values) / counts for values in (costs, scores)]
    deviations = [
        np.sqrt(np.bincount(groups, (values - mean[groups]) ** 2) / counts)
        for values, mean in zip((costs, scores), means, strict=True)
    ]
    family, strength = models.family[first], models.strength[first]
    order = np.lexsort((strength, family.astype(str)))
    return ScoredSettings(family[order], strength[order], *(column[order] for column in (*means, *deviations)))


def beside_betas(*waes: str) -> Sides:
    """Sides: the beta-VAEs of the reading, and these WAEs at the same places of their grids, equally many a side.

    A place is the rank of β, or of λ₁, among all that the family has, under either reading; only places that every side
    has are compared.
    """

    def sides(configurations: pd.DataFrame, reading: Reading | None) -> tuple[np.ndarray, ...]:
        family, tanh = families_of(configurations), true_in(configurations, "tanh_mean") == (reading == "tanh")
        every = {name: family == name for name in ("beta-vae", *waes)}
        places = _places(_strength(configurations), every.values())
        masks = [mask & tanh if name == "beta-vae" else mask for name, mask in every.items()]
        common = set.intersection(*(set(places[mask]) for mask in masks))
        return tuple(mask & np.isin(places, list(common)) for mask in masks)

    return sides


def _places(strength: np.ndarray, masks: Iterable[np.ndarray]) -> np.ndarray:
    """The rank of each configuration's strength within its mask (n,), from 0; equal ones have the same."""
    places = np.full(len(strength), -1)
    for mask in masks:
        places[mask] = np.unique(strength[mask], return_inverse=True)[1]
    return places
