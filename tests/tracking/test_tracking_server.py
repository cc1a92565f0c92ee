"""A mirror and a real MLflow server that goes away and comes back."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from study.config import StudyPlan
from study.folder import StudyFolder
from study.tracking import Mirror, Progress, links, open_store


@contextmanager
def server(port: int, runs: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    stores = ["--backend-store-uri", f"sqlite:///{runs / 'mlflow.db'}", "--artifacts-destination", str(runs / "files")]
    environment = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    with (runs / "server.log").open("ab") as log:
        process = subprocess.Popen([*command, *stores], env=environment, stdout=log, stderr=log, cwd=runs)
    try:
        while True:
            assert process.poll() is None, (runs / "server.log").read_text()
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.mark.slow
def test_what_a_server_missed_is_sent_when_it_is_back(
    runs: Path, plan: StudyPlan, study: StudyFolder, trials: Any, read: Callable[[str], dict[str, Any]]
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    uri = open_store(f"http://127.0.0.1:{port}", runs)
    mirror = Mirror(plan, study, uri)
    trials.train(0, 1000)
    running = {0: trials.config(0)}
    assert not mirror.sync(Progress(running=running))
    with server(port, runs):
        assert mirror.sync(Progress(running=running)), mirror.error
    trials.train(0, 4000, since=1000)
    trials.train(1, 4000)
    ended = Progress([trials.record(0), trials.record(1)])
    assert not mirror.sync(ended)
    with server(port, runs):
        assert mirror.sync(ended), mirror.error
        store = read(uri)
        assert set(store) == {"dsprites", "0000 wae-gaussian", "0001 beta-vae"}
        for name in ("0000 wae-gaussian", "0001 beta-vae"):
            assert store[name]["status"] == "FINISHED"
            assert [step for step, _, _ in store[name]["histories"]["loss"]] == [1000, 2000, 3000, 4000]
        link = links(study)[0]
        assert link.url == f"http://127.0.0.1:{port}/#/experiments/1/runs/{link.run_id}"
