"""Parameter: one searched dimension of a space, with the condition under which it exists.

Also combinations of several parameters' values under their conditions: the points of a grid, and the ends of ranges.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from study.config.messages import received
from study.config.values import Choice, Number, PlainChoice, Truth


class Parameter(BaseModel):
    """Either `choices`, or a range `low` … `high`, both ends included.

    `log` samples a range on the logarithmic scale; `integer` gives whole numbers; `zero` is the chance of exactly 0
    (which a logarithmic range cannot reach). `when` names other parameters and the values under which this one exists.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    choices: tuple[PlainChoice, ...] | None = None
    low: Number | None = None
    high: Number | None = None
    log: Truth = False
    integer: Truth = False
    zero: Number = Field(default=0.0, ge=0, lt=1)
    when: dict[str, tuple[PlainChoice, ...]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _one_value_is_a_list_of_one(cls, values: Any) -> Any:
        if isinstance(values, dict) and isinstance(values.get("when"), dict):
            when = {key: v if isinstance(v, list | tuple) else [v] for key, v in values["when"].items()}
            values = {**values, "when": when}
        return values

    @model_validator(mode="after")
    def _choices_or_range(self) -> Self:
        if self.choices is not None:
            if self.low is not None or self.high is not None or self.log or self.integer or self.zero:
                raise ValueError("choices excludes low, high, log, integer and zero; received some of them")
            if not self.choices:
                raise ValueError("choices needs at least one value; received none")
            if len(set(self.choices)) < len(self.choices):
                raise ValueError(f"choices must differ; received {received(list(self.choices))}")
            return self
        if self.low is None or self.high is None:
            raise ValueError("needs choices, or both low and high")
        if self.low >= self.high:
            raise ValueError(f"low must be less than high; received low={self.low:g}, high={self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"a logarithmic range starts above 0; received low={self.low:g}")
        if self.integer and (self.low != int(self.low) or self.high != int(self.high)):
            raise ValueError(f"an integer range has whole ends; received low={self.low:g}, high={self.high:g}")
        return self

    def exists(self, others: dict[str, Any]) -> bool:
        """Whether the parameter exists, given these values of the others."""
        return all(key in others and others[key] in allowed for key, allowed in self.when.items())

    def takes(self, value: Any) -> bool:
        """Whether the parameter has this value with a chance above 0: of a range that is not whole, 0 at most."""
        if self.choices is not None:
            return value in self.choices
        if isinstance(value, bool | str):
            return False
        if value == 0 and self.zero > 0:
            return True
        assert self.low is not None
        assert self.high is not None
        return self.integer and self.low <= value <= self.high and value == int(value)

    def checked(self, value: Any) -> Choice:
        """The value in the parameter's own type: 8 for 8.0 if 8 is a choice. `ValueError` for any other value."""
        if self.choices is not None:
            for choice in self.choices:
                if choice == value and isinstance(choice, bool) == isinstance(value, bool):
                    return choice
            raise ValueError(f"received {received(value)}; allowed: {', '.join(map(str, self.choices))}")
        assert self.low is not None
        assert self.high is not None
        if isinstance(value, int | float) and not isinstance(value, bool):
            if value == 0 and self.zero > 0:
                return 0.0
            if self.low <= value <= self.high and (not self.integer or value == int(value)):
                return int(value) if self.integer else float(value)
        whole, zero = "whole numbers " if self.integer else "", ", and 0" if self.zero > 0 else ""
        raise ValueError(f"received {received(value)}; allowed: {whole}{self.low:g} to {self.high:g}{zero}")

    def ends(self) -> tuple[Choice, ...]:
        """All choices; of a range its two ends, and 0 if `zero` is above 0."""
        if self.choices is not None:
            return self.choices
        assert self.low is not None
        assert self.high is not None
        whole = (int(self.low), int(self.high)) if self.integer else (self.low, self.high)
        return (*whole, 0.0) if self.zero else whole


MOST_COMBINATIONS = 50_000
"""Points of a grid, and configurations that are looked at when a space is read: seconds. A study has thousands."""


def grid(parameters: Mapping[str, Parameter]) -> Iterator[dict[str, Choice]]:
    """Every point of the space once, conditions included, the last parameter changing fastest."""
    check_grid(parameters)
    seen = set()
    for values in product(*(parameter.choices or () for parameter in parameters.values())):
        point: dict[str, Choice] = {}
        for (name, parameter), value in zip(parameters.items(), values, strict=True):
            if parameter.exists(point):
                point[name] = value
        key = repr(point)
        if key not in seen:
            seen.add(key)
            yield point


def extremes(parameters: Mapping[str, Parameter]) -> Iterator[dict[str, Choice]]:
    """Points that cover every choice and both ends of every range, under each family and each condition."""
    for name in parameters:
        yield from corners(parameters, name)


def corners(parameters: Mapping[str, Parameter], name: str) -> Iterator[dict[str, Choice]]:
    """Points at all ends of a parameter, of the family and of what its condition names; others at their first end."""
    varied = _varied(parameters, name)
    for values in product(*(parameters[other].ends() for other in varied)):
        chosen = dict(zip(varied, values, strict=True))
        point: dict[str, Choice] = {}
        for other, parameter in parameters.items():
            if parameter.exists(point):
                point[other] = chosen.get(other, parameter.ends()[0])
        yield point


def _varied(parameters: Mapping[str, Parameter], name: str) -> list[str]:
    """A parameter, the family, and what their conditions depend on, in the order of the space."""
    needed = {"family", name}
    for other in reversed(list(parameters)):
        if other in needed:
            needed |= set(parameters[other].when)
    return [other for other in parameters if other in needed]


def check_grid(parameters: Mapping[str, Parameter]) -> None:
    """`ValueError` unless every parameter has choices, so that the space can be enumerated."""
    for name, parameter in parameters.items():
        if parameter.choices is None:
            raise ValueError(f"parameters.{name}: the grid sampler needs choices; received a range")
    points = prod(len(parameter.choices or ()) for parameter in parameters.values())
    if points > MOST_COMBINATIONS:
        raise ValueError(f"parameters: a grid has {MOST_COMBINATIONS:,} points at most; received {points:,}")


def check_size(parameters: Mapping[str, Parameter], times: int) -> None:
    """`ValueError` if checking `extremes` this many times is more than `MOST_COMBINATIONS` points."""
    looked_at = times * sum(
        prod(len(parameters[other].ends()) for other in _varied(parameters, name)) for name in parameters
    )
    if looked_at > MOST_COMBINATIONS:
        raise ValueError(
            f"parameters: there are {looked_at:,} combinations of what conditions depend on to look at, over all "
            f"presets; at most {MOST_COMBINATIONS:,} can be"
        )


def check_models(parameters: Mapping[str, Parameter], balance: str | None) -> None:
    """`ValueError` unless all trials with one value of `balance` have the same parameters, for a Gaussian process."""
    for name, parameter in parameters.items():
        for other in parameter.when:
            if other != balance:
                raise ValueError(
                    f"parameters.{name}: the gp sampler models only what every trial has; received a condition "
                    f"on {other}, to be settled by balance: {other} in the space, or by --set {other}=…"
                )
