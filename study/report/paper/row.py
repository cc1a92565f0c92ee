"""What a row of the paper is to the report: a figure, a table or a set of numbers that studies of ours answer.

A row reduces each trial's arrays to numbers (`columns`), measures its claims on the table of trials (`measures`), and
draws itself (`draw`). Claims in words and their thresholds are in `claims.yaml`, by the same ids.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from study.report.style import Look

Arrays = Mapping[str, np.ndarray]
"""What `study.arrays.collect` left of a trial, by name."""

Measure = Callable[[pd.DataFrame], float]
"""One number of a table of complete trials, one row a trial; nan where the table cannot say it. All selection (the best
setting, the kept half) is inside, because verdicts call it on resampled tables, in which trials repeat."""


@dataclass(frozen=True)
class Evidence:
    """The complete trials of the studies that serve a row.

    `trials`: settings, test metrics and `columns` of each, with `study` (label), `trial`, `config_id`, and `replicate`,
    which counts the trials of one configuration from 0. `arrays` opens those of a trial, by study label and number;
    empty where there are none. `dataset` is that of the studies, `distance` the objective that is a distance of samples
    to images, if there is one.
    """

    trials: pd.DataFrame
    dataset: str
    distance: str | None
    arrays: Callable[[str, int], Arrays]


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
