"""Columns of a table of trials as plain arrays: measures are taken thousands of times, and pandas would be slow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from study.config.trial import SETTINGS

P = ParamSpec("P")
T = TypeVar("T")

IDENTITY = ("study", "trial", "dataset", "config_id", "seed", "steps_trained", "images_trained", "replicate")
"""The columns that say which trial a row is, beside its settings; all others are outcomes."""


class Trials(Protocol):
    """A table of trials, one row each: a DataFrame, or a `Table`."""

    def __len__(self) -> int: ...
    def __contains__(self, name: object, /) -> bool: ...
    def __getitem__(self, name: str, /) -> Any: ...


@dataclass(frozen=True, eq=False)
class Table:
    """A table of n trials as arrays: `fixed` columns (n,) by name, and `outcomes` (n, m), whose names are numbered.

    Configurations are numbered too, in place of their `config_id`.
    """

    fixed: Mapping[str, np.ndarray]
    outcomes: np.ndarray
    names: Mapping[str, int]

    @classmethod
    def of(cls, trials: pd.DataFrame) -> Self:
        """The same trials. Settings and what identifies a trial are fixed; outcomes become float64."""
        fixed = {str(name): column.to_numpy() for name, column in trials.items() if name in (*SETTINGS, *IDENTITY)}
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
        """These rows (k,)."""
        return replace(self, fixed={name: column[rows] for name, column in self.fixed.items()}).having(
            self.outcomes[rows]
        )

    def having(self, outcomes: np.ndarray) -> Self:
        """The same settings with other outcomes (n, m)."""
        return replace(self, outcomes=outcomes)


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
    """Where a setting that is true or false, or that the trial does not have, is true (n,)."""
    if name not in trials:
        return np.zeros(len(trials), dtype=bool)
    values = np.asarray(trials[name], dtype=object)
    truth: np.ndarray = (values == True) | (values == "True")  # noqa: E712  element by element
    return truth


def per_table(function: Callable[Concatenate[Trials, P], T]) -> Callable[Concatenate[Trials, P], T]:
    """The function, whose results on the last table are remembered: the measures of a row take most steps in common.

    Tables are told apart by identity: none may be changed after it was handed out.
    """
    last: list[Trials] = []
    results: dict[object, T] = {}

    @wraps(function)
    def remembered(trials: Trials, *args: P.args, **kwargs: P.kwargs) -> T:
        if not last or last[0] is not trials:
            results.clear()
            last[:] = [trials]
        key = (args, tuple(kwargs.items()))
        if key not in results:
            results[key] = function(trials, *args, **kwargs)
        return results[key]

    return remembered


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Rank correlation of two (n,), equal values at their mean rank; nan of fewer than three or of constant values."""
    finite = np.isfinite(x) & np.isfinite(y)
    if finite.sum() < 3:
        return float("nan")
    a, b = rankdata(x[finite]), rankdata(y[finite])
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else float("nan")
