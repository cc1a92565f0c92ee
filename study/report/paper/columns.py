"""Columns of a table of trials as plain arrays: measures are taken thousands of times, and pandas would be slow."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import numpy as np
import pandas as pd

P = ParamSpec("P")
T = TypeVar("T")


def numbers_of(trials: pd.DataFrame, name: str) -> np.ndarray:
    """The column as float64 (n,); all nan where there is none."""
    if name not in trials.columns:
        return np.full(len(trials), np.nan)
    column = trials[name]
    if column.dtype.kind not in "iufb":
        column = pd.to_numeric(column, errors="coerce")
    return column.to_numpy(dtype=np.float64)


def families_of(trials: pd.DataFrame) -> np.ndarray:
    """The family of each trial, as objects (n,)."""
    return trials["family"].to_numpy(dtype=object)


def mean_of(trials: pd.DataFrame, name: str, family: str) -> float:
    """The mean of a column over the trials of a family that have a finite value there; nan where there are none."""
    values = numbers_of(trials, name)[families_of(trials) == family]
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else float("nan")


def true_in(trials: pd.DataFrame, name: str) -> np.ndarray:
    """Where a setting that is true or false, or that the trial does not have, is true (n,)."""
    if name not in trials.columns:
        return np.zeros(len(trials), dtype=bool)
    values = trials[name].to_numpy(dtype=object)
    truth: np.ndarray = (values == True) | (values == "True")  # noqa: E712  element by element
    return truth


def per_table(function: Callable[Concatenate[pd.DataFrame, P], T]) -> Callable[Concatenate[pd.DataFrame, P], T]:
    """The function, whose results on the last table are remembered: the measures of a row take most steps in common.

    Tables are told apart by identity: none may be changed after it was handed out.
    """
    last: list[pd.DataFrame] = []
    results: dict[object, T] = {}

    @wraps(function)
    def remembered(trials: pd.DataFrame, *args: P.args, **kwargs: P.kwargs) -> T:
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
    a, b = _ranks(x[finite]), _ranks(y[finite])
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else float("nan")


def _ranks(values: np.ndarray) -> np.ndarray:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: np.ndarray = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return ranks
