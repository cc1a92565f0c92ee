"""Real services for the tests of several machines: PostgreSQL, an MLflow server on it, and Ray on two nodes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import mlflow_server
from tests.cluster import hosts, postgresql, ray_nodes
from tests.system_packages import Missing, do_without


@pytest.fixture(scope="session")
def tracking_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The MLflow server's log, and its artifacts."""
    return tmp_path_factory.mktemp("mlflow-server")


@pytest.fixture(scope="session")
def tracking_uri(postgres: postgresql.Server, tracking_folder: Path) -> Iterator[str]:
    """The address of an MLflow server with one worker, on PostgreSQL."""
    with mlflow_server.running(postgres.create("mlflow"), tracking_folder) as address:
        yield address


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[ray_nodes.Cluster]:
    """Ray on two nodes of four cores each, as far as Ray knows."""
    with ray_nodes.cluster() as cluster:
        cluster.start_head(4, host="127.0.0.2")
        cluster.start_node(4, host="127.0.0.3")
        yield cluster


@pytest.fixture
def network() -> Iterator[list[hosts.Host]]:
    """Three hosts of their own, with a network between them."""
    try:
        with hosts.hosts(3) as made:
            yield made
    except Missing as reason:
        do_without(reason)
