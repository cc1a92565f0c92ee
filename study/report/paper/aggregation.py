"""From trials to settings, as section 3.2 of the paper does it: of a setting's scores the best half is kept.

A setting's scores are those of all its seeds, three restarts of the classifier each. With n scores the best ceil(n/2)
are kept, each with the test reconstruction of its model, and both are averaged. Four-factor and five-factor scores are
kept separately. `all_seeds` averages over all of them instead, which the paper does not show.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from study.report.paper.columns import families_of, numbers_of, true_in

Factors = Literal[4, 5]

NAMES: dict[Factors, str] = {4: "disentanglement_4_adagrad", 5: "disentanglement_adagrad"}
RESTARTS = (1, 2, 3)

STRENGTH = {"beta-vae": "beta", "wae-gaussian": "lambda_1", "wae-uniform": "lambda_1"}
"""What each family's settings differ in."""


@dataclass(frozen=True)
class Settings:
    """One entry a setting, by family and strength (β or λ₁): means, standard deviations over what was averaged."""

    family: np.ndarray
    strength: np.ndarray
    reconstruction: np.ndarray
    score: np.ndarray
    reconstruction_deviation: np.ndarray
    score_deviation: np.ndarray

    def of(self, *families: str) -> "Settings":
        """Those of these families."""
        chosen = np.isin(self.family, families)
        return Settings(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def __len__(self) -> int:
        return len(self.family)


def own(trials: pd.DataFrame) -> pd.DataFrame:
    """The trials of the paper's three families; beta-VAEs whose means go through tanh are a series of their own."""
    family = families_of(trials)
    chosen = np.isin(family, list(STRENGTH)) & ~((family == "beta-vae") & true_in(trials, "tanh_mean"))
    return trials[chosen]


def with_tanh(trials: pd.DataFrame) -> pd.DataFrame:
    """The beta-VAEs whose means go through tanh."""
    return trials[(families_of(trials) == "beta-vae") & true_in(trials, "tanh_mean")]


def restarts(trials: pd.DataFrame, factors: Factors) -> np.ndarray:
    """The scores (n, 3) of each trial's three restarts of the classifier."""
    return np.column_stack([numbers_of(trials, f"{NAMES[factors]}_run{run}") for run in RESTARTS])


def score(trials: pd.DataFrame, factors: Factors, heldout: bool = False) -> np.ndarray:
    """One score a trial (n,): the mean of its restarts, on the classifier's own examples or on fresh ones."""
    if heldout:
        return numbers_of(trials, NAMES[factors] + "_heldout")
    mean: np.ndarray = restarts(trials, factors).mean(axis=1)
    return mean


def kept(trials: pd.DataFrame, factors: Factors) -> Settings:
    """The paper's aggregation: means over the kept half of each setting's scores."""
    scores = restarts(trials, factors)
    rows = np.repeat(np.arange(len(trials)), scores.shape[1])
    place, chosen = best_half(scores.ravel(), _settings(trials)[0][rows])
    return _means(trials, rows[place][chosen], scores.ravel()[place][chosen])


def best_half(scores: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An order of the finite ones of these scores (m,), and which of them in that order are of their group's best half.

    `groups` numbers the group of each score. Of n finite scores ceil(n/2) are kept; of equal ones the earlier.
    """
    finite = np.flatnonzero(np.isfinite(scores))
    order = finite[np.lexsort((-scores[finite], groups[finite]))]
    counts = np.bincount(groups[order]) if len(order) else np.zeros(0, dtype=int)
    starts = np.cumsum(counts) - counts
    rank = np.arange(len(order)) - starts[groups[order]]
    return order, rank < -(-counts[groups[order]] // 2)


def all_seeds(trials: pd.DataFrame, factors: Factors, heldout: bool = False) -> Settings:
    """Means over all trials of each setting, and their standard deviations over seeds."""
    values = score(trials, factors, heldout)
    finite = np.flatnonzero(np.isfinite(values))
    return _means(trials, finite, values[finite])


def _settings(trials: pd.DataFrame) -> tuple[np.ndarray, int]:
    codes, distinct = pd.factorize(trials["config_id"].to_numpy(dtype=object))
    return codes, len(distinct)


def _means(trials: pd.DataFrame, rows: np.ndarray, scores: np.ndarray) -> Settings:
    """Means by setting of (reconstruction of the trial in `rows`, score); trials without a finite one are left out."""
    reconstruction = numbers_of(trials, "reconstruction")[rows]
    usable = np.isfinite(reconstruction)
    rows, scores, reconstruction = rows[usable], scores[usable], reconstruction[usable]
    codes, number = _settings(trials)
    groups = codes[rows]
    counts = np.bincount(groups, minlength=number)

    def mean(values: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            means: np.ndarray = np.bincount(groups, values, minlength=number) / counts
        return means

    means = [mean(values) for values in (reconstruction, scores)]
    deviations = [
        np.sqrt(mean((values - middle[groups]) ** 2))
        for values, middle in zip((reconstruction, scores), means, strict=True)
    ]
    _, first = np.unique(codes, return_index=True)
    family = families_of(trials)[first]
    strength = np.full(number, np.nan)
    for name in set(STRENGTH.values()):
        here = np.array([STRENGTH.get(each) == name for each in family], dtype=bool)
        strength[here] = numbers_of(trials, name)[first][here]
    order = np.lexsort((strength, family.astype(str)))
    order = order[counts[order] > 0]
    return Settings(family[order], strength[order], *(each[order] for each in (*means, *deviations)))
