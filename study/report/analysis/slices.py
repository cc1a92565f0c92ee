"""Slices: which parameters are shown, and where their values stand on an axis, whoever draws it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from study.config.parameter import Parameter
from study.records.table import as_numbers, is_numeric
from study.report.analysis.analysis import Analysis, once, setting_text

ZERO = 0.17
"""How far below a logarithmic range its exact zeros stand, as a part of its length."""

MARGIN = 0.04
"""Free space at both ends of an axis of numbers, as a part of the range."""

SPREAD = 0.44
"""Width that the series side by side take at a choice; choices are 1 apart."""

MOST_TICKS = 5
"""Maximum number of ticks at 3, 30, …: of longer logarithmic axes only powers of ten have a tick."""

MOST_LABELS = 12
"""Maximum number of choices that all have a label; of more, every second, third, … has one."""


@dataclass(frozen=True)
class Scale:
    """The axis of a parameter: numbers from `low` to `high`, or `choices` at 0, 1, ….

    On a logarithmic axis (`log`) exact zeros are drawn at `zero`, below `low`; None if there are none.
    """

    low: float
    high: float
    log: bool = False
    zero: float | None = None
    choices: tuple[float | str, ...] = ()

    def places(self, values: pd.Series) -> np.ndarray:
        """Positions (n,) of these values, in the units of the axis; NaN for values that the parameter does not take."""
        if self.choices:
            index: dict[float | str | None, float] = {choice: float(at) for at, choice in enumerate(self.choices)}
            return np.array([index.get(key, np.nan) for key in _keys(values)])
        numbers = as_numbers(values).to_numpy(dtype=float)
        if not self.log:
            return numbers
        zero = np.nan if self.zero is None else self.zero
        return np.where(numbers > 0, numbers, np.where(numbers == 0, zero, np.nan))

    def heights(self, places: np.ndarray) -> np.ndarray:
        """Places as parts of the axis: 0 for the lowest, 1 for the highest; 0.5 where there is but one."""
        turn = np.log10 if self.log else np.asarray
        low, high = turn(self.lowest), turn(self.high)
        parts: np.ndarray = (turn(places) - low) / (high - low) if high > low else turn(places) - low + 0.5
        return parts

    @property
    def lowest(self) -> float:
        """The lowest place of a value."""
        return self.low if self.zero is None else self.zero

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends of the axis, with some room beyond the values."""
        if self.choices:
            return -0.6, len(self.choices) - 0.4
        if self.log:
            margin = (self.high / self.low) ** MARGIN
            return self.lowest / margin, self.high * margin
        room = MARGIN * (self.high - self.low)
        return self.low - room, self.high + room

    @property
    def ticks(self) -> list[tuple[float, str]] | None:
        """Places and labels of the ticks; None for plain numbers, where the drawing library chooses them."""
        if self.choices:
            every = math.ceil(len(self.choices) / MOST_LABELS)
            return [(float(at), setting_text(self.choices[at])) for at in range(0, len(self.choices), every)]
        if not self.log:
            return None
        ticks = [tick for e in range(-12, 13) for tick in (10.0**e, 3 * 10.0**e) if self.low <= tick <= self.high]
        if len(ticks) > MOST_TICKS:
            ticks = [tick for tick in ticks if f"{tick:e}".startswith("1")]
        zero = [] if self.zero is None else [(self.zero, "0")]
        return [*zero, *((tick, f"{tick:g}") for tick in ticks)]

    def shifts(self, series: int) -> list[float]:
        """How far from its place each of so many series stands, so that none covers the others at a choice."""
        if not self.choices or series == 1:
            return [0.0] * series
        return np.linspace(-SPREAD / 2, SPREAD / 2, series).tolist()


def searched(analysis: Analysis) -> list[str]:
    """The searched parameters, other than the family, that complete trials have with different values.

    In the order of the space; of several studies, in that of the first that searched one.
    """
    return list(scales(analysis))


@once
def scales(analysis: Analysis) -> dict[str, Scale]:
    """The axis of each parameter in `searched`, for all studies together."""
    declared: dict[str, list[Parameter]] = {}
    for study in analysis.studies:
        for name, parameter in study.plan.space.parameters.items():
            declared.setdefault(name, []).append(parameter)
    complete = analysis.complete
    return {
        name: parameter_scale(parameters, complete[name])
        for name, parameters in declared.items()
        if name != "family" and name in complete and complete[name].nunique() > 1
    }


def parameter_scale(parameters: Sequence[Parameter], values: pd.Series) -> Scale:
    """The axis of one parameter, as the studies declare it, and of its values in their trials.

    A parameter that is a range in one study and has choices in another is shown as a range.
    """
    ranges = [parameter for parameter in parameters if parameter.choices is None]
    if not ranges or not is_numeric(str(values.name)):
        return _choices(parameters, values)
    found = as_numbers(values).to_numpy(dtype=float)
    bounds = [float(bound) for parameter in ranges for bound in (parameter.low, parameter.high) if bound is not None]
    zeros = any(parameter.zero for parameter in ranges) or bool((found == 0).any())
    numbers = np.concatenate([bounds, found[np.isfinite(found)], [0.0] * zeros])
    if not any(parameter.log for parameter in ranges):
        return Scale(float(numbers.min()), float(numbers.max()))
    positive = numbers[numbers > 0]
    low, high = float(positive.min()), float(positive.max())
    return Scale(low, high, log=True, zero=low / (high / low) ** ZERO if zeros else None)


def _choices(parameters: Sequence[Parameter], values: pd.Series) -> Scale:
    """Numbers in their order, words as declared; then values that no study declares."""
    declared = [choice for parameter in parameters for choice in parameter.choices or ()]
    column = pd.Series([*declared, *values.dropna()], name=values.name, dtype=object)
    distinct = [key for key in dict.fromkeys(_keys(column)) if key is not None]
    if is_numeric(str(values.name)):
        distinct.sort()
    return Scale(0.0, max(len(distinct) - 1.0, 0.0), choices=tuple(distinct))


def _keys(values: pd.Series) -> list[float | str | None]:
    """The values of a column, each as the choice that it is; None where there is none."""
    if is_numeric(str(values.name)):
        return [None if np.isnan(number) else float(number) for number in as_numbers(values)]
    return [None if pd.isna(value) else str(value) for value in values]
