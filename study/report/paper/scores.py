"""The trials of Figure 4 as arrays: what each model costs, and its disentanglement scores."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import pandas as pd

from study.report.paper.columns import families_of, numbers_of, per_table, true_in

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


@per_table
def own(trials: pd.DataFrame) -> Models:
    """The models of the paper's three families; beta-VAEs whose means go through tanh are a series of their own."""
    models = _models(trials)
    return models.where(~((models.family == "beta-vae") & models.tanh))


@per_table
def with_tanh(trials: pd.DataFrame) -> Models:
    """The beta-VAEs whose means go through tanh."""
    models = _models(trials)
    return models.where((models.family == "beta-vae") & models.tanh)


def _models(trials: pd.DataFrame) -> Models:
    family = families_of(trials)
    codes, _ = pd.factorize(trials["config_id"].to_numpy(dtype=object))
    strength = np.where(family == "beta-vae", numbers_of(trials, "beta"), numbers_of(trials, "lambda_1"))
    models = Models(
        place=np.arange(len(trials)),
        config=codes,
        family=family,
        strength=strength,
        tanh=true_in(trials, "tanh_mean"),
        reconstruction=numbers_of(trials, "reconstruction"),
        reconstruction_mean=numbers_of(trials, "reconstruction_mean"),
        runs_4=_runs(trials, 4),
        runs_5=_runs(trials, 5),
        heldout_4=numbers_of(trials, NAMES[4] + "_heldout"),
        heldout_5=numbers_of(trials, NAMES[5] + "_heldout"),
    )
    return models.of(*STRENGTH)


def _runs(trials: pd.DataFrame, factors: Factors) -> np.ndarray:
    return np.column_stack([numbers_of(trials, f"{NAMES[factors]}_run{run}") for run in RESTARTS])
