"""Whole small studies on a real Ray: trials that complete, diverge, are killed, and drivers that are interrupted."""

import os
import signal
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState
from sqlalchemy.exc import OperationalError

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.table import TrialRecord
from study.search import schedule, storage
from study.search.allocation import Resources
from study.search.schedule import ScheduleListener
from study.search.shutdown import Shutdown
from study.search.watchdog import LOOK_SECONDS, Watchdog
from study.system.errors import Halted, Interrupted
from study.system.files import read_json
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


@pytest.mark.slow
@pytest.mark.ci
def test_a_study_interrupted_and_gone_on_with_equals_an_uninterrupted_one(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(name="straight", trials=6)
    study = open_study(plan)
    schedule.run_trials(study, plan, folder, Resources(), ScheduleListener())
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
        schedule.run_trials(cut, plan, again, Resources(), ScheduleListener(progressed=interrupt_in_the_second_trial))
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert TrialState.RUNNING in {trial.state for trial in cut.trials}

    cut = storage.open_study(plan, again, storage.default_url(again))
    schedule.run_trials(cut, plan, again, Resources(), ScheduleListener())
    assert {trial.state for trial in cut.trials} == {TrialState.COMPLETE}
    assert results(storage.records(cut, again)) == results(straight)
    assert curves(again, straight) == curves(folder, straight)


@pytest.mark.slow
@pytest.mark.ci
def test_a_killed_worker_costs_an_attempt_not_the_trial(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make(trials=2)
    study = open_study(plan)
    killed: list[int] = []

    def kill_once(number: int, result: dict[str, Any]) -> None:
        if number == 0 and not killed:
            killed.append(result["pid"])
            os.kill(result["pid"], signal.SIGKILL)

    schedule.run_trials(study, plan, folder, Resources(), ScheduleListener(progressed=kill_once))
    assert len(killed) == 1
    assert [record.state for record in storage.records(study, folder)] == ["complete"] * 2
    assert len(read_json(folder.trial(0).attempts)) == 2


@pytest.mark.slow
def test_a_trial_whose_process_crashes_again_and_again_has_failed(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(trials=2)
    study = open_study(plan)
    crashed: set[int] = set()

    def crash(number: int, result: dict[str, Any]) -> None:
        if number == 0 and result["pid"] not in crashed:
            crashed.add(result["pid"])
            os.kill(result["pid"], signal.SIGSEGV)

    schedule.run_trials(study, plan, folder, Resources(), ScheduleListener(progressed=crash))
    first, second = storage.records(study, folder)
    assert len(crashed) == 3
    assert first.state == "failed"
    assert first.reason == "its process died 3 times; last error: Fatal Python error: Segmentation fault"
    assert second.state == "complete"


@pytest.mark.slow
@pytest.mark.ci
def test_divergence_is_infeasible_at_once_and_the_study_goes_on(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(trials=3, overrides={"learning_rate": 3e38})
    study = open_study(plan)
    ended: list[int] = []
    schedule.run_trials(
        study, plan, folder, Resources(), ScheduleListener(ended=lambda number, outcome: ended.append(number))
    )
    records = storage.records(study, folder)
    assert sorted(ended) == [0, 1, 2]
    assert {record.state for record in records} == {"infeasible"}
    assert all("diverged" in record.reason for record in records)
    assert all(len(read_json(folder.trial(record.trial).attempts)) == 1 for record in records)
    assert {trial.state for trial in study.trials} == {TrialState.FAIL}


@pytest.mark.slow
@pytest.mark.ci
def test_an_error_is_tried_again_then_failed_with_its_reason(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(trials=3)
    study = open_study(plan)

    def break_the_first(number: int, settings: dict[str, Any]) -> None:
        if number == 0:
            folder.trial(0).metrics.mkdir(parents=True, exist_ok=True)  # a folder where a file is to be written

    schedule.run_trials(study, plan, folder, Resources(), ScheduleListener(started=break_the_first))
    records = storage.records(study, folder)
    assert [record.state for record in records] == ["failed", "complete", "complete"]
    assert "IsADirectoryError" in records[0].reason
    assert len(read_json(folder.trial(0).attempts)) == 3


@pytest.mark.slow
@pytest.mark.ci
def test_a_finished_study_starts_nothing(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make(trials=2)
    schedule.run_trials(open_study(plan), plan, folder, Resources(), ScheduleListener())
    started: list[int] = []
    listener = ScheduleListener(started=lambda number, settings: started.append(number))
    schedule.run_trials(open_study(plan), plan, folder, Resources(), listener)
    assert started == []
    more = make(trials=3)
    schedule.run_trials(open_study(more), more, folder, Resources(), listener)
    assert started == [2]


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> tuple[ScheduleListener, list[int]]:
    """A listener that stops the process of trial 0 once, which then heeds nothing but the system's kill; and its pid.

    The watch's clock runs while that process is there: no machine is too slow for another trial, or another attempt.
    """
    stopped: list[int] = []
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += LOOK_SECONDS if stopped and is_running(stopped[0]) else 0
        return now

    def stop(number: int, result: dict[str, Any]) -> None:
        if number == 0 and not stopped:
            stopped.append(result["pid"])
            os.kill(result["pid"], signal.SIGSTOP)

    monkeypatch.setattr(schedule, "Watchdog", partial(Watchdog, clock=clock))
    return ScheduleListener(progressed=stop), stopped


@pytest.mark.slow
def test_a_hanging_trial_over_its_limit_fails_and_only_that(
    make: MakePlan, open_study: Open, folder: StudyFolder, hanging: tuple[ScheduleListener, list[int]]
) -> None:
    plan = make(trials=2)
    study = open_study(plan)
    listener, stopped = hanging
    schedule.run_trials(study, plan, folder, Resources(concurrent=1, timeout=20.0), listener)
    first, second = storage.records(study, folder)
    assert first.state == "failed"
    assert first.reason == "over its time limit of 20 s (--trial-timeout)"
    assert second.state == "complete"
    assert not is_running(stopped[0])


@pytest.mark.slow
@pytest.mark.ci
def test_a_hanging_trial_is_tried_again(
    make: MakePlan, open_study: Open, folder: StudyFolder, hanging: tuple[ScheduleListener, list[int]]
) -> None:
    plan = make(trials=2)
    study = open_study(plan)
    listener, stopped = hanging
    schedule.run_trials(study, plan, folder, Resources(concurrent=1, stall=10.0), listener)
    assert [record.state for record in storage.records(study, folder)] == ["complete"] * 2
    assert len(read_json(folder.trial(0).attempts)) == 2
    assert not is_running(stopped[0])


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.slow
@pytest.mark.ci
def test_a_storage_that_goes_away_halts_the_study_and_fails_no_trial(
    make: MakePlan, open_study: Open, folder: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make(trials=2)
    study = open_study(plan)

    def gone(*arguments: Any) -> None:
        raise optuna.exceptions.StorageInternalError("long words") from OperationalError(
            "UPDATE", {}, sqlite3.OperationalError("database or disk is full")
        )

    def break_the_storage(number: int, result: dict[str, Any]) -> None:
        monkeypatch.setattr(type(study._storage), "set_trial_user_attr", gone)

    with pytest.raises(Halted, match=r"^--storage: database or disk is full$"):
        schedule.run_trials(study, plan, folder, Resources(), ScheduleListener(progressed=break_the_storage))
    assert {trial.state for trial in study.trials} == {TrialState.RUNNING}
    monkeypatch.undo()
    again = open_study(plan)
    schedule.run_trials(again, plan, folder, Resources(), ScheduleListener())
    assert [record.state for record in storage.records(again, folder)] == ["complete"] * 2


def test_a_run_that_ray_ends_again_and_again_is_halted(
    make: MakePlan, open_study: Open, folder: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make(trials=1)
    runs: list[None] = []

    def end(self: object) -> None:
        runs.append(None)
        raise RuntimeError("a node is lost\nand more")

    monkeypatch.setattr(schedule.tune.Tuner, "fit", end)
    with pytest.raises(Halted, match=r"^Ray Tune ended 4 times before any trial did; the last time: a node is lost$"):
        schedule.run_trials(open_study(plan), plan, folder, Resources(concurrent=2), ScheduleListener())
    assert len(runs) == 4


def test_what_ray_says_of_a_worker_that_left_no_words_is_kept(folder: StudyFolder, tmp_path: Path) -> None:
    """It may not even have been imported. The words of the trial itself stay."""
    told = tmp_path / "error.txt"
    told.write_text("Failure # 1\nModuleNotFoundError: no module of ours")
    callback = schedule._Callback(folder, ScheduleListener(), Watchdog(None, 60), Shutdown())
    for number in range(2):
        folder.trial(number).path.mkdir(parents=True)
    folder.trial(1).error.write_text("its own")
    for number in range(2):
        trial: Any = SimpleNamespace(config={"number": number}, trial_id=str(number), error_file=str(told))
        callback.on_trial_recover(0, [], trial)
        callback.on_trial_error(0, [], trial)
    assert folder.trial(0).error.read_text() == told.read_text()
    assert folder.trial(1).error.read_text() == "its own"
    lost: Any = SimpleNamespace(config={"number": 2}, trial_id="2", error_file=None)
    callback.on_trial_error(0, [], lost)
    assert not folder.trial(2).error.exists()
