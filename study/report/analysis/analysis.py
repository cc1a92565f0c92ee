"""Analysis: the numbers of a report. The front, each family's hypervolume and effort, and the settings of trials.

All values are those on test images unless a name says validation. A group is a family of a study: what is compared.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from study.config.space import Objective, minimised
from study.config.trial import setting_names
from study.pareto.dominance import non_dominated
from study.records.table import VALIDATION, as_numbers
from study.report.analysis.volume import Box, paper_box, reference_box
from study.report.read.curves import sampled_curves
from study.report.read.studies import Study

UNEQUAL = 0.01
"""Efforts that differ by more than this fraction are called unequal; less is the rounding of a budget to batches."""

FLOORED = ("reconstruction", "reconstruction_mean")
"""Metrics that `reconstruction_floor` bounds: those over the same images, so not that of a single batch."""

EFFORT = ("images", "steps", "width", "batch_size")
"""Settings that are shown if they differ between trials, even if they were not searched."""

T = TypeVar("T")


@dataclass(frozen=True)
class Group:
    """One family of one study. `ended` has all its trials, `complete` the complete ones with finite objectives.

    `paper_share` is the share of `Analysis.paper_box` that they dominate.
    """

    name: str
    study: str
    family: str
    ended: pd.DataFrame
    complete: pd.DataFrame
    hypervolume: float | None
    paper_share: float | None

    @property
    def stopped(self) -> int:
        """How many of its trials were stopped early, at a rung."""
        return int((self.ended["state"] == "pruned").sum())

    @property
    def images(self) -> float:
        """Images that its trials saw, all together: those that were stopped and those that failed too."""
        return float(self.ended["images_trained"].sum())


@dataclass(frozen=True, eq=False)
class Analysis:
    """All numbers that the page and the figures show.

    `trials`: every ended trial. `complete`: those with finite objectives, with the columns `group`, `front` (no trial
    of any study dominates it on test images) and `validation_front` (the same on what search saw). `curves`: learning
    curves, in a large study of a sample of its trials. `notes`: those that could not be read. `untrained`: the
    objectives on validation images of the same trials before their first step. `box`: the bounds of
    hypervolumes; None without a reference point. `paper_box`: the paper's own axes, where it has these objectives.
    """

    studies: tuple[Study, ...]
    objectives: tuple[Objective, ...]
    trials: pd.DataFrame
    complete: pd.DataFrame
    groups: tuple[Group, ...]
    reference: dict[str, float]
    box: Box | None
    paper_box: Box | None
    untrained: pd.DataFrame
    curves: pd.DataFrame
    notes: tuple[str, ...]
    _computed: dict[Callable[..., Any], Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def names(self) -> list[str]:
        return [objective.name for objective in self.objectives]

    @property
    def dataset(self) -> str:
        return self.studies[0].plan.space.dataset

    @cached_property
    def front(self) -> pd.DataFrame:
        """The non-dominated trials, best in the first objective first."""
        return self.ranking[self.ranking["front"]]

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """All complete trials, best in the first objective first."""
        first = self.objectives[0]
        return self.complete.sort_values([first.name, "study", "trial"], ascending=[first.sign > 0, True, True])

    @cached_property
    def total_hypervolume(self) -> float | None:
        """That of all complete trials together."""
        return _volume(self.box, self.complete, self.objectives)

    @cached_property
    def total_paper_share(self) -> float | None:
        """The share of the paper's box that all complete trials dominate together."""
        return _volume(self.paper_box, self.complete, self.objectives)

    @property
    def unequal_trials(self) -> bool:
        """Whether the groups differ in how many of their trials came to a result: to the end, or to be stopped."""
        return _unequal([len(group.complete) + group.stopped for group in self.groups])

    @property
    def unequal_images(self) -> bool:
        """Whether the groups differ in the images that their trials saw."""
        return _unequal([group.images for group in self.groups])

    def best(self, group: Group, objective: Objective) -> pd.Series | None:
        """The group's best trial in one objective: see `best_row`."""
        return None if group.complete.empty else best_row(group.complete, objective, self.objectives)

    def floor(self, metric: str) -> float | None:
        """The least value of this metric on test images that any model can have, or None if it is not known."""
        if metric not in FLOORED or "reconstruction_floor" not in self.complete:
            return None
        values = pd.to_numeric(self.complete["reconstruction_floor"], errors="coerce")
        values = values[np.isfinite(values)]
        return float(values.min()) if len(values) else None

    def study(self, label: str) -> Study:
        return next(study for study in self.studies if study.label == label)


def once(function: Callable[["Analysis"], T]) -> Callable[["Analysis"], T]:
    """The function, computed once for each analysis, which keeps the result."""

    @wraps(function)
    def computed(analysis: Analysis) -> T:
        if function not in analysis._computed:
            analysis._computed[function] = function(analysis)
        result: T = analysis._computed[function]
        return result

    return computed


def _unequal(efforts: Sequence[float]) -> bool:
    return bool(efforts) and max(efforts) - min(efforts) > UNEQUAL * max(efforts)


def best_row(trials: pd.DataFrame, objective: Objective, objectives: Sequence[Objective]) -> pd.Series:
    """The best of some complete trials in one objective; of equals that which is better in the others, then the first.

    It is on the front, if these are all that it could be dominated by.
    """
    keys = [objective, *(other for other in objectives if other is not objective)]
    return trials.iloc[int(np.lexsort([o.sign * trials[o.name].to_numpy(dtype=float) for o in reversed(keys)])[0])]


def analyse(studies: Sequence[Study]) -> Analysis:
    """The numbers of one study, or of several that share objectives. The reference point is the first study's."""
    space = studies[0].plan.space
    objectives, reference = space.objectives, space.reference
    names = [objective.name for objective in objectives]
    trials = pd.concat([study.trials for study in studies if len(study.trials)] or [studies[0].trials])
    trials = trials.reset_index(drop=True)
    for name in [*names, *(VALIDATION + name for name in names)]:
        trials[name] = as_numbers(trials.get(name, pd.Series(np.nan, index=trials.index)))
    several = len(studies) > 1
    family = trials["family"].astype(str)
    trials["group"] = family + " (" + trials["study"] + ")" if several else family

    finite = np.isfinite(trials[names].to_numpy(dtype=float)).all(axis=1)
    complete = trials[(trials["state"] == "complete") & finite].copy()
    complete["front"] = non_dominated(minimised(complete, objectives))
    complete["validation_front"] = non_dominated(minimised(complete, objectives, VALIDATION))
    box, paper = reference_box(objectives, reference), paper_box(space.dataset, objectives)

    groups = []
    for study in studies:
        present = [str(f) for f in study.trials["family"].unique()]
        order = [*study.plan.space.families(), *(f for f in present if f not in study.plan.space.families())]
        for name in order:
            own = trials[(trials["study"] == study.label) & (trials["family"].astype(str) == name)]
            done = complete.loc[complete.index.intersection(own.index)]
            label = f"{name} ({study.label})" if several else name
            volumes = _volume(box, done, objectives), _volume(paper, done, objectives)
            groups.append(Group(label, study.label, name, own, done, *volumes))

    curves, notes = sampled_curves(studies, trials, complete[complete["front"]])
    return Analysis(
        studies=tuple(studies),
        objectives=objectives,
        trials=trials,
        complete=complete,
        groups=tuple(groups),
        reference=reference,
        box=box,
        paper_box=paper,
        untrained=curves[curves["images"] == 0],
        curves=curves,
        notes=notes,
    )


def _volume(box: Box | None, trials: pd.DataFrame, objectives: Sequence[Objective]) -> float | None:
    return None if box is None else box.volume(minimised(trials, objectives))


def setting_columns(analysis: Analysis) -> list[str]:
    """The settings to show with a trial: those that were searched, and those of `EFFORT` that differ."""
    searched = {name for study in analysis.studies for name in study.plan.space.parameters}
    shown = []
    for name in setting_names():
        if name not in analysis.complete or name in ("family", "dataset", "seed"):
            continue
        values = analysis.complete[name].dropna()
        if len(values) and (name in searched or (name in EFFORT and values.nunique() > 1)):
            shown.append(name)
    return shown


def setting_text(value: Any) -> str:
    """A setting as text; a dash if the family does not have it."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.3g}"
    return str(value)


def settings_sentence(row: Mapping[Any, Any] | pd.Series, columns: Sequence[str]) -> str:
    """Those of these settings that the row's family has: `latent_dim 16, lambda_1 0.5`."""
    return ", ".join(f"{name} {setting_text(row[name])}" for name in columns if not pd.isna(row[name]))


def front_table(analysis: Analysis) -> pd.DataFrame:
    """The non-dominated trials: study, trial, family, values on test and validation images, settings, MLflow run."""
    values = [column for name in analysis.names for column in (name, VALIDATION + name)]
    columns = ["study", "trial", "family", *values, *setting_columns(analysis), "seed", "config_id", "mlflow_run_id"]
    return analysis.front.reindex(columns=columns).reset_index(drop=True)


def families_table(analysis: Analysis) -> pd.DataFrame:
    """One row a group, by its name: its trials by how they ended, its effort, its hypervolume and its best values."""
    rows = []
    for group in analysis.groups:
        best = {objective.name: analysis.best(group, objective) for objective in analysis.objectives}
        rows.append(
            {
                "family": group.name,
                "trials": len(group.ended),
                "complete": len(group.complete),
                "stopped": group.stopped,
                "front": int(group.complete["front"].sum()),
                "images": int(group.images),
                "hypervolume": math.nan if group.hypervolume is None else group.hypervolume,
                **{f"best_{name}": math.nan if row is None else float(row[name]) for name, row in best.items()},
            }
        )
    return pd.DataFrame(rows).set_index("family")
