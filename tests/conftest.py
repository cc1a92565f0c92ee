"""What all tests share: one Ray, one thread, and nothing of the user's own configuration."""

import os
import signal

os.environ["OMP_NUM_THREADS"] = "1"
os.environ.setdefault("RAY_AUTH_MODE", "disabled")
os.environ.setdefault("RAY_worker_niceness", "0")  # of 15, workers would wait for whatever else runs here
os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # threads that spin while they wait are slow on a busy core
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
for name in ("MLFLOW_TRACKING_URI", "WAE_STUDY_DATA", "WAE_STUDY_INCEPTION_WEIGHTS"):
    os.environ.pop(name, None)

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what a shell begins in the background
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored below nohup

from collections.abc import Iterator  # noqa: E402  the environment comes before what reads it
from typing import TYPE_CHECKING  # noqa: E402

import hypothesis  # noqa: E402
import pytest  # noqa: E402
import torch  # noqa: E402

from tests.figures import FIGURES  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.postgresql import Server
    from tests.mirrored import Mirrored

torch.set_num_threads(1)
pytest.register_assert_rewrite("tests.rescored")  # a plugin of those test files that say so


hypothesis.settings.register_profile("values", deadline=None)  # tests are about values, not about time
hypothesis.settings.load_profile("values")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("figures")
    for test, figure in FIGURES:
        terminalreporter.line(f"{test}: {figure}")


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> "Mirrored":
    """A study of four made-up trials in Optuna's storage and in MLflow, for who only reads it."""
    from tests.mirrored import mirrored

    return mirrored(tmp_path_factory.mktemp("made-up"))


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> "Path":
    """The wheel of this code, unpacked into a folder that Python can be told to look in."""
    from tests.wheel import unpacked_wheel

    return unpacked_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def site() -> "Path":
    """The documentation site, built as `make docs` does."""
    from tests.docs.site import build

    return build()


@pytest.fixture(scope="session")
def ray_session() -> Iterator[None]:
    """The one Ray of the test session, with two cores."""
    import logging
    import warnings

    from study.search import cluster

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray's own, on some Python versions
        cluster.ray.init(
            address="local",
            num_cpus=2,
            num_gpus=0,
            include_dashboard=False,
            object_store_memory=cluster.OBJECT_STORE_BYTES,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    yield
    cluster.ray.shutdown()


@pytest.fixture(scope="session")
def postgres() -> "Iterator[Server]":
    """A real PostgreSQL; tests that need it are skipped where it cannot be had."""
    from tests.cluster import postgresql
    from tests.system_packages import Missing, do_without

    try:
        with postgresql.running() as server:
            yield server
    except Missing as reason:
        do_without(reason)
