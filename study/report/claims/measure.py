"""A measure: one number that answers a claim of the paper, from a table of trials.

Columns of that table are plain arrays: measures are taken thousands of times, and pandas would be slow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Protocol, Self, get_args

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from study.config.trial import setting_names

IDENTITY = ("study", "trial", "dataset", "config_id", "seed", "steps_trained", "images_trained", "replicate")
"""Columns that identify a trial, in addition to its settings; all others are outcomes."""


class Trials(Protocol):
    """A table of trials, one row each: a DataFrame, or a `TrialTable`."""

    def __len__(self) -> int: ...
    def __contains__(self, name: object, /) -> bool: ...
    def __getitem__(self, name: str, /) -> Any: ...


@dataclass(frozen=True, eq=False)
class TrialTable:
    """A table of n trials as arrays: `fixed` columns (n,) by name, and `outcomes` (n, m), whose names are numbered.

    Configurations are numbered too, instead of their `config_id`.
    """

    fixed: Mapping[str, np.ndarray]
    outcomes: np.ndarray
    names: Mapping[str, int]

    @classmethod
    def of(cls, trials: pd.DataFrame) -> Self:
        """The same trials. Settings and what identifies a trial are fixed; outcomes become float64."""
        kept = (*setting_names(), *IDENTITY)
        fixed = {str(name): column.to_numpy() for name, column in trials.items() if name in kept}
        fixed["config_id"] = numbered(trials["config_id"])
        names = [str(name) for name in trials if name not in fixed]
        outcomes = np.empty((len(trials), len(names)))
        for place, name in enumerate(names):
            outcomes[:, place] = numbers_of(trials, name)
        return cls(fixed, outcomes, {name: place for place, name in enumerate(names)})

    def __len__(self) -> int:
        return len(self.outcomes)

    def __contains__(self, name: object) -> bool:
        return name in self.names or name in self.fixed

    def __getitem__(self, name: str) -> np.ndarray:
        return self.outcomes[:, self.names[name]] if name in self.names else self.fixed[name]

    def where(self, rows: np.ndarray) -> Self:
        """The table of these rows (k,)."""
        fixed = {name: column[rows] for name, column in self.fixed.items()}
        return replace(self, fixed=fixed, outcomes=self.outcomes[rows])

    def having(self, outcomes: np.ndarray) -> Self:
        """The same settings with other outcomes (n, m)."""
        return replace(self, outcomes=outcomes)


@dataclass(frozen=True)
class ByFamily:
    """Base of values whose fields are arrays with one entry each (n, …), of which `family` is one."""

    family: np.ndarray

    def __len__(self) -> int:
        return len(self.family)

    def where(self, chosen: np.ndarray) -> Self:
        """The entries of a mask (n,), or at these places (k,)."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def of(self, *families: str) -> Self:
        """The entries of these families."""
        chosen = np.zeros(len(self), dtype=bool)
        for name in families:
            chosen |= self.family == name
        return self.where(chosen)


def numbers_of(trials: Trials, name: str) -> np.ndarray:
    """The column as float64 (n,); all nan where there is none."""
    if name not in trials:
        return np.full(len(trials), np.nan)
    column = trials[name]
    if column.dtype.kind not in "iufb":
        column = pd.to_numeric(pd.Series(column), errors="coerce")
    return np.asarray(column, dtype=np.float64)


def numbered(names: pd.Series | np.ndarray) -> np.ndarray:
    """A number from 0 for each of n names, the same for equal ones (n,); numbers as they are."""
    if names.dtype.kind in "iu":
        return np.asarray(names)
    return pd.factorize(np.asarray(names, dtype=object))[0]


def families_of(trials: Trials) -> np.ndarray:
    """The family of each trial, as objects (n,)."""
    return np.asarray(trials["family"], dtype=object)


def mean_of(trials: Trials, name: str, family: str) -> float:
    """The mean of a column over the trials of a family that have a finite value there; nan where there are none."""
    values = numbers_of(trials, name)[families_of(trials) == family]
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else float("nan")


def true_in(trials: Trials, name: str) -> np.ndarray:
    """Mask (n,) of the trials that have a setting which is true."""
    if name not in trials:
        return np.zeros(len(trials), dtype=bool)
    values = np.asarray(trials[name], dtype=object)
    truth: np.ndarray = (values == True) | (values == "True")  # noqa: E712  element by element
    return truth


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Rank correlation of two (n,), equal values at their mean rank; nan of fewer than three or of constant values."""
    finite = np.isfinite(x) & np.isfinite(y)
    if finite.sum() < 3:
        return float("nan")
    a, b = rankdata(x[finite]), rankdata(y[finite])
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else float("nan")


Reading = Literal["linear", "tanh"]
"""Means that the paper's beta-VAEs may have had; the paper does not state which."""

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
