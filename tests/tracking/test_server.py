"""A mirror and a real MLflow server that goes away and comes back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder, read_note
from study.tracking.content import StudyProgress
from study.tracking.mirror import Mirror
from study.tracking.store import open_store
from tests import mlflow_server
from tests.ports import free_ports


@pytest.mark.slow
@pytest.mark.ci
def test_what_a_server_missed_is_sent_when_it_is_back(
    runs: Path, plan: StudyPlan, study: StudyFolder, trials: Any, read: Callable[[str], dict[str, Any]]
) -> None:
    (port,) = free_ports(1)
    store_of_server = f"sqlite:///{runs / 'mlflow.db'}"
    uri = open_store(f"http://127.0.0.1:{port}", runs)
    mirror = Mirror(plan, study, uri)
    trials.train(0, 1000)
    running = {0: trials.config(0)}
    assert not mirror.sync(StudyProgress(running=running))
    with mlflow_server.running(store_of_server, runs, port):
        assert mirror.sync(StudyProgress(running=running)), mirror.error
    trials.train(0, 4000, since=1000)
    trials.train(1, 4000)
    ended = StudyProgress([trials.record(0), trials.record(1)])
    assert not mirror.sync(ended)
    with mlflow_server.running(store_of_server, runs, port):
        assert mirror.sync(ended), mirror.error
        store = read(uri)
        assert set(store) == {"dsprites", "0000 wae-gaussian", "0001 beta-vae"}
        for name in ("0000 wae-gaussian", "0001 beta-vae"):
            assert store[name]["status"] == "FINISHED"
            assert [step for step, _, _ in store[name]["histories"]["loss"]] == [1000, 2000, 3000, 4000]
        note = read_note(study.trial(0).mlflow)
        assert (
            note["url"]
            == f"http://127.0.0.1:{port}/#/experiments/1/runs/{note['run_id']}?workflowType=machine_learning"
        )
