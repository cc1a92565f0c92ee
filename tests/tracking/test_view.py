"""The saved view of a study's trials in MLflow."""

import json
from pathlib import Path
from typing import Any

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.system.redaction import redact
from study.tracking.content import StudyProgress
from study.tracking.mirror import Mirror
from study.tracking.view import trials_url
from tests.tracking.syncs import synced


def test_the_experiment_has_a_view_of_its_trials_which_the_user_may_change(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str
) -> None:
    from mlflow import MlflowClient

    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0)]))
    client, key = MlflowClient(uri), "mlflow.sharedViewState.trials"
    view = json.loads(json.loads(client.get_experiment("1").tags[key])["state"])
    assert view["selectedColumns"][:3] == ["metrics.`reconstruction`", "metrics.`disentanglement`", "params.`family`"]
    scatter, parallel, *_ = view["compareRunCharts"]
    assert (scatter["xaxis"]["key"], scatter["yaxis"]["key"]) == ("reconstruction", "disentanglement")
    assert parallel["selectedParams"] == ["family", "latent_dim", "batch_size"]  # what trials of all families have
    described = client.get_experiment("1").tags["mlflow.note.content"]
    assert described.startswith("[Trials and pictures](#/experiments/1/runs?viewStateShareKey=trials&")
    assert described.endswith(f"). {plan.space.description}")
    (study.mlflow).write_text(json.dumps({"tracking_uri": redact(uri), "experiment_id": "1"}), encoding="utf-8")
    url = trials_url(study)
    assert url is not None
    assert url.startswith("http://127.0.0.1:5000/#/experiments/1/runs?viewStateShareKey=trials&")
    assert url.endswith("workflowType=machine_learning")
    client.set_experiment_tag("1", key, "mine")
    synced(Mirror(plan, study, uri), StudyProgress([trials.record(0)]))
    assert client.get_experiment("1").tags[key] == "mine"


def test_a_study_that_mlflow_does_not_know_has_no_address(tmp_path: Path) -> None:
    assert trials_url(StudyFolder(tmp_path)) is None
