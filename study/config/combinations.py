"""Combinations of several parameters' values under their conditions: the points of a grid, and the ends of ranges."""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from study.config.parameter import Parameter
from study.config.values import Choice

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
