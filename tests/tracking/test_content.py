"""What MLflow shows of a study and of a trial: names, values, states and descriptions."""

import json
from pathlib import Path
from typing import Any

import pytest

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.tracking.content import Conclusion, StudyProgress
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
