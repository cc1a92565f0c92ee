"""A measure: one number that answers a claim of the paper, from a table of trials."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from study.report.claims.trial_columns import TrialTable, families_of, mean_of

Reading = Literal["linear", "tanh"]
"""Means that the paper's beta-VAEs may have had; it does not say which."""

READINGS: tuple[Reading, ...] = get_args(Reading)

Sides = Callable[[pd.DataFrame, Reading | None], tuple[np.ndarray, ...]]
"""Function of a table of n configurations and a reading: the sides of a comparison, as masks (n,)."""


def _the_table(trials: TrialTable) -> TrialTable:
    return trials


@dataclass(frozen=True)
class Measure:
    """One number of a table of complete trials, and which trials it is about.

    `value` gives nan where the table does not determine it. All selection (the best setting, the kept half) is part of
    `value`, because it is taken on tables of single replicates and of exchanged outcomes too. Its argument is `view` of
    the table, which measures of the same trials share. `sides` chooses the configurations that are compared, or that a
    trend is measured over; the table has the trials of no others. Where families share a setting that has to stay with
    its outcomes, `within` names it. `readings`: those of the beta-VAEs, each judged separately; none where no beta-VAE
    is measured.
    """

    value: Callable[[Any], float]
    sides: Sides
    view: Callable[[TrialTable], Any] = _the_table
    within: str | None = None
    readings: tuple[Reading, ...] = ()

    def __call__(self, trials: pd.DataFrame, reading: Reading | None = None) -> float:
        """The value on those trials of a table that it is about."""
        chosen = np.logical_or.reduce(self.sides(trials, reading or next(iter(self.readings), None)))
        return self.value(self.view(TrialTable.of(trials[chosen])))


def mean_measure(column: str, family: str) -> Measure:
    """The mean of a column over the trials of a family."""
    return Measure(lambda trials: mean_of(trials, column, family), families(family))


def ratio_measure(column: str, family: str, other: str) -> Measure:
    """The ratio of the means of a column over the trials of two families."""
    return Measure(
        lambda trials: mean_of(trials, column, family) / mean_of(trials, column, other), families(family, other)
    )


def families(*names: str) -> Sides:
    """Sides of whole families: each with all its configurations."""
    return lambda configurations, _: tuple(families_of(configurations) == name for name in names)
