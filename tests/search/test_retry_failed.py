"""Failed trials, tried again: what they keep, what is trained anew, and what is left alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.search import proposals, schedule, storage
from study.search.allocation import Resources
from study.search.retry_failed import reopen
from study.search.schedule import ScheduleListener
from study.system.files import read_json
from tests.search.conftest import MakePlan

Open = Callable[[StudyPlan], optuna.Study]

COMPLETE = {
    "mean_pixel_deviation": 0.25,
    "reconstruction": 20.0,
    "validation_mean_pixel_deviation": 0.5,
    "validation_reconstruction": 21.0,
}


def ended(study: optuna.Study, plan: StudyPlan, folder: StudyFolder, outcome: Outcome) -> None:
    trial = proposals.propose(study, plan)
    folder.trial(trial.number).path.mkdir(parents=True)
    storage.tell(study, plan, trial.number, outcome.write(folder.trial(trial.number)))


def test_failed_trials_become_interrupted_ones_and_no_others(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make()
    plan.save(folder.plan)
    study = open_study(plan)
    for outcome in (
        Outcome("complete", metrics=COMPLETE),
        Outcome("failed", reason="a reason"),
        Outcome("infeasible", reason="too large"),
        Outcome("pruned", metrics={}),
        Outcome("failed", reason="another"),
    ):
        ended(study, plan, folder, outcome)
    before = open_study(plan).trials
    assert reopen(storage.default_url(folder), plan, folder) == [1, 4]
    again = open_study(plan)
    states = [trial.state for trial in again.trials]
    assert states == [TrialState.COMPLETE, TrialState.RUNNING, TrialState.FAIL, TrialState.PRUNED, TrialState.RUNNING]
    for number in (1, 4):
        assert again.trials[number].params == before[number].params
        assert again.trials[number].user_attrs[storage.CONFIG] == before[number].user_attrs[storage.CONFIG]
        assert "reason" not in again.trials[number].user_attrs
        assert Outcome.read(folder.trial(number)) is None
    storage.tell(again, plan, 1, Outcome("complete", metrics=COMPLETE))
    assert [(r.trial, r.state) for r in storage.records(again, folder)][:2] == [(0, "complete"), (1, "complete")]
    assert reopen(storage.default_url(folder), plan, folder) == []


def test_a_study_with_failed_trials_is_done_unless_they_are_to_be_tried_again(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(trials=1)
    plan.save(folder.plan)
    ended(open_study(plan), plan, folder, Outcome("failed", reason="why not"))
    assert storage.was_done(plan, folder, None)
    assert not storage.was_done(plan, folder, None, retrying=True)


def test_where_there_is_no_study_there_is_nothing_to_try_again(make: MakePlan, tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "none")
    assert reopen(storage.default_url(folder), make(), folder) == []
    assert not folder.path.exists()


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.usefixtures("ray_session")
def test_a_failure_of_the_evaluation_keeps_its_traceback_and_does_not_cost_the_training(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(trials=1)
    plan.save(folder.plan)
    study, own = open_study(plan), folder.trial(0)

    def block_the_pictures(number: int, settings: dict[str, Any]) -> None:
        own.pictures.parent.mkdir(parents=True, exist_ok=True)
        own.arrays.mkdir(exist_ok=True)  # a folder where the last file of the evaluation is to be written

    schedule.run_trials(study, plan, folder, Resources(), ScheduleListener(started=block_the_pictures))
    (record,) = storage.records(study, folder)
    assert record.state == "failed"
    assert "IsADirectoryError" in record.reason
    assert "Traceback (most recent call last)" in own.error.read_text()
    curve = list(own.read_metrics())

    own.arrays.rmdir()
    assert reopen(storage.default_url(folder), plan, folder) == [0]
    study = open_study(plan)
    schedule.run_trials(study, plan, folder, Resources(), ScheduleListener())
    (record,) = storage.records(study, folder)
    assert record.state == "complete"
    assert list(own.read_metrics()) == curve, "nothing was trained again"
    assert len(read_json(own.attempts)) == 1
    assert not own.checkpoint.exists()
