"""The trials of Figure 4 as arrays: what each model costs, and its disentanglement scores."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import pandas as pd

from study.report.paper.columns import Trials, families_of, numbered, numbers_of, per_table, true_in
from study.report.paper.row import Reading, Sides

Factors = Literal[4, 5]

NAMES: dict[Factors, str] = {4: "disentanglement_4_adagrad", 5: "disentanglement_adagrad"}
RESTARTS = (1, 2, 3)

STRENGTH = {"beta-vae": "beta", "wae-gaussian": "lambda_1", "wae-uniform": "lambda_1"}
"""The three families of the figure, and what each one's settings differ in."""


@dataclass(frozen=True)
class Models:
    """One entry a trial. `place` is its row in the table, `config` numbers its configuration.

    `runs_4` and `runs_5` (n, 3) are the accuracies of the classifier's three restarts on the examples that it was
    fitted to, `heldout_4` and `heldout_5` (n,) on fresh ones; reconstructions are nats per image.
    """

    place: np.ndarray
    config: np.ndarray
    family: np.ndarray
    strength: np.ndarray
    tanh: np.ndarray
    reconstruction: np.ndarray
    reconstruction_mean: np.ndarray
    runs_4: np.ndarray
    runs_5: np.ndarray
    heldout_4: np.ndarray
    heldout_5: np.ndarray

    def __len__(self) -> int:
        return len(self.place)

    def where(self, chosen: np.ndarray) -> "Models":
        """Those of this mask (n,)."""
        return Models(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def of(self, *families: str) -> "Models":
        """Those of these families."""
        return self.where(among(self.family, families))

    def runs(self, factors: Factors) -> np.ndarray:
        """The scores (n, 3) of the classifier's restarts."""
        return self.runs_4 if factors == 4 else self.runs_5

    def score(self, factors: Factors, heldout: bool = False) -> np.ndarray:
        """One score a model (n,): the mean of its restarts, or that on fresh examples."""
        if heldout:
            return self.heldout_4 if factors == 4 else self.heldout_5
        mean: np.ndarray = self.runs(factors).mean(axis=1)
        return mean


def among(family: np.ndarray, families: Iterable[str]) -> np.ndarray:
    """Which of these (n,), as objects, are one of the families."""
    chosen = np.zeros(len(family), dtype=bool)
    for name in families:
        chosen |= family == name
    return chosen


def own(trials: Trials) -> Models:
    """The models of the paper's three families; beta-VAEs whose means go through tanh are a series of their own."""
    found = models(trials)
    return found.where(~((found.family == "beta-vae") & found.tanh))


def with_tanh(trials: Trials) -> Models:
    """The beta-VAEs whose means go through tanh."""
    found = models(trials)
    return found.where((found.family == "beta-vae") & found.tanh)


def beside_betas(*waes: str) -> Sides:
    """The beta-VAEs of the reading, and these WAEs at the same places of their grids: equally many settings a side.

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
    """Of each configuration (n,) the rank of its strength within its mask, equal ones alike, from 0."""
    places = np.full(len(strength), -1)
    for mask in masks:
        places[mask] = np.unique(strength[mask], return_inverse=True)[1]
    return places


def _strength(trials: Trials) -> np.ndarray:
    beta, lambda_1 = numbers_of(trials, "beta"), numbers_of(trials, "lambda_1")
    strength: np.ndarray = np.where(families_of(trials) == "beta-vae", beta, lambda_1)
    return strength


@per_table
def models(trials: Trials) -> Models:
    """All models of the paper's three families."""
    family = families_of(trials)
    found = Models(
        place=np.arange(len(trials)),
        config=numbered(trials["config_id"]),
        family=family,
        strength=_strength(trials),
        tanh=true_in(trials, "tanh_mean"),
        reconstruction=numbers_of(trials, "reconstruction"),
        reconstruction_mean=numbers_of(trials, "reconstruction_mean"),
        runs_4=_runs(trials, 4),
        runs_5=_runs(trials, 5),
        heldout_4=numbers_of(trials, NAMES[4] + "_heldout"),
        heldout_5=numbers_of(trials, NAMES[5] + "_heldout"),
    )
    return found if set(family) <= set(STRENGTH) else found.of(*STRENGTH)


def _runs(trials: Trials, factors: Factors) -> np.ndarray:
    return np.column_stack([numbers_of(trials, f"{NAMES[factors]}_run{run}") for run in RESTARTS])
