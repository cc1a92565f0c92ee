"""Warm start: the complete trials of an earlier study that are points of this study's space, for the sampler.

They are read once, and kept in the new study's own folder: what becomes of the earlier one later changes nothing. They
are no trials of the new study, and known to its sampler alone.
"""

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.trial import FrozenTrial

from study.config.messages import shortened
from study.config.plan import StudyPlan
from study.config.space import SearchSpace
from study.config.warm_start import WarmStart, check_learning
from study.records.folder import StudyFolder
from study.records.table import VALIDATION, as_numbers, read_records
from study.search.samplers import JOINT, distributions, draws_of
from study.system.errors import InputError, one_line
from study.system.files import read_json, write_json

_ANEW = "use another --name to start a new study"


@dataclass(frozen=True)
class Example:
    """One trial of an earlier study: its point in the new study's space, and its values on validation images."""

    trial: int
    point: dict[str, Any]
    values: list[float]


@dataclass(frozen=True)
class Lesson:
    """The usable trials of a study. `complete`: the number of all its complete trials."""

    study: str
    complete: int
    examples: tuple[Example, ...]

    @property
    def note(self) -> WarmStart:
        """The entry of the plan."""
        text = json.dumps(asdict(self), sort_keys=True)
        return WarmStart(study=self.study, checksum=hashlib.sha256(text.encode()).hexdigest())

    def save(self, folder: StudyFolder) -> None:
        """Put it into the folder of the study that learns from it; `recall_lesson` gives it back."""
        write_json(folder.warm_start, asdict(self))

    @property
    def sentence(self) -> str:
        return f"warm start from {self.study}: {len(self.examples)} of {self.complete} trials used"


def gather_lesson(other: Path, plan: StudyPlan) -> Lesson:
    """The trials of the study in the folder `other` that the sampler of this plan can use, by number.

    A trial is used if it is complete and the plan could have proposed its configuration: another value of what is
    fixed here, another budget or a value outside of a range is another configuration. The values are those on
    validation images. `InputError` if it is no such study, or no trial can be used.
    """
    where = f"--warm-start: {shortened(str(other))}"
    folder = StudyFolder(other)
    try:
        check_learning(plan.sampler)
        theirs = StudyPlan.load(folder.plan)
        table = read_records(folder.records)
    except (InputError, ValueError) as error:
        raise InputError(f"--warm-start: {shortened(str(error), 300)}") from None
    if (theirs.space.dataset, theirs.space.objectives) != (plan.space.dataset, plan.space.objectives):
        raise InputError(f"{where}: needs a study of {_subject(plan.space)}; received one of {_subject(theirs.space)}")
    complete = table[table["state"] == "complete"].sort_values("trial")
    for objective in plan.space.objectives:
        name = VALIDATION + objective.name
        complete[name] = as_numbers(complete[name]) if name in complete else math.nan
    examples = (_example(row, plan) for row in complete.to_dict("records"))
    lesson = Lesson(theirs.name, len(complete), tuple(example for example in examples if example is not None))
    if not lesson.examples:
        raise InputError(
            f"{where}: none of its {lesson.complete} complete trials is a point of this study's space "
            "with the same other settings and the same budget"
        )
    return lesson


def recall_lesson(plan: StudyPlan, folder: StudyFolder) -> Lesson | None:
    """The trials that the study in this folder began with, if any. `InputError` if they are not there as they were."""
    if plan.warm_start is None:
        return None
    try:
        content = read_json(folder.warm_start)
        examples = tuple(Example(**example) for example in content.pop("examples"))
        lesson = Lesson(**content, examples=examples)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        said = one_line(error, 200)
        raise InputError(f"{folder.warm_start}: cannot be read: {said}; {_ANEW}") from None
    if lesson.note != plan.warm_start:
        where = folder.plan.name
        raise InputError(f"{folder.warm_start}: not what the study began with, by the checksum in {where}; {_ANEW}")
    return lesson


def as_trials(lesson: Lesson, plan: StudyPlan) -> list[FrozenTrial]:
    """The examples as Optuna's trials, for this plan's sampler."""
    known = distributions(plan.space)
    trials = []
    for example in lesson.examples:
        draws = draws_of(plan.space, example.point, whole=plan.sampler in JOINT)
        own = {name: known[name] for name in draws}
        trials.append(optuna.trial.create_trial(values=example.values, params=draws, distributions=own))
    return trials


def _example(row: dict[Any, Any], plan: StudyPlan) -> Example | None:
    values = [float(row[VALIDATION + objective.name]) for objective in plan.space.objectives]
    point: dict[str, Any] = {}
    try:
        for name, parameter in plan.space.parameters.items():
            if parameter.exists(point):
                cell = row.get(name)
                point[name] = parameter.checked(cell.item() if isinstance(cell, np.generic) else cell)
        same = plan.trial_config(point, seed=0).config_id == row["config_id"]
    except ValueError:  # a value that this space does not allow; pydantic's errors are ValueErrors
        return None
    return Example(int(row["trial"]), point, values) if same and all(map(math.isfinite, values)) else None


def _subject(space: SearchSpace) -> str:
    return f"{' and '.join(f'{o.name} ({o.direction})' for o in space.objectives)} on {space.dataset}"
