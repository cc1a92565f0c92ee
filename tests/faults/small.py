"""A small study of real trials, as a launch leaves it: two of forty steps, with weights, and one that was cut."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.records.folder import StudyFolder
from study.records.table import write_records
from study.search import proposals, storage
from study.trial.fit import Progress
from study.trial.run import run_trial

LAUNCH = ("--space", "fading_squares", "--name", "small", "--set", "steps=40", "--set", "width=8")
"""The command line of the study, but for its number of trials."""

CUT_AT = 20


@dataclass(frozen=True)
class Small:
    """Trials 0 and 1 are complete; trial 2 was cut after step 20, and the driver with it."""

    folder: StudyFolder
    plan: StudyPlan


class Cut(Exception):
    """The process of a trial is gone."""


def make_small(runs: Path) -> Small:
    space, source = load_space("fading_squares")
    plan = make_plan(space, source, name="small", preset="quick", seed=0, trials=3, overrides={"steps": 40, "width": 8})
    folder = StudyFolder(runs / "small")
    plan.save(folder.plan)
    study = storage.open_study(plan, folder, storage.default_url(folder))
    for number in range(2):
        proposals.propose(study, plan)
        outcome = run_trial(config_of(study, number), folder.trial(number))
        storage.tell(study, plan, number, outcome)
    proposals.propose(study, plan)
    with pytest.raises(Cut):
        run_trial(config_of(study, 2), folder.trial(2), checkpoint_seconds=0, report=_cut)
    write_records(storage.records(study, folder), folder.records)
    return Small(folder, plan)


def config_of(study: Any, number: int) -> Any:
    return storage.trial_config(study.trials[number])


def _cut(progress: Progress, values: dict[str, float]) -> None:
    if progress.step == CUT_AT:
        raise Cut
