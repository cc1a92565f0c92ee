"""Attempts are counted for each launch, and those that ended for no fault of the trial are not."""

from pathlib import Path

import pytest

from study.records.folder import TrialFolder
from study.search import worker_deaths
from study.search.worker_deaths import Attempt


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    return TrialFolder(tmp_path / "trials" / "0000")


def begin(folder: TrialFolder, node: str, *lost: str, launch: str = "first") -> int:
    return worker_deaths.begin(folder, Attempt(launch, 0, node, 7), lambda node: node in lost)


def test_attempts_are_counted_for_one_launch(folder: TrialFolder) -> None:
    assert [begin(folder, "a") for _ in range(3)] == [1, 2, 3]
    assert begin(folder, "a", launch="second") == 1


def test_an_attempt_that_ended_with_its_node_does_not_count(folder: TrialFolder) -> None:
    assert begin(folder, "a") == 1
    assert begin(folder, "b", "a") == 1
    assert begin(folder, "b", "a") == 2
    assert begin(folder, "c", "a", "b") == 1


def test_a_node_may_be_known_to_be_lost_only_later(folder: TrialFolder) -> None:
    assert begin(folder, "a") == 1
    assert begin(folder, "b") == 2
    assert begin(folder, "b", "a") == 2


def test_where_the_attempt_runs_there_is_a_node(folder: TrialFolder) -> None:
    """Whatever Ray says of it: a partition may heal."""
    assert begin(folder, "a", "a") == 1


def test_an_attempt_that_is_forgiven_does_not_count(folder: TrialFolder) -> None:
    assert worker_deaths.last(folder) is None
    assert begin(folder, "a") == 1
    assert begin(folder, "b") == 2
    assert worker_deaths.last(folder) == Attempt("first", 0, "b", 7)
    worker_deaths.forgive(folder)
    assert worker_deaths.last(folder) == Attempt("first", 0, "a", 7)
    assert begin(folder, "b") == 2


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff", b"[]", b"3", b"[3]", b'{"launch": "first", "nodes": 7}', b'[{"launch": 1}]']
)
def test_a_file_that_cannot_be_read_costs_a_count(folder: TrialFolder, content: bytes) -> None:
    folder.path.mkdir(parents=True)
    folder.attempts.write_bytes(content)
    assert begin(folder, "a") == 1
    assert begin(folder, "a") == 2


NODE = "6f8b0d477e38b466"
MESSAGE = f"""Caught unexpected exception: 2 worker(s) were killed due to the node running low on memory. Memory on \
the node (IP: 10.0.0.2, ID: {NODE}) was 22.90GB used / 23.54GB limit (0.972)
Ray killed 2 worker(s) based on the killing policy
Considered workers: [
Selected to kill: (Actor(a02c): job ID=01, task name=train, required resources={{CPU: 1}}, pid=37, actual memory \
used=0.11GB, worker ID=2f51)
Selected to kill: (Actor(7ea3): job ID=01, task name=train, required resources={{CPU: 1}}, pid=36, actual memory \
used=18.25GB, worker ID=206e)
Not selected to kill: (Actor(7ea4): job ID=01, task name=train, pid=35, actual memory used=19.00GB, worker ID=206f)
]
Top 10 memory users: PID\tMEM(GB)\tCOMMAND
36\t18.25\tray::train"""


@pytest.fixture
def folders(tmp_path: Path) -> list[TrialFolder]:
    """Of four trials under way in run 2: the cause, one that was killed with it, one on another node, one not begun."""
    folders = [TrialFolder(tmp_path / f"{number:04d}") for number in range(4)]
    for folder, (run, node, pid) in zip(
        folders, [(2, NODE, 36), (2, NODE, 37), (2, "other", 36), (1, NODE, 36)], strict=True
    ):
        worker_deaths.begin(folder, Attempt("launch", run, node, pid), lambda node: False)
    return folders


def test_the_heaviest_is_the_cause(folders: list[TrialFolder]) -> None:
    worker_deaths.settle_out_of_memory(MESSAGE, folders, "launch", 2)
    assert [worker_deaths.last(folder) is not None for folder in folders] == [True, False, False, True]
    assert folders[0].error.read_text() == (
        "OutOfMemoryError: killed by Ray at 18.25 GB, for its node was short of memory (22.90GB used / 23.54GB)\n"
    )
    assert not any(folder.error.exists() for folder in folders[1:])


def test_another_error_forgives_nobody(folders: list[TrialFolder]) -> None:
    worker_deaths.settle_out_of_memory("a node died", folders, "launch", 2)
    assert all(worker_deaths.last(folder) for folder in folders)
