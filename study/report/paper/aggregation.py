"""From models to settings, as section 3.2 of the paper does it: of a setting's scores the best half is kept.

A setting's scores are those of all its seeds, three restarts of the classifier each. With n scores the best ceil(n/2)
are kept, each with the test reconstruction of its model, and both are averaged. Four-factor and five-factor scores are
kept separately. `all_seeds` averages over all of them instead, which the paper does not show.
"""

from dataclasses import dataclass, fields

import numpy as np

from study.report.paper.scores import Factors, Models, among
from study.report.published.rules import best_half


@dataclass(frozen=True)
class Settings:
    """One entry a setting, by family and strength (β or λ₁): means, and standard deviations of what was averaged."""

    family: np.ndarray
    strength: np.ndarray
    reconstruction: np.ndarray
    score: np.ndarray
    reconstruction_deviation: np.ndarray
    score_deviation: np.ndarray

    def of(self, *families: str) -> "Settings":
        """Those of these families."""
        chosen = among(self.family, families)
        return Settings(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def __len__(self) -> int:
        return len(self.family)


def kept(models: Models, factors: Factors) -> Settings:
    """The paper's aggregation: means over the kept half of each setting's scores."""
    rows, scores = kept_scores(models, factors)
    return _means(models, rows, scores)


def kept_scores(models: Models, factors: Factors) -> tuple[np.ndarray, np.ndarray]:
    """The kept half of all scores (k,), and which model each is of (k,)."""
    scores = models.runs(factors)
    rows = np.repeat(np.arange(len(models)), scores.shape[1])
    chosen = best_half(scores.ravel(), models.config[rows])
    return rows[chosen], scores.ravel()[chosen]


def all_seeds(models: Models, factors: Factors, heldout: bool = False) -> Settings:
    """Means over all models of each setting, and their standard deviations over seeds."""
    scores = models.score(factors, heldout)
    finite = np.flatnonzero(np.isfinite(scores))
    return _means(models, finite, scores[finite])


def _means(models: Models, rows: np.ndarray, scores: np.ndarray) -> Settings:
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
    return Settings(family[order], strength[order], *(each[order] for each in (*means, *deviations)))
