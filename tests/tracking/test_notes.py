"""Notes in a study's folder on where it is in MLflow."""

from typing import Any

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder, read_note
from study.system.files import read_json
from study.tracking.content import StudyProgress
from study.tracking.mirror import Mirror
from tests.tracking.syncs import Shown, synced


def test_links_lead_to_the_runs(plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown) -> None:
    assert read_note(study.trial(1).mlflow) == {}
    mirror = Mirror(plan, study, uri)
    synced(mirror, StudyProgress([trials.record(1)]))
    run_id = shown()["0001 beta-vae"]["id"]
    assert read_note(study.trial(1).mlflow)["run_id"] == run_id
    assert read_note(study.trial(1).mlflow)["url"] == f"http://127.0.0.1:5000/#/experiments/1/runs/{run_id}"
    assert mirror.url == read_json(study.path / "mlflow.json")["url"]
