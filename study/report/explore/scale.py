"""Where on an axis the values of a parameter or an objective stand: plain or logarithmic numbers, or choices."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.ticker import LogLocator, MaxNLocator

from study.config.parameter import Parameter
from study.config.space import Objective
from study.records.table import NUMERIC, as_numbers
from study.report.analysis.settings import setting_text
from study.report.drawing.axes import axis_range

SLOT = 0.15
"""How far below the lowest value of a logarithmic axis its 0 stands, as a fraction of the axis."""

DECADES = 3
"""On longer logarithmic axes only powers of ten are marked; on shorter ones also twice and five times these."""

MOST_CHOICES = 12
"""Of more choices not every one has its text."""


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`, in its own positions: numbers, their decimal logarithms, or indices of `choices`.

    `ticks`: positions and their texts. `zero`: where a value of 0 stands on a logarithmic axis.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    choices: tuple[float | str, ...] = ()
    log: bool = False
    zero: float | None = None

    def place(self, values: pd.Series) -> np.ndarray:
        """Positions (n,) of these values; NaN where there is none. What lies beyond an end stands at the end."""
        if self.choices:
            index: dict[float | str | None, float] = {choice: float(at) for at, choice in enumerate(self.choices)}
            return np.array([index.get(value, np.nan) for value in keys(values)])
        numbers = as_numbers(values).to_numpy()
        if not self.log:
            return np.clip(numbers, self.low, self.high)
        positive = numbers > 0
        positions = np.full(len(numbers), np.nan)
        positions[positive] = np.clip(np.log10(numbers[positive]), self.low, self.high)
        if self.zero is not None:
            positions[numbers == 0] = self.zero
        return positions

    def ends(self, margin: float = 0.05) -> tuple[float, float]:
        """Both ends with some room beyond them."""
        room = 0.6 if self.choices else margin * (self.high - self.low)
        return self.low - room, self.high + room


def parameter_scale(parameters: Sequence[Parameter], values: pd.Series) -> Scale:
    """The axis of one parameter, as the studies declare it, and of its values in their trials.

    A parameter that is a range in one study and has choices in another is shown as a range.
    """
    ranges = [parameter for parameter in parameters if parameter.choices is None]
    if not ranges or values.name not in NUMERIC:
        return _choices(parameters, values)
    bounds = [float(bound) for p in ranges for bound in (p.low, p.high) if bound is not None]
    found = as_numbers(values).to_numpy()
    zero_too = any(parameter.zero for parameter in ranges) or bool((found == 0).any())
    if any(parameter.log for parameter in ranges):
        numbers = np.concatenate([bounds, found[np.isfinite(found)]])
        return _logarithmic(numbers[numbers > 0], zero_too)
    return _linear(np.concatenate([bounds, [0.0] * zero_too, found[np.isfinite(found)]]))


def objective_scale(objective: Objective, values: np.ndarray, front: np.ndarray) -> Scale:
    """The axis of an objective, which ends before the values that are far worse than most."""
    reach = axis_range(values, objective.sign, front)
    return _linear(np.array([reach.low, reach.high]))


def keys(values: pd.Series) -> list[float | str | None]:
    """The values of a column as its choices are told apart; None where there is none."""
    if values.name in NUMERIC:
        return [None if np.isnan(number) else float(number) for number in as_numbers(values)]
    return [None if pd.isna(value) else str(value) for value in values]


def _choices(parameters: Sequence[Parameter], values: pd.Series) -> Scale:
    declared = [choice for parameter in parameters for choice in parameter.choices or ()]
    column = pd.Series([*declared, *values.dropna()], name=values.name, dtype=object)
    distinct = [key for key in dict.fromkeys(keys(column)) if key is not None]
    if values.name in NUMERIC:
        distinct.sort()
    every = -(-len(distinct) // MOST_CHOICES)
    ticks = tuple((float(at), setting_text(distinct[at])) for at in range(0, len(distinct), every))
    return Scale(0.0, max(len(distinct) - 1.0, 0.0), ticks, choices=tuple(distinct))


def _linear(numbers: np.ndarray) -> Scale:
    low, high = float(numbers.min()), float(numbers.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    ticks = [at for at in MaxNLocator(5).tick_values(low, high) if low <= at <= high]
    return Scale(low, high, tuple((float(at), f"{at:,.6g}") for at in ticks))


def _logarithmic(numbers: np.ndarray, zero_too: bool) -> Scale:
    low, high = np.log10(numbers.min()), np.log10(numbers.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    subs = (1.0, 2.0, 5.0) if high - low <= DECADES else (1.0,)
    found = LogLocator(subs=subs, numticks=50).tick_values(10**low, 10**high)
    ticks = [(float(np.log10(at)), f"{at:,.6g}") for at in found if low <= np.log10(at) <= high]
    if not zero_too:
        return Scale(float(low), float(high), tuple(ticks), log=True)
    zero = float(low - SLOT * (high - low))
    return Scale(zero, float(high), ((zero, "0"), *ticks), log=True, zero=zero)
