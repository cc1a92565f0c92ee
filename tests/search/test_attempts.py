"""Attempts are counted for each launch, and those that ended with their node are not."""

from pathlib import Path

import pytest

from study.folder import TrialFolder
from study.search import attempts


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    return TrialFolder(tmp_path / "trials" / "0000")


def begin(folder: TrialFolder, node: str, *lost: str, launch: str = "first") -> int:
    return attempts.begin(folder, launch, node, lambda node: node in lost)


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
