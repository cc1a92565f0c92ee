"""A row of the paper: a figure, a table or a set of numbers that our studies reproduce.

A row reduces each trial's arrays to numbers (`columns`), measures its claims on the table of trials (`measures`), and
draws its figure (`draw`). Claims in words and their thresholds are in `study/report/claims/claims.yaml`, by the same
ids.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from study.report.claims.measure import Measure
from study.report.drawing.style import Look

Arrays = Mapping[str, np.ndarray]
"""Arrays of a trial by name, as `study.trial.arrays.collect` saved them."""


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

    def arrays_of(self, trial: pd.Series) -> Arrays:
        """The arrays of a row of `trials`."""
        return self.arrays(str(trial["study"]), int(trial["trial"]))


@dataclass(frozen=True)
class Row:
    """One row. `draw` gives None where the trials do not show what the figure is about.

    `title` is shown above the figure; `caption`, below it, explains what is drawn; `undrawn` is shown in the
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
