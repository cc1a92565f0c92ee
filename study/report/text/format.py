"""How commands and reports write values, units, counts, lists, the states of trials and searched parameters."""

import math
from typing import TYPE_CHECKING

from study.config.parameter import Parameter
from study.config.space import Objective
from study.metrics import METRICS

if TYPE_CHECKING:
    import pandas as pd

FRACTIONS = ("accuracy", "ROC-AUC", "")
"""Units of metrics that lie between 0 and 1, where a third decimal is about what the sampling of examples leaves."""


STATES = {"complete": "complete", "pruned": "stopped early", "failed": "failed", "infeasible": "infeasible"}
"""The states of ended trials, in the user's words and in the order in which they are counted."""


def number(value: float, metric: str = "") -> str:
    """A value as it is shown: scores with three decimals, nats with one, others with four digits; none: a dash."""
    if _is_missing(value):
        return "–"
    if metric in METRICS and unit(metric) in FRACTIONS:
        return f"{value:.3f}"
    if unit(metric) == "nats per image" and abs(value) < 1000:
        return f"{value:.1f}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def unit(metric: str) -> str:
    return METRICS[metric].unit if metric in METRICS else ""


def plain(metric: str) -> str:
    """The metric's name as a label."""
    return metric.replace("_", " ")


def with_unit(value: float, metric: str) -> str:
    """`112.4 nats per image`; accuracies, probabilities and distances speak for themselves."""
    shown = unit(metric)
    return number(value, metric) + (f" {shown}" if shown.startswith("nats") else "")


def p_value(p: float) -> str:
    """`.004`, `1.000`."""
    return f"{p:.3f}".removeprefix("0")


def count(n: int, one: str, many: str | None = None) -> str:
    """`1 trial`, `1,200 trials`; `many` is what follows another number than 1 where that is not `one` with an s."""
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"


def sampled(n: int, most: int) -> str:
    """`all 17`, or `400 of 9,983 (chosen at random)` where there are more than `most`."""
    return f"all {n:,}" if n <= most else f"{most:,} of {n:,} (chosen at random)"


def listed(parts: list[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else "none"


def spread(values: "pd.Series[float]", noun: str) -> str:
    """`400,000 images`, or `200,000 to 400,000 images` where they differ."""
    low, high = values.min(), values.max()
    return f"{low:,.0f} {noun}" if low == high else f"{low:,.0f} to {high:,.0f} {noun}"


def short(value: float) -> str:
    """A tick of an axis: 400000 as `400k`, 6000000 as `6M`."""
    if abs(value) >= 1_000_000:
        return f"{value / 1_000_000:g}M"
    return f"{value / 1000:g}k" if abs(value) >= 1000 else f"{value:g}"


def axis_label(objective: Objective) -> str:
    shown = unit(objective.name)
    return f"{plain(objective.name)}{f' ({shown})' if shown else ''}"


def seed_text(seed: float) -> str:
    """A seed as the user would type it: no separators, no exponent."""
    return "–" if _is_missing(seed) else str(int(seed))


def duration(seconds: float) -> str:
    """A time span with its unit: `45 s`, `12 min`, `3.4 h`, `2.5 days`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} days"


def _is_missing(value: float | None) -> bool:
    return value is None or math.isnan(value)


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
