"""A searched parameter in words: the values that it takes, and the condition under which it exists."""

from study.config.parameter import Parameter


def values_text(parameter: Parameter) -> str:
    """`8, 16, 32`, `whole numbers 1 to 8`, `0.1 to 12, logarithmic, or 0 in 10% of cases`."""
    if parameter.choices is not None:
        return ", ".join(map(str, parameter.choices))
    whole = "whole numbers " if parameter.integer else ""
    scale = ", logarithmic" if parameter.log else ""
    zero = f", or 0 in {parameter.zero:.0%} of cases" if parameter.zero else ""
    return f"{whole}{parameter.low:g} to {parameter.high:g}{scale}{zero}"


def condition_text(parameter: Parameter) -> str:
    """`family is wae-gaussian or wae-uniform`; empty for a parameter that every trial has."""
    return " and ".join(f"{name} is {' or '.join(map(str, allowed))}" for name, allowed in parameter.when.items())
