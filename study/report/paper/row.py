"""What a row of the paper is to the report: a figure, a table or a set of numbers that studies of ours answer.

A row reduces each trial's arrays to numbers (`columns`), measures its claims on the table of trials (`measures`), and
draws itself (`draw`). Claims in words and their thresholds are in `claims.yaml`, by the same ids.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from study.report.drawing.style import Look
from study.report.paper.columns import Table, Trials, families_of

Arrays = Mapping[str, np.ndarray]
"""What `study.trial.arrays.collect` left of a trial, by name."""

Reading = Literal["linear", "tanh"]
"""What the paper's beta-VAEs may have had as means; it does not say which."""

READINGS: tuple[Reading, ...] = get_args(Reading)

Sides = Callable[[pd.DataFrame, Reading | None], tuple[np.ndarray, ...]]
"""Of a table of n configurations and a reading, what each side of a comparison consists of: masks (n,)."""


@dataclass(frozen=True)
class Measure:
    """One number of a table of complete trials, and which trials it is about.

    `value` gives nan where the table cannot say it. All selection (the best setting, the kept half) is inside, because
    it is taken on tables of single replicates and of exchanged outcomes too. `sides` chooses the configurations that
    are compared, or of which a trend is told; the table has the trials of no others. Where families share a setting
    that has to stay with its outcomes, `within` names it. `readings`: those of the beta-VAEs, each of which is judged
    by itself; none where no beta-VAE is measured.
    """

    value: Callable[[Trials], float]
    sides: Sides
    within: str | None = None
    readings: tuple[Reading, ...] = ()

    def __call__(self, trials: pd.DataFrame, reading: Reading | None = None) -> float:
        """The value on the trials (n of a table with any others) that it is about."""
        chosen = np.logical_or.reduce(self.sides(trials, reading or next(iter(self.readings), None)))
        return self.value(Table.of(trials[chosen]))


def families(*names: str) -> Sides:
    """Each of these families with all its configurations."""
    return lambda configurations, _: tuple(families_of(configurations) == name for name in names)


@dataclass(frozen=True)
class Evidence:
    """The complete trials of the studies that serve a row.

    `trials`: settings, test metrics and `columns` of each, with `study` (label), `trial`, `config_id`, and `replicate`,
    which counts the trials of one configuration from 0. `arrays` opens those of a trial, by study label and number;
    empty where there are none. `dataset` is that of the studies, `distance` the objective that is a distance of samples
    to images, if there is one. `configurations`: one row each that was planned or tried, with its settings,
    `config_id`, `planned`, its replicates in a grid, and `lost`, its trials that ended without a result.
    """

    trials: pd.DataFrame
    dataset: str
    distance: str | None
    arrays: Callable[[str, int], Arrays]
    configurations: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class Row:
    """`draw` gives None where the trials do not show what the figure is about.

    `title` stands above the figure, `caption` below it, and says what is drawn how; `undrawn` stands in the
    place of both where there is no figure. A row with `any_budget` takes the trials of all presets; any other those of
    one, since a claim is not about the length of training.
    """

    draw: Callable[[Evidence, Look], Figure | None]
    measures: Mapping[str, Measure] = field(default_factory=dict)
    columns: Callable[[Arrays], dict[str, float]] | None = None
    title: str = ""
    caption: str = ""
    undrawn: str = ""
    any_budget: bool = False
