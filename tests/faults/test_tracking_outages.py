"""A tracking server that is down, slow or silent while a study is run: nobody waits, nothing is missing in the end."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest

from study.records.folder import StudyFolder
from study.records.table import read_records
from tests import mlflow_server
from tests.agreement import check_agreement, without_time
from tests.faults.commands import TRIALS, command, launch
from tests.faults.unsteady import State, Way, way_to
from tests.figures import seen

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning"),  # in MLflow's own
]

KIND = "tpe"
"""The study of `commands` that runs one trial after another, so that its gaps can be told."""

WAIT_SECONDS = 1.0
"""The longest that a trial may wait for tracking."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an MLflow server."""
    folder = tmp_path_factory.mktemp("server")
    with mlflow_server.running(f"sqlite:///{folder / 'mlflow.db'}", folder) as address:
        port = urlsplit(address).port
        assert port is not None
        yield port


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, float]:
    """The records of the study without a server, and its shortest gap between two trials."""
    runs = tmp_path_factory.mktemp("straight")
    assert launch(runs, KIND).returncode == 0
    return without_time(check_agreement(runs, KIND, TRIALS)), shortest_gap(StudyFolder(runs / KIND))


def shortest_gap(folder: StudyFolder) -> float:
    """Seconds from the end of a trial to the first step of the next: what waits is the longer for it every time."""
    ends = [trial.outcome.stat().st_mtime for trial in folder.trials()]
    begins = [next(trial.read_metrics())["time"] for trial in folder.trials()]
    return min(begin - end for end, begin in zip(ends, begins[1:], strict=False))


def run_through(way: Way, folder: StudyFolder, then: Callable[[int], State | None]) -> tuple[int, str]:
    """The command through this way, whose state is changed as `then` says of the number of ended trials."""
    runs, name = folder.path.parent, folder.path.name
    typed = command(runs, KIND, "--name", name, "--tracking-uri", f"http://127.0.0.1:{way.port}")
    with (runs / "output.txt").open("w+") as output:
        process = subprocess.Popen(typed, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        while True:
            try:
                code = process.wait(timeout=0.1)
                break
            except subprocess.TimeoutExpired:
                ended = len(read_records(folder.records)) if folder.records.exists() else 0
                way.state = then(ended) or way.state
        output.seek(0)
        return code, output.read()


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("down", lambda ended: {0: "down", 1: "up"}.get(ended, "down")),
        ("down", lambda ended: None),
        ("silent", lambda ended: None),
        ("slow", lambda ended: None),
    ],
    ids=["up for a while", "down", "silent", "slow"],
)
def test_nobody_waits_and_nothing_is_missing_in_the_end(
    first: State,
    then: Callable[[int], State | None],
    server: int,
    straight: tuple[pd.DataFrame, float],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    expected, gap = straight
    folder = StudyFolder(tmp_path / request.node.callspec.id.replace(" ", "-"))  # the server serves the other cases too
    with way_to(server, first) as way:
        code, said = run_through(way, folder, then)
        assert code == 0, said
        assert "Traceback" not in said
        pd.testing.assert_frame_equal(without_time(read_records(folder.records).set_index("trial")), expected)
        between = shortest_gap(folder)
        assert between < gap + WAIT_SECONDS
        seen(f"{between:.2f} s between two trials, {gap:.2f} s with a store on the disk")

        way.state = "up"
        code, said = run_through(way, folder, lambda ended: None)
        assert code == 0, said
        check_agreement(tmp_path, folder.path.name, TRIALS, tracking_uri=f"http://127.0.0.1:{way.port}")
