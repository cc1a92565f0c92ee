"""`ray job submit`: the study runs as a job of the cluster, whose dashboard is open to who has the token only."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.agreement import check_agreement
from tests.cluster import postgresql, ray_nodes
from tests.cluster.studies import TINY, containing, launch_command

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning"),  # in MLflow's own
]


def ray(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ray.scripts.scripts", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def check_it_can_be_stopped(cluster: ray_nodes.Cluster, at: list[str], runs: Path) -> None:
    """What was done is kept, for the same command to go on with."""
    endless = ["--set", "steps=1000000", "--checkpoint-seconds", "0", "--trials", "1", *TINY]
    study = launch_command(runs, "--address", "auto", *endless)
    begun = ray(cluster.environment, "job", "submit", *at, "--submission-id", "endless", "--no-wait", "--", *study)
    assert begun.returncode == 0, begun.stdout + begun.stderr
    checkpoint = runs / "fading_squares" / "trials" / "0000" / "checkpoint.pt"
    until = time.monotonic() + 300
    while not checkpoint.exists():
        assert time.monotonic() < until, ray(cluster.environment, "job", "logs", *at, "endless").stdout
        time.sleep(0.2)
    stopped = ray(cluster.environment, "job", "stop", *at, "endless")
    assert "was stopped" in stopped.stdout, stopped.stdout + stopped.stderr
    assert checkpoint.exists()


def test_a_submitted_job_runs_a_study_whose_password_no_job_names(postgres: postgresql.Server, tmp_path: Path) -> None:
    """The password is in the environment of the head, as docs/cluster.md has it: an address need not hold it."""
    postgres.create("submitted")
    storage = postgres.url("submitted", password=False)
    with ray_nodes.cluster(PGPASSWORD=postgres.password) as cluster:
        cluster.start_head(2, host="127.0.0.2", dashboard=True)
        at = ["--address", cluster.dashboard]
        study = launch_command(tmp_path, "--address", "auto", "--storage", storage, "--trials", "3", *TINY)
        submitted = ray(
            {**os.environ, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": cluster.environment["RAY_AUTH_TOKEN"]},
            *("job", "submit", *at, "--submission-id", "small", "--", *study, "--set", "steps=40"),
        )
        assert submitted.returncode == 0, submitted.stdout + submitted.stderr
        assert "succeeded" in submitted.stdout
        assert "fading_squares: 3 trials" in submitted.stdout
        listed = ray(cluster.environment, "job", "list", *at)
        assert "SUCCEEDED" in listed.stdout
        assert "fading_squares: 3 trials" in ray(cluster.environment, "job", "logs", *at, "small").stdout
        check_it_can_be_stopped(cluster, at, tmp_path / "stopped")
        refused = ray({**os.environ, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "0" * 64}, "job", "list", *at)
        assert refused.returncode != 0
        assert "small" not in refused.stdout
        said = submitted.stdout + submitted.stderr + listed.stdout
        secrets = [postgres.password, cluster.environment["RAY_AUTH_TOKEN"], json.dumps(postgres.password)]
        assert not [secret for secret in secrets if secret in said]
        assert containing(secrets, [tmp_path, cluster.folder]) == []
    url = postgres.url("submitted")
    check_agreement(tmp_path, "fading_squares", 3, url)
