"""StopAtRungs: what it answers Ray Tune, writes and recalls; and whole studies on a real Ray, stopped and not."""

import math
import os
import re
import signal
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.trial import TrialState
from ray.tune.schedulers import TrialScheduler

from study.config.plan import StudyPlan
from study.pareto.dominance import non_dominated_sort
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.records.table import RUNG, VALIDATION, TrialRecord
from study.search import proposals, schedule, storage
from study.search.allocation import Resources, Share
from study.search.schedule import ScheduleListener
from study.search.shutdown import Shutdown
from study.search.stop_at_rungs import Halving, Standing, StopAtRungs
from study.system.errors import Halted, Interrupted
from study.system.files import read_json
from tests.search.conftest import SPACE, Cut, MakePlan

Open = Callable[[StudyPlan], optuna.Study]
STOPPING: dict[str, Any] = {**SPACE, "early_stopping": {"min_images": 100, "reduction_factor": 2}}
"""Trials of 30 steps: rungs at 100, 200, 400 images, and at 800 with the larger batch."""


def scheduler(plan: StudyPlan, folder: StudyFolder, shutdown: Shutdown | None = None) -> StopAtRungs:
    assert plan.early_stopping is not None
    return StopAtRungs(plan, plan.early_stopping, folder, shutdown or Shutdown())


def measured(rung: int, deviation: float, reconstruction: float) -> dict[str, Any]:
    values = {f"{VALIDATION}mean_pixel_deviation": deviation, f"{VALIDATION}reconstruction": reconstruction}
    return {"step": rung // 20, "images": rung, "seconds": 1.5, RUNG: rung, **values}


def answer(stop: StopAtRungs, number: int, result: dict[str, Any], family: str = "vae") -> str:
    trial = SimpleNamespace(config={"number": number, "config": {"family": family}})
    return stop.on_trial_result(None, trial, result)  # type: ignore[arg-type]


def test_who_falls_behind_is_pruned_with_its_rung(make: MakePlan, folder: StudyFolder) -> None:
    stop = scheduler(make(STOPPING), folder)
    assert answer(stop, 0, {"step": 3}) == TrialScheduler.CONTINUE
    assert answer(stop, 0, measured(100, 0.1, 50.0)) == TrialScheduler.CONTINUE
    folder.trial(1).path.mkdir(parents=True)
    folder.trial(1).checkpoint.write_bytes(b"its progress")
    assert answer(stop, 1, measured(100, 0.2, 60.0)) == TrialScheduler.STOP
    assert Outcome.read(folder.trial(1)) == Outcome(
        "pruned",
        reason="stopped after 100 images: place 2 of 2 vae trials",
        metrics={"rung": 100.0, "rung_mean_pixel_deviation": 0.2, "rung_reconstruction": 60.0},
        seconds={"training": 1.5},
    )
    assert not folder.trial(1).checkpoint.exists()
    assert not folder.trial(0).outcome.exists()


def test_families_are_compared_within_where_the_space_balances_them(make: MakePlan, folder: StudyFolder) -> None:
    stop = scheduler(make(STOPPING), folder)
    assert answer(stop, 0, measured(100, 0.1, 50.0)) == TrialScheduler.CONTINUE
    assert answer(stop, 1, measured(100, 0.9, 90.0), "wae-uniform") == TrialScheduler.CONTINUE
    unbalanced = scheduler(make({**STOPPING, "balance": None}), folder)
    assert answer(unbalanced, 2, measured(100, 0.1, 50.0)) == TrialScheduler.CONTINUE
    assert answer(unbalanced, 3, measured(100, 0.9, 90.0), "wae-uniform") == TrialScheduler.STOP
    outcome = Outcome.read(folder.trial(3))
    assert outcome is not None
    assert outcome.reason == "stopped after 100 images: place 2 of 2 trials"


def test_what_is_maximised_counts_the_other_way(make: MakePlan, folder: StudyFolder) -> None:
    objectives = {"disentanglement": "maximize"}
    stop = scheduler(make({**STOPPING, "dataset": "dsprites", "objectives": objectives}), folder)
    line = {"seconds": 1.0, RUNG: 100}
    assert answer(stop, 0, {**line, f"{VALIDATION}disentanglement": 0.5}) == TrialScheduler.CONTINUE
    assert answer(stop, 1, {**line, f"{VALIDATION}disentanglement": 0.6}) == TrialScheduler.CONTINUE
    assert answer(stop, 2, {**line, f"{VALIDATION}disentanglement": 0.4}) == TrialScheduler.STOP


def test_a_new_driver_knows_what_the_one_before_had_seen(make: MakePlan, folder: StudyFolder) -> None:
    """With the lines of the trials' own files, a last one that was cut included."""
    plan = make(STOPPING)
    families = ["vae", "vae", "wae-uniform"]
    for number, deviation in enumerate([0.1, 0.2, 0.01]):
        trial = folder.trial(number)
        trial.path.mkdir(parents=True)
        trial.append_metrics({"step": 1, "images": 20, "seconds": 0.1, "train_loss": 3.0})
        trial.append_metrics(measured(100, deviation, 50.0))
    with folder.trial(1).metrics.open("a") as file:
        file.write('{"step": 10, "rung": 20')
    stop = scheduler(plan, folder)
    stop.recall({number: {"family": family} for number, family in enumerate(families)} | {7: {"family": "vae"}})
    assert answer(stop, 3, measured(100, 0.15, 50.0)) == TrialScheduler.CONTINUE
    assert answer(stop, 4, measured(100, 0.3, 50.0)) == TrialScheduler.STOP
    outcome = Outcome.read(folder.trial(4))
    assert outcome is not None
    assert outcome.reason == "stopped after 100 images: place 4 of 4 vae trials"


def launch(study: optuna.Study, plan: StudyPlan, folder: StudyFolder) -> schedule._Launch:
    return schedule._Launch(study, plan, folder, Resources(), ScheduleListener(), Share(1, cpus=1, gpus=0), Shutdown())


def test_a_new_launch_knows_what_the_trials_before_it_had(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(STOPPING)
    study = open_study(plan)
    for number in range(3):
        assert proposals.propose(study, plan).number == number
        folder.trial(number).path.mkdir(parents=True)
        folder.trial(number).append_metrics(measured(100, 0.1, 50.0))
    stop = launch(study, plan, folder)._scheduler()
    assert isinstance(stop, StopAtRungs)
    assert answer(stop, 3, measured(100, 0.2, 60.0), study.trials[0].params["family"]) == TrialScheduler.STOP


def test_a_worker_measures_what_trials_are_compared_by_where_they_are(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    """At the rungs of its own batch size, and only the objectives, whatever else is computed at the end."""
    plan = make(STOPPING)
    study = open_study(plan)
    computed = {"mean_pixel_deviation", "reconstruction", "frechet_pca"}
    for batch_size, rungs in ((20, {5: 100, 10: 200, 20: 400}), (40, {3: 100, 5: 200, 10: 400, 20: 800})):
        settings = plan.trial_config({"family": "vae", "batch_size": batch_size}, seed=0).settings()
        job = launch(study, plan, folder)._job(0, 7, settings)
        assert job["objectives"] == ["mean_pixel_deviation", "reconstruction"]
        assert set(job["metrics"]) >= computed
        assert job["rungs"] == rungs
        assert job["folder"] == str(folder.trial(7).path.resolve())
    assert launch(study, make(), folder)._job(0, 7, settings)["rungs"] == {}


def test_a_trial_that_went_on_goes_on_when_it_comes_to_the_rung_again(make: MakePlan, folder: StudyFolder) -> None:
    """It came first, was killed before its next checkpoint, and comes again when many better ones have been there."""
    plan, poor = make(STOPPING), measured(100, 0.9, 90.0)
    assert answer(scheduler(plan, folder), 0, poor) == TrialScheduler.CONTINUE
    stop = scheduler(plan, folder)  # the driver's, who reads no line of the rung: the trial goes on from before it
    for number in range(1, 7):
        answer(stop, number, measured(100, 0.1 / number, 50.0 / number))
    for _ in range(2):  # its worker is killed once more
        assert answer(stop, 0, poor) == TrialScheduler.CONTINUE
        assert not folder.trial(0).outcome.exists()
    assert answer(stop, 7, poor) == TrialScheduler.STOP
    assert answer(stop, 0, measured(200, 0.9, 90.0)) == TrialScheduler.CONTINUE
    assert answer(stop, 1, measured(200, 0.1, 50.0)) == TrialScheduler.CONTINUE
    assert list(read_json(folder.trial(0).rungs)) == ["100", "200"]


def test_a_trial_that_was_to_stop_stops_when_it_comes_to_the_rung_again(
    make: MakePlan, folder: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver was killed after the decision, before the outcome was written; many worse ones come between."""
    plan, second = make(STOPPING), measured(100, 0.2, 60.0)
    before = scheduler(plan, folder)
    answer(before, 0, measured(100, 0.1, 50.0))
    monkeypatch.setattr(Outcome, "write", cut)
    with pytest.raises(Cut):
        answer(before, 1, second)
    monkeypatch.undo()
    stop = scheduler(plan, folder)
    for number in range(2, 9):
        answer(stop, number, measured(100, float(number), 100.0))
    assert answer(stop, 9, second) == TrialScheduler.CONTINUE
    assert answer(stop, 1, second) == TrialScheduler.STOP
    outcome = Outcome.read(folder.trial(1))
    assert outcome is not None
    assert outcome.reason == "stopped after 100 images: place 2 of 2 vae trials"


def cut(*_: Any) -> None:
    raise Cut


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"100": 3}', '{"100": {}}', '{"100": {"goes_on": true}}', "\0"])
def test_a_decision_that_cannot_be_read_is_made_again(make: MakePlan, folder: StudyFolder, damage: str) -> None:
    stop = scheduler(make(STOPPING), folder)
    answer(stop, 0, measured(100, 0.2, 60.0))
    folder.trial(0).rungs.write_text(damage)
    answer(stop, 1, measured(100, 0.1, 50.0))
    assert answer(stop, 0, measured(100, 0.2, 60.0)) == TrialScheduler.STOP


def test_a_full_disk_stops_the_study_not_the_trial(
    make: MakePlan, folder: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    shutdown = Shutdown()
    stop = scheduler(make(STOPPING), folder, shutdown)
    answer(stop, 0, measured(100, 0.1, 50.0))
    monkeypatch.setattr(Outcome, "write", full)
    assert answer(stop, 1, measured(100, 0.2, 60.0)) == TrialScheduler.CONTINUE
    with pytest.raises(Halted, match="No space left"):
        shutdown.check()


def values(record: TrialRecord) -> tuple[Any, ...]:
    return record.trial, record.config, record.metrics


def check(records: Iterable[TrialRecord], study: optuna.Study, folder: StudyFolder, plan: StudyPlan) -> None:
    """What must hold of every study that was stopped early."""
    names = [objective.name for objective in plan.space.objectives]
    for record, trial in zip(records, study.trials, strict=True):
        lines = list(folder.trial(record.trial).read_metrics())
        rungs = {line[RUNG]: line for line in lines if RUNG in line}
        if record.state == "complete":
            assert trial.state == TrialState.COMPLETE
            assert list(rungs) == list(plan.early_stopping.rungs(record.config.total_images))
            continue
        assert record.state == "pruned"
        assert trial.state == TrialState.PRUNED
        assert trial.values is None
        last = lines[-1]
        assert record.metrics == {RUNG: last[RUNG], **{f"{RUNG}_{name}": last[VALIDATION + name] for name in names}}
        assert f"stopped after {last[RUNG]} images" in record.reason
        assert {path.name for path in folder.trial(record.trial).path.iterdir() if path.name[0] != "."} - {
            "pictures"  # of the steps that it reached
        } == {"attempts.json", "config.json", "metrics.jsonl", "outcome.json", "rungs.json"}
        place, of = standing(record)
        assert place > math.ceil(of / 2)


def standing(record: TrialRecord) -> tuple[int, int]:
    """Its place, and among how many it was, as its reason says."""
    found = re.search(r"place (\d+) of (\d+)", record.reason)
    assert found is not None
    return int(found[1]), int(found[2])


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.usefixtures("ray_session")
def test_who_is_not_stopped_is_the_same_as_without_stopping(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    plan = make(STOPPING, trials=12)
    study = open_study(plan)
    progress: list[int] = []
    listener = ScheduleListener(progressed=lambda number, result: progress.append(number))
    schedule.run_trials(study, plan, folder, Resources(), listener)
    records = storage.records(study, folder)
    states = [record.state for record in records]
    assert set(states) == {"complete", "pruned"}
    check(records, study, folder, plan)

    whole = make(STOPPING, trials=12, stopping=False)
    beside = StudyFolder(folder.path.parent / "whole")
    beside.path.mkdir()
    all_of_it = storage.open_study(whole, beside, storage.default_url(beside))
    schedule.run_trials(all_of_it, whole, beside, Resources(), ScheduleListener())
    complete = storage.records(all_of_it, beside)
    assert [record.state for record in complete] == ["complete"] * 12
    for stopped, through in zip(records, complete, strict=True):
        if stopped.state == "complete":
            assert values(stopped) == values(through)
        own, other = (list(its.trial(stopped.trial).read_metrics()) for its in (folder, beside))
        for mine, theirs in zip(own, other, strict=False):
            assert {k: v for k, v in mine.items() if k not in ("time", "seconds")} == {
                k: v for k, v in theirs.items() if k not in ("time", "seconds")
            }


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.usefixtures("ray_session")
def test_a_study_that_was_cut_goes_on_stopping(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    """No trial twice, none left running, and who came before the cut is still compared with."""
    plan = make(STOPPING, trials=8)
    study = open_study(plan)

    def interrupt(number: int, result: dict[str, Any]) -> None:
        if number >= 3:
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Interrupted):
        schedule.run_trials(study, plan, folder, Resources(), ScheduleListener(progressed=interrupt))
    before = storage.records(study, folder)
    assert 0 < len(before) < 8
    study = open_study(plan)
    schedule.run_trials(study, plan, folder, Resources(), ScheduleListener())
    records = storage.records(study, folder)
    assert [record.trial for record in records] == list(range(8))
    ended = {record.trial: record for record in before}
    assert all(ended.get(record.trial, record) == record for record in records)
    check(records, study, folder, plan)
    for record in records:
        if record.state == "pruned":
            came = arrivals(folder, records, record)
            assert abs(standing(record)[1] - sum(1 for time in came.values() if time <= came[record.trial])) <= 2


def arrivals(folder: StudyFolder, records: Iterable[TrialRecord], pruned: TrialRecord) -> dict[int, float]:
    """When each trial of its family came to the rung at which the pruned one was stopped."""
    return {
        record.trial: line["time"]
        for record in records
        if record.config.family == pruned.config.family
        for line in folder.trial(record.trial).read_metrics()
        if line.get(RUNG) == pruned.metrics[RUNG]
    }


POINTS = st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=30)


def come(halving: Halving, *values: tuple[float, ...], group: str = "", rung: int = 9) -> list[Standing]:
    """What is said of each trial as it comes."""
    standings = []
    for trial, each in enumerate(values):
        halving.record(trial, group, rung, each)
        standings.append(halving.standing(trial, group, rung))
    return standings


def test_with_one_objective_it_is_asynchronous_successive_halving() -> None:
    """With η = 3 the first goes on; then who is the best of two or three, among the best two of four to six, …"""
    values = [(5.0,), (6.0,), (4.0,), (4.5,), (4.2,), (9.0,), (4.1,)]
    assert come(Halving(3), *values) == [
        Standing(1, 1, True),
        Standing(2, 2, False),
        Standing(1, 3, True),
        Standing(2, 4, True),
        Standing(2, 5, True),
        Standing(6, 6, False),
        Standing(2, 7, True),
    ]


def test_fronts_come_before_the_tie_break() -> None:
    """(3, 3) is behind (2, 2), and so after all of the first front, however lonely it stands."""
    *_, last = come(Halving(2), (1.0, 4.0), (2.0, 2.0), (4.0, 1.0), (3.0, 3.0))
    assert last == Standing(4, 4, False)


def test_of_one_front_the_ends_come_first() -> None:
    """Five on a line: the epsilon-net takes the best in the first objective, then the farthest, the other end."""
    line = [(0.0, 4.0), (1.0, 3.0), (2.0, 2.0), (3.0, 1.0), (4.0, 0.0)]
    for tie_break in ("epsilon-net", "crowding"):
        halving = Halving(5, tie_break)
        come(halving, *line)
        assert {trial for trial in range(5) if halving.standing(trial, "", 9).place <= 2} == {0, 4}


def test_groups_and_rungs_are_apart() -> None:
    halving = Halving(3)
    halving.record(0, "vae", 9, (1.0,))
    halving.record(1, "wae", 9, (5.0,))
    halving.record(2, "vae", 27, (7.0,))
    assert halving.standing(1, "wae", 9) == Standing(1, 1, True)
    assert halving.standing(2, "vae", 27) == Standing(1, 1, True)
    halving.record(2, "wae", 9, (6.0,))
    assert halving.standing(2, "wae", 9) == Standing(2, 2, False)


def test_a_trial_that_comes_again_counts_once() -> None:
    halving = Halving(3)
    for value in (5.0, 1.0):
        halving.record(0, "", 9, (1.5,))
        halving.record(1, "", 9, (value,))
    assert halving.standing(1, "", 9) == Standing(1, 2, True)
    assert halving.standing(0, "", 9) == Standing(2, 2, False)


def test_what_is_no_number_comes_last() -> None:
    *_, last = come(Halving(2), (1.0, 1.0), (2.0, 2.0), (math.nan, 0.0))
    assert last == Standing(3, 3, False)


@given(POINTS, st.floats(1.1, 9), st.sampled_from(["epsilon-net", "crowding"]))
def test_a_share_of_all_goes_on_and_nobody_before_who_dominates_it(points, factor, tie_break) -> None:
    halving = Halving(factor, tie_break)
    come(halving, *points)
    standings = [halving.standing(trial, "", 9) for trial in range(len(points))]
    assert sorted(standing.place for standing in standings) == list(range(1, len(points) + 1))
    assert sum(standing.goes_on for standing in standings) == math.ceil(len(points) / factor)
    fronts = non_dominated_sort(points)
    for standing, front in zip(standings, fronts, strict=True):
        assert all(other.place < standing.place for other, its in zip(standings, fronts, strict=True) if its < front)
