"""A real MLflow server for a while: one worker, on a database and a folder of artifacts, on a free local port."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from tests.ports import free_ports

START_SECONDS = 180.0


@contextmanager
def running(store: str, folder: Path, port: int | None = None) -> Iterator[str]:
    """The server's address, until the context ends. `store` is its database's; artifacts and its log go to `folder`."""
    port = port or free_ports(1)[0]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    environment = {
        "MLFLOW_BACKEND_STORE_URI": store,  # not on the command line, which every user of the machine can read
        "MLFLOW_ARTIFACTS_DESTINATION": str(folder / "artifacts"),
    }
    with serving(command, f"http://127.0.0.1:{port}", "/health", folder, environment) as address:
        yield address


@contextmanager
def serving(
    command: list[str], address: str, health: str, folder: Path, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[str]:
    """The address, while the command runs that serves it, from when the page `health` is there. It runs in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    quiet = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
    log = folder / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **quiet, **environment},
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,
        )
    try:
        _wait(f"{address}{health}", process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(page: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, log.read_text()
        try:
            urllib.request.urlopen(page, timeout=5).close()
            return
        except OSError:
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.2)
