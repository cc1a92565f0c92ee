"""How sure a measure is: its percentile interval when the seeds of every configuration are drawn again.

A resample has the configurations as they were, and of each as many trials as it had, drawn from them with replacement
(`study.pareto.resamples`). The whole measure is taken anew on each (Efron and Tibshirani, An Introduction to the
Bootstrap, 1993, chapter 13), the choice of a best setting included: which setting is best is as uncertain as its value.

What it cannot say: with n seeds an interval is too narrow by about √(1 - 1/n); and the best of single models never gets
better by drawing again, so that the interval of such a measure reaches to one side only.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from study.pareto import resamples
from study.report.paper.row import Measure

RESAMPLES = 2_000
COVERAGE = 0.95

UNSAID = 0.025
"""Of the resamples, up to this share may leave a measure without a value (nan) and are left out. More, and there is no
interval: what remains would be those resamples that happen to suit the measure. Infinite values count as they are."""


def resampled_values(
    trials: pd.DataFrame, measures: Mapping[str, Measure], number: int = RESAMPLES, seed: int = 0
) -> dict[str, np.ndarray]:
    """Each measure (number,) on the same resamples of a table of trials that has a `config_id`."""
    values = {name: np.full(number, np.nan) for name in measures}
    for index, table in enumerate(_tables(trials, number, seed)):
        for name, measure in measures.items():
            values[name][index] = measure(table)
    return values


def interval(values: np.ndarray) -> tuple[float, float] | None:
    """The middle 95 % of a measure's resampled values; None where more than `UNSAID` of them are nan.

    Its ends are values that occurred, the next outer ones, so that infinite values make no nan.
    """
    said = np.sort(values[~np.isnan(values)])
    if len(said) == 0 or len(said) < (1 - UNSAID) * len(values):
        return None
    tail = (1 - COVERAGE) / 2 * (len(said) - 1)
    return float(said[int(np.floor(tail))]), float(said[int(np.ceil(len(said) - 1 - tail))])


def _tables(trials: pd.DataFrame, number: int, seed: int) -> Iterator[pd.DataFrame]:
    """The resampled tables. Columns of one kind lie in one block, so that 2,000 of them take a second, not minutes."""
    kinds = {str(name): "float64" if column.dtype.kind in "iuf" else "object" for name, column in trials.items()}
    compact = pd.concat(
        [
            pd.DataFrame(
                trials[[name for name, its in kinds.items() if its == kind]].to_numpy(dtype=kind),
                columns=[name for name, its in kinds.items() if its == kind],
                dtype=kind,  # text as Python's own: taking rows of it is quicker
            )
            for kind in ("float64", "object")
        ],
        axis=1,
    )
    for rows in resamples(trials["config_id"].to_numpy(), number, seed):
        yield compact.take(rows).reset_index(drop=True)
