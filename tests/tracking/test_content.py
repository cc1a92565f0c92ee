"""What MLflow shows of a study and of a trial: names, values, states and descriptions."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from study.config.plan import StudyPlan
from study.metrics import offered
from study.records.folder import StudyFolder
from study.tracking import content
from study.tracking.connection import Connection
from study.tracking.content import LONGEST, MARK, Conclusion, StudyProgress, describe_trial, fitted
from study.tracking.mirror import Mirror
from tests.tracking.syncs import Shown, synced


def test_the_front_table_says_the_objectives_first(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, runs: Path
) -> None:
    records = [trials.record(0), trials.record(1)]
    synced(Mirror(plan, study, uri), StudyProgress(records, {}, front=[1], conclusion=Conclusion()))
    (table,) = (runs / "mlartifacts").glob("*/artifacts/front.csv")
    head, row = table.read_text().splitlines()
    assert head.startswith("trial,reconstruction,disentanglement,family,latent_dim,")
    assert row.startswith(f"1,{records[1].metrics['reconstruction']}")
    (front,) = json.loads(table.with_name("front.json").read_text())
    assert front["disentanglement"] == pytest.approx(records[1].metrics["disentanglement"])


def test_a_trial_s_description_says_what_came_of_it_in_one_line(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    metrics = {"reconstruction": 25.25, "disentanglement": 0.5}
    records = [
        trials.record(0, metrics=metrics),
        trials.record(1, metrics=metrics),
        trials.record(2, state="failed", reason="killed by Ray", metrics={}),
    ]
    synced(Mirror(plan, study, uri), StudyProgress(records, front={1}))
    described = [run["tags"]["mlflow.note.content"] for name, run in sorted(shown().items()) if name != "dsprites"]
    assert described == [
        "wae-gaussian, latent_dim 8, lambda_1 0.5, kernel_bandwidth 1, batch_size 100: "
        "**reconstruction 25.25, disentanglement 0.5** on test images.",
        "beta-vae, latent_dim 8, beta 4, batch_size 100: **reconstruction 25.25, disentanglement 0.5** on test images. "
        "On the front.",
        "wae-gaussian, latent_dim 8, lambda_1 0.5, kernel_bandwidth 1, batch_size 100: failed, killed by Ray.",
    ]


def test_states_in_the_words_of_mlflow(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    states = ["complete", "pruned", "failed", "infeasible"]
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(n, state=state) for n, state in enumerate(states)]))
    store = shown()
    found = [(run["status"], run["tags"]["state"]) for name, run in sorted(store.items()) if name != "dsprites"]
    assert found == [
        ("FINISHED", "complete"),
        ("KILLED", "pruned"),
        ("FAILED", "failed"),
        ("FAILED", "infeasible"),
    ]


def test_only_finite_values_and_allowed_names_are_sent(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    folder = study.trial(0)
    trials.train(0, 1000)
    odd: dict[str, Any] = {"step": 2000, "time": 1.7e9, "loss": float("inf"), "mmd": float("nan"), "a(b)@c": 1.0}
    folder.append_metrics(odd)
    record = trials.record(0, metrics={"reconstruction": float("nan"), "disentanglement": 0.5})
    synced(Mirror(plan, study, uri), StudyProgress([record]))
    run = shown()["0000 wae-gaussian"]
    assert set(run["metrics"]) == {"loss", "mmd", "a_b__c", "disentanglement", "train_seconds", "evaluate_seconds"}
    assert [step for step, _, _ in run["histories"]["loss"]] == [1000]


def test_credentials_in_a_reason_are_not_passed_on(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    reason = "cannot reach postgresql://me:secret@db/optuna"
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0, state="failed", reason=reason, metrics={})]))
    assert shown()["0000 wae-gaussian"]["tags"]["reason"] == "cannot reach postgresql://***@db/optuna"


@pytest.fixture(autouse=True)
def _nothing_said_before() -> None:
    content.warn_once.cache_clear()


def with_space(plan: StudyPlan, **changes: Any) -> StudyPlan:
    return plan.model_copy(update={"space": plan.space.model_copy(update=changes)})


@pytest.mark.parametrize("length", [0, 1, LONGEST - 1, LONGEST])
def test_what_fits_is_as_it_was(length: int, caplog: pytest.LogCaptureFixture) -> None:
    assert fitted("a tag", "x" * length) == "x" * length
    assert not caplog.messages


def test_what_does_not_is_marked_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        received = fitted("the tag data", "é" * 5001)
        assert (len(received), received.rstrip("é")) == (LONGEST, "é" * (LONGEST - len(MARK)) + MARK)
    said = "MLflow: the tag data has 5,001 characters and is shortened there; the study's folder has all of it"
    assert caplog.messages == [said]


def test_a_long_description_leaves_room_for_the_result_and_the_link(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown, caplog: pytest.LogCaptureFixture
) -> None:
    long = with_space(plan, description="x" * 20_000)
    synced(
        Mirror(long, study, uri),
        StudyProgress([trials.record(0)], front={0}, conclusion=Conclusion(result="vae wins.")),
    )
    run = shown()["dsprites"]
    assert run["status"] == "FINISHED"
    note = run["tags"]["mlflow.note.content"]
    assert len(note) <= LONGEST
    result, description, link = note.split("\n\n")
    assert (result, description[-len(MARK) :], link[:21]) == ("vae wins.", MARK, "[Trials and pictures]")
    assert len(caplog.messages) == 1


def test_long_reasons_parameters_and_provenance_cost_no_run(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown, caplog: pytest.LogCaptureFixture
) -> None:
    record = trials.record(0, state="failed", reason="y" * 30_000, provenance={"data": "official " + "d" * 70_000})
    schedule = tuple(1 / n for n in range(1, 2000))
    record = replace(record, config=record.config.model_copy(update={"learning_rate_schedule": schedule}))
    for _ in range(2):  # the second finds all of it there
        synced(Mirror(plan, study, uri), StudyProgress([record], conclusion=Conclusion()))
    run = shown()["0000 wae-gaussian"]
    assert run["status"] == "FAILED"
    for text in (run["tags"]["reason"], run["tags"]["data"], run["params"]["learning_rate_schedule"]):
        assert len(text) == LONGEST
        assert text.endswith(MARK)
    assert run["tags"]["mlflow.note.content"].endswith(MARK)
    assert len(caplog.messages) == 5


def test_a_long_description_of_a_trial_keeps_how_its_model_is_loaded(plan: StudyPlan, trials: Any) -> None:
    received = describe_trial(plan, trials.record(0, state="failed", reason="z" * 9000), True, "call()")
    assert len(received) == LONGEST
    assert received.endswith(MARK + " On the front.\n\n`call()` gives its model.")


def test_a_view_that_is_too_long_costs_nothing_else(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown, caplog: pytest.LogCaptureFixture
) -> None:
    objective = plan.space.objectives[0]
    names = [f"{name}{i}" for name in offered({"factors"}) for i in range(3)]
    many = with_space(plan, objectives=tuple(objective.model_copy(update={"name": name}) for name in names))
    synced(Mirror(many, study, uri), StudyProgress([trials.record(0)]))
    run = shown()["0000 wae-gaussian"]
    assert run["status"] == "FINISHED"
    connection = Connection.open(uri, study.path.parent, plan.name)
    tags = connection.client.get_experiment(connection.experiment_id).tags
    assert "mlflow.note.content" in tags
    assert "mlflow.sharedViewState.trials" not in tags
    assert [message for message in caplog.messages if "the store does not take it" in message]
