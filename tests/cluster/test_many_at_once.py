"""Two hundred trials of a second, eight at once, beside a reader: each one's every metric is there, on either storage.

With SQLite, which is the default, MLflow's store is SQLite as well; with PostgreSQL it is a server on PostgreSQL.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from study.records.folder import StudyFolder
from tests import figures
from tests.agreement import check_agreement, opened
from tests.cluster.studies import most_at_once

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning"),  # in MLflow's own
]

ROOT = Path(__file__).parents[2]
TRIALS = 200


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_of_many_trials_is_lost(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    storage = tracking_uri = None
    stores: list[str] = []
    if kind == "postgresql":
        storage = request.getfixturevalue("postgres").create("many")
        tracking_uri = request.getfixturevalue("tracking_uri")
        stores = ["--storage", storage, "--tracking-uri", tracking_uri]
    folder = StudyFolder(tmp_path / "many")
    url = storage or f"sqlite:///{folder.database}"
    environment = {**os.environ, "RAY_AUTH_MODE": "disabled", "OMP_NUM_THREADS": "1"}
    environment["PYTHONPATH"] = str(ROOT)  # Ray's processes look for what stands in for training as they start
    with (tmp_path / "output").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.cluster.one_second_trials", str(tmp_path), str(TRIALS), *stores],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
        try:
            seen = []
            while process.poll() is None:  # somebody looks on, as a dashboard does
                if folder.records.exists():
                    with opened("many", url) as study:
                        seen.append(len(study.trials))
                time.sleep(0.5)
        finally:
            process.kill()
            process.wait()
    said = (tmp_path / "output").read_text()
    assert process.returncode == 0, said
    assert seen == sorted(seen)
    for sign in ("locked", "Traceback", "Error", "MLflow is not complete"):
        assert sign not in said
    table = check_agreement(tmp_path, "many", TRIALS, storage, tracking_uri)
    assert len(table.columns) > 40
    with opened("many", url) as study:
        assert most_at_once(study) == 8
        ended = max(trial.datetime_complete for trial in study.trials if trial.datetime_complete)
        assert study.trials[0].datetime_start is not None
        seconds = (ended - study.trials[0].datetime_start).total_seconds()
        figures.seen(f"{TRIALS} trials in {seconds:.0f} s, looked at {len(seen)} times")
