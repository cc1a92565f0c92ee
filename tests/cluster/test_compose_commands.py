"""The commands of deploy/compose.yaml, run here as they stand there, but for the port and the folder."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.cluster import postgresql
from tests.deploy.files import documents
from tests.ports import free_ports

pytestmark = pytest.mark.slow

(COMPOSE,) = documents("compose.yaml")


def answer(port: int, host: str, path: str = "/health") -> int:
    """The status of the answer to whoever says that this is `host`; 0 while nobody listens."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


def test_the_mlflow_server_answers_to_the_names_it_has_and_to_no_other(
    postgres: postgresql.Server, tmp_path: Path
) -> None:
    service = COMPOSE["services"]["mlflow"]
    (port,) = free_ports(1)
    replaced = {"--host=0.0.0.0": "--host=127.0.0.1", "--port=5000": f"--port={port}"}
    replaced["--artifacts-destination=/artifacts"] = f"--artifacts-destination={tmp_path / 'artifacts'}"
    assert set(replaced) <= set(service["command"])
    _, *arguments = [replaced.get(word, word) for word in service["command"]]
    postgres.create("compose")
    here = postgres.url("compose", password=False)
    environment = {**os.environ, **service["environment"], "MLFLOW_BACKEND_STORE_URI": here}
    environment["PGPASSWORD"] = postgres.password
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=tmp_path,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + 180
        while answer(port, "127.0.0.1:5000") != 200:
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < until, (tmp_path / "log").read_text()
            time.sleep(0.2)
        api = "/api/2.0/mlflow/experiments/get?experiment_id=0"
        assert answer(port, "mlflow:5000", api) == 200
        assert answer(port, "localhost:5000", api) == 200
        assert answer(port, "elsewhere.example", api) == 403
    finally:
        process.terminate()
        process.wait()
    assert postgres.password not in (tmp_path / "log").read_text()
