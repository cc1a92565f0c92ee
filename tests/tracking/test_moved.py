"""An output folder that was moved or copied: the files of MLflow's runs are found, and new ones go, where it is now."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import torch
from mlflow import MlflowClient

import study
from study.records.folder import StudyFolder
from study.tracking.content import StudyProgress
from study.tracking.mirror import Mirror
from study.tracking.moved import _COLUMNS, earlier_place
from study.tracking.store import open_store, sqlite_uri, store_of
from study.trial.checkpoint import read_tensors
from tests.mirrored import Mirrored, mirrored

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")  # in MLflow's own


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Mirrored:
    return mirrored(tmp_path_factory.mktemp("made") / "old", trials=2)


@pytest.fixture
def moved(original: Mirrored, tmp_path: Path) -> StudyFolder:
    """The study in a folder that was moved. Where it was is no longer there."""
    before = shutil.copytree(original.folder.path.parent, tmp_path / "old what?")
    database = before / "mlflow.db"
    shutil.copytree(before, tmp_path / "new #1 100%")
    _write_as_if_made_there(tmp_path / "new #1 100%" / "mlflow.db", original.folder.path.parent, before)
    shutil.rmtree(before)
    assert not database.exists()
    return StudyFolder(tmp_path / "new #1 100%" / original.plan.name)


def _write_as_if_made_there(database: Path, real: Path, other: Path) -> None:
    """Let a database say that it was made in another folder than it was."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for table, column in _COLUMNS[:2]:
            connection.execute(
                f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (real.as_uri(), other.as_uri())
            )


def places(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        found = [connection.execute(f"SELECT {column} FROM {table}") for table, column in _COLUMNS[:2]]
        return {place for rows in found for (place,) in rows}


def test_places_follow_and_a_sentence_says_so(moved: StudyFolder, capfd: pytest.CaptureFixture[str]) -> None:
    runs = moved.path.parent
    database = runs / "mlflow.db"
    uri = open_store(None, runs)
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert f"{database} has moved; the files of its runs are now looked for in {runs / 'mlartifacts'}" in said
    inside = (runs / "mlartifacts").as_uri()
    assert all(f"{place}/".startswith(f"{inside}/") for place in places(database))
    client = MlflowClient(uri)
    (run,) = client.search_runs(["1"], "tags.trial = '0'")
    assert {file.path for file in client.list_artifacts(run.info.run_id)} >= {"images", "model"}
    open_store(None, runs)
    assert capfd.readouterr().err == ""


def test_what_is_logged_afterwards_lies_in_the_new_place(
    moved: StudyFolder, original: Mirrored, tmp_path: Path
) -> None:
    uri = open_store(None, moved.path.parent)
    mirror = Mirror(original.plan, moved, uri)
    assert mirror.sync(StudyProgress(original.records, front=original.front)), mirror.error
    assert [path.name for path in tmp_path.iterdir()] == [moved.path.parent.name]
    (run,) = MlflowClient(uri).search_runs(["1"], "tags.trial = '0'")
    assert uri in run.data.tags["mlflow.note.content"]  # the call that loads its model


@pytest.mark.parametrize("launched", [False, True], ids=["before a launch", "after one"])
def test_a_model_that_was_logged_before_is_loaded(launched: bool, moved: StudyFolder, original: Mirrored) -> None:
    runs = moved.path.parent
    uri = open_store(None, runs) if launched else sqlite_uri(runs / "mlflow.db")
    (trial, *_) = original.front
    before = places(runs / "mlflow.db")
    model = study.load_model(original.run_id(trial), uri)
    kept = read_tensors(moved.trial(trial).weights)
    assert all(torch.equal(value, kept[name]) for name, value in model.state_dict().items())
    assert places(runs / "mlflow.db") == before


def test_the_study_knows_its_store_again(moved: StudyFolder, original: Mirrored, tmp_path: Path) -> None:
    assert store_of(moved) == sqlite_uri(moved.path.parent / "mlflow.db")
    assert store_of(original.folder) == original.tracking_uri
    copied = shutil.copytree(original.folder.path.parent, tmp_path / "copied")
    assert store_of(StudyFolder(copied / original.plan.name)) == sqlite_uri(copied / "mlflow.db")
    (copied / "mlflow.db").unlink()
    assert store_of(StudyFolder(copied / original.plan.name)) == original.tracking_uri


def test_what_has_not_moved_is_left_alone(original: Mirrored, tmp_path: Path) -> None:
    runs = original.folder.path.parent
    assert earlier_place(runs / "mlflow.db") is None
    (tmp_path / "link").symlink_to(runs)
    assert earlier_place(tmp_path / "link" / "mlflow.db") is None
    alone = Path(shutil.copy(runs / "mlflow.db", tmp_path))  # without the files, which are where they were
    assert earlier_place(alone) is None
    before = places(alone)
    open_store(None, tmp_path)
    assert places(alone) == before


def test_another_database_than_the_output_folder_s_is_left_alone(moved: StudyFolder) -> None:
    other = moved.path.parent / "other.db"
    (moved.path.parent / "mlflow.db").rename(other)
    before = places(other)
    open_store(sqlite_uri(other), moved.path.parent)
    assert places(other) == before
