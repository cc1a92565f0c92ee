"""Whole small studies on a real Ray: trials that complete, diverge, are killed, and drivers that are interrupted."""

import os
import signal
from collections.abc import Callable
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from study.config import StudyPlan
from study.errors import Interrupted
from study.folder import StudyFolder, read_json
from study.records import TrialRecord
from study.search import schedule, storage
from study.search.resources import Resources
from study.search.schedule import Listener
from tests.search.conftest import MakePlan

Open = Callable[[StudyPlan], optuna.Study]
pytestmark = pytest.mark.usefixtures("ray_session")


def results(records: list[TrialRecord]) -> list[tuple[Any, ...]]:
    """What must not depend on how a study was run."""
    return [(record.trial, record.config, record.state, record.reason, record.metrics) for record in records]


def curves(folder: StudyFolder, records: list[TrialRecord]) -> list[list[dict[str, float]]]:
    def timeless(line: dict[str, float]) -> dict[str, float]:
        return {key: value for key, value in line.items() if key not in ("time", "seconds")}

    return [[timeless(line) for line in folder.trial(record.trial).read_metrics()] for record in records]


def test_a_study_interrupted_and_gone_on_with_equals_an_uninterrupted_one(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(name="straight", trials=6)
    study = open_study(plan)
    schedule.run(study, plan, folder, Resources(), Listener())
    straight = storage.records(study, folder)
    assert [record.state for record in straight] == ["complete"] * 6
    assert sorted(trial.values for trial in study.trials) == sorted(
        [record.metrics[f"validation_{objective.name}"] for objective in plan.space.objectives] for record in straight
    )
    assert not folder.ray.exists()

    again = StudyFolder(folder.path.parent / "cut")
    again.path.mkdir()
    cut = storage.open_study(plan, again, storage.default_url(again))

    def interrupt_in_the_second_trial(number: int, result: dict[str, Any]) -> None:
        if number >= 1:
            os.kill(os.getpid(), signal.SIGTERM)

    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(Interrupted, match="SIGTERM"):
        schedule.run(cut, plan, again, Resources(), Listener(progressed=interrupt_in_the_second_trial))
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert TrialState.RUNNING in {trial.state for trial in cut.trials}

    cut = storage.open_study(plan, again, storage.default_url(again))
    schedule.run(cut, plan, again, Resources(), Listener())
    assert {trial.state for trial in cut.trials} == {TrialState.COMPLETE}
    assert results(storage.records(cut, again)) == results(straight)
    assert curves(again, straight) == curves(folder, straight)


def test_a_killed_worker_costs_an_attempt_not_the_trial(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make(trials=2)
    study = open_study(plan)
    killed: list[int] = []

    def kill_once(number: int, result: dict[str, Any]) -> None:
        if number == 0 and not killed:
            killed.append(result["pid"])
            os.kill(result["pid"], signal.SIGKILL)

    schedule.run(study, plan, folder, Resources(), Listener(progressed=kill_once))
    assert len(killed) == 1
    assert [record.state for record in storage.records(study, folder)] == ["complete"] * 2
    assert len(read_json(folder.trial(0).attempts)["nodes"]) == 2


def test_divergence_is_infeasible_at_once_and_the_study_goes_on(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(trials=3, overrides={"learning_rate": 3e38})
    study = open_study(plan)
    ended: list[int] = []
    schedule.run(study, plan, folder, Resources(), Listener(ended=lambda number, outcome: ended.append(number)))
    records = storage.records(study, folder)
    assert sorted(ended) == [0, 1, 2]
    assert {record.state for record in records} == {"infeasible"}
    assert all("diverged" in record.reason for record in records)
    assert all(len(read_json(folder.trial(record.trial).attempts)["nodes"]) == 1 for record in records)
    assert {trial.state for trial in study.trials} == {TrialState.FAIL}


def test_an_error_is_tried_again_then_failed_with_its_reason(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(trials=3)
    study = open_study(plan)

    def break_the_first(number: int, settings: dict[str, Any]) -> None:
        if number == 0:
            folder.trial(0).metrics.mkdir(parents=True, exist_ok=True)  # a folder where a file is to be written

    schedule.run(study, plan, folder, Resources(), Listener(started=break_the_first))
    records = storage.records(study, folder)
    assert [record.state for record in records] == ["failed", "complete", "complete"]
    assert "IsADirectoryError" in records[0].reason
    assert len(read_json(folder.trial(0).attempts)["nodes"]) == 3


def test_a_finished_study_starts_nothing(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make(trials=2)
    schedule.run(open_study(plan), plan, folder, Resources(), Listener())
    started: list[int] = []
    listener = Listener(started=lambda number, settings: started.append(number))
    schedule.run(open_study(plan), plan, folder, Resources(), listener)
    assert started == []
    more = make(trials=3)
    schedule.run(open_study(more), more, folder, Resources(), listener)
    assert started == [2]


def test_a_time_limit_fails_the_trial_and_only_that(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make(trials=1, overrides={"steps": 10_000_000})
    study = open_study(plan)
    schedule.run(study, plan, folder, Resources(timeout=3.0), Listener())
    (record,) = storage.records(study, folder)
    assert record.state == "failed"
    assert "time limit" in record.reason
