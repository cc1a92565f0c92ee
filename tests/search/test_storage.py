"""The Optuna study as the only truth: what is told, what is not, and the records that are made of it."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from benchmarks.made_up import fill, leave
from study.config.load import load_space
from study.config.plan import StudyPlan, make_plan
from study.records.folder import StudyFolder, read_note
from study.records.outcome import Outcome
from study.search import proposals, storage
from study.system.errors import InputError
from study.system.files import write_json
from tests.search.conftest import SPACE, MakePlan

Open = Callable[[StudyPlan], optuna.Study]

METRICS = {
    "mean_pixel_deviation": 0.25,
    "reconstruction": 20.0,
    "validation_mean_pixel_deviation": 0.5,
    "validation_reconstruction": 21.0,
}


def test_a_complete_trial_is_told_its_validation_values(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make()
    study = open_study(plan)
    trial = proposals.propose(study, plan)
    outcome = Outcome("complete", metrics=METRICS, seconds={"training": 1.5}, provenance={"device": "here"})
    storage.tell(study, plan, trial.number, outcome)
    write_json(folder.trial(0).mlflow, {"run_id": "abc"})

    told = open_study(plan).trials[0]
    assert told.state == TrialState.COMPLETE
    assert told.values == [0.5, 21.0]
    (record,) = storage.records(study, folder)
    assert (record.trial, record.state, record.metrics) == (0, "complete", METRICS)
    assert (record.seconds, record.provenance) == ({"training": 1.5}, {"device": "here"})
    assert record.mlflow_run_id == "abc"
    assert record.config.settings() == told.user_attrs["config"]


@pytest.mark.parametrize(
    "name", ["what?", "a#b", "100%", "%41", "a b", "me:you@home", "größe", "{}", "{SCHEMA_VERSION}"]
)
def test_its_database_lies_in_the_folder_whatever_its_name(name: str, tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / name / "study")
    folder.path.mkdir(parents=True)
    optuna.create_study(study_name="here", storage=storage.default_url(folder))
    assert folder.database.is_file()
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted([name, "study", "optuna.db"])


@pytest.mark.parametrize("state", ["failed", "infeasible", "pruned"])
def test_a_trial_without_values_is_ended_with_its_reason(
    make: MakePlan, open_study: Open, folder: StudyFolder, state: Any
) -> None:
    plan = make()
    study = open_study(plan)
    trial = proposals.propose(study, plan)
    storage.tell(study, plan, trial.number, Outcome(state, reason="because"))
    assert study.trials[0].state == (TrialState.PRUNED if state == "pruned" else TrialState.FAIL)
    assert study.trials[0].values is None
    (record,) = storage.records(study, folder)
    assert (record.state, record.reason, record.metrics) == (state, "because", {})
    assert storage.running_trials(study) == []
    assert study.best_trials == []


def test_samplers_go_on_beside_trials_without_values(make: MakePlan, open_study: Open) -> None:
    for sampler in ("tpe", "nsga2", "random"):
        plan = make(sampler=sampler, name=f"beside-{sampler}", trials=16)
        study = open_study(plan)
        for number in range(16):
            trial = proposals.propose(study, plan)
            if number % 3 == 0:
                storage.tell(study, plan, trial.number, Outcome("infeasible", reason="nan"))
            else:
                storage.tell(study, plan, trial.number, Outcome("complete", metrics=METRICS))
        assert len(storage.ended(study)) == 16
        assert all(math.isfinite(value) for trial in study.best_trials for value in trial.values)


def test_another_study_of_the_same_name_is_refused(make: MakePlan, open_study: Open) -> None:
    open_study(make())
    other = {**SPACE, "objectives": {"reconstruction": "minimize", "frechet_pca": "minimize"}}
    with pytest.raises(InputError, match="another study"):
        open_study(make(other))


def test_a_storage_that_does_not_know_the_folders_trials_is_refused(
    make: MakePlan, open_study: Open, folder: StudyFolder
) -> None:
    folder.trial(0).path.mkdir(parents=True)
    with pytest.raises(InputError, match="--storage"):
        open_study(make())


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////no/such/folder/x.db", "mystery://host/db"])
def test_a_storage_that_cannot_be_opened_is_one_sentence(make: MakePlan, folder: StudyFolder, url: str) -> None:
    with pytest.raises(InputError) as error:
        storage.open_study(make(), folder, url)
    assert "--storage" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_a_trial_without_an_objective_has_failed_and_does_not_stay_running(
    make: MakePlan, open_study: Open, folder: StudyFolder, value: float | None
) -> None:
    plan = make()
    study = open_study(plan)
    trial = proposals.propose(study, plan)
    metrics = {name: number for name, number in METRICS.items() if name != "validation_reconstruction"}
    metrics |= {} if value is None else {"validation_reconstruction": value}
    storage.tell(study, plan, trial.number, Outcome("complete", metrics=metrics))
    (record,) = storage.records(study, folder)
    assert (record.state, record.reason) == ("failed", "without a value of reconstruction")


def test_a_study_was_done_when_its_trials_have_ended(make: MakePlan, open_study: Open, folder: StudyFolder) -> None:
    plan = make(trials=2)
    assert not storage.was_done(plan, folder, None)
    assert not folder.database.exists()
    plan.save(folder.plan)
    assert not storage.was_done(plan, folder, None)  # a plan without its database
    assert not folder.database.exists()
    study = open_study(plan)
    numbers = [proposals.propose(study, plan).number for _ in range(2)]
    storage.tell(study, plan, numbers[0], Outcome("complete", metrics=METRICS))
    assert not storage.was_done(plan, folder, None)
    storage.tell(study, plan, numbers[1], Outcome("failed", reason="because"))
    assert storage.was_done(plan, folder, None)
    assert storage.was_done(plan, folder, storage.default_url(folder))
    assert not storage.was_done(make(trials=3), folder, None)
    assert not storage.was_done(make(name="another", trials=2), folder, None)


def test_the_record_of_one_trial_is_made_from_it_alone(
    make: MakePlan, folder: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make(trials=50)
    study = optuna.create_study(directions=[objective.direction for objective in plan.space.objectives])
    for number in range(50):
        trial = proposals.propose(study, plan)
        outcome = Outcome("complete", metrics=METRICS) if number % 5 else Outcome("failed", reason="because")
        storage.tell(study, plan, trial.number, outcome)
        write_json(folder.trial(number).mlflow, {"run_id": f"run {number}"})
    records = storage.records(study, folder)
    read: list[str] = []
    monkeypatch.setattr(storage, "read_note", lambda path: (read.append(path.parent.name), read_note(path))[1])
    assert storage.record(study, folder, 31) == records[31]
    assert storage.record(study, folder, 30) == records[30]
    assert read == ["0031", "0030"]


def test_made_up_trials_are_as_told_ones(tmp_path: Path) -> None:
    """The benchmark of growth adds trials in bulk: the storage has of them what it has of those that were told."""
    space, _ = load_space("dsprites")
    plan = make_plan(space, "dsprites", name="made-up", preset="quick", seed=0, trials=6, sampler="random")
    added, told = StudyFolder(tmp_path / "added"), StudyFolder(tmp_path / "told")
    for folder in (added, told):
        folder.path.mkdir()
    fill(storage.open_study(plan, added, storage.default_url(added)), plan, added, 6)
    study = storage.open_study(plan, told, storage.default_url(told))
    for _ in range(6):
        trial = proposals.propose(study, plan)
        storage.tell(study, plan, trial.number, leave(told, trial))

    again = storage.open_study(plan, added, storage.default_url(added))
    for one, other in zip(again.trials, study.trials, strict=True):
        assert (one.number, one.state, one.values) == (other.number, other.state, other.values)
        assert (one.params, one.distributions) == (other.params, other.distributions)
        assert (one.user_attrs, one.system_attrs) == (other.user_attrs, other.system_attrs)
    records = storage.records(again, added)
    assert records == storage.records(study, told)
    for record in records:
        left = Outcome(record.state, record.reason, record.metrics, record.seconds, record.provenance)
        assert Outcome.read(added.trial(record.trial)) == left
