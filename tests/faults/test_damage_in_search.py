"""Damaged notes and rows that the search reads: each costs a trial at most, or is one sentence."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from study.records.folder import StudyFolder, TrialFolder, read_note
from study.search import storage, worker
from study.system.errors import InputError
from tests.faults.small import Small, make_small


def test_the_last_error_of_a_trial_may_be_damaged(tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path)
    folder.error.write_bytes(b"\xff\xfe")
    assert worker._last_reason(folder, 3).startswith("its process died 3 times")


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"",
        b"\xff",
        b"[" * 100_000,
        b"[1]",
    ],
)
def test_a_damaged_note_of_a_run_names_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mlflow.json"
    path.write_bytes(content)
    assert read_note(path) == {}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return make_small(tmp_path_factory.mktemp("template"))


@pytest.mark.slow
@pytest.mark.parametrize("value", [b'{"a"', json.dumps({"family": "x"}).encode(), None])
def test_a_damaged_row_of_the_storage_is_one_sentence(template: Small, tmp_path: Path, value: bytes | None) -> None:
    shutil.copytree(template.folder.path, tmp_path / "small")
    small = Small(StudyFolder(tmp_path / "small"), template.plan)
    connection = sqlite3.connect(small.folder.database)
    if value is None:
        connection.execute("DELETE FROM trial_user_attributes WHERE key = 'config'")
    else:
        connection.execute("UPDATE trial_user_attributes SET value_json = ? WHERE key = 'config'", (value.decode(),))
    connection.commit()
    connection.close()
    with pytest.raises(InputError):
        storage.records(storage.load_study(small.plan, small.folder, None), small.folder)
