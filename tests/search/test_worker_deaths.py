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
