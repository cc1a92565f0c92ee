"""open_store: which URI a launch uses, what is refused, and that a database is whole or not there."""

import os
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder, read_note
from study.system.errors import InputError
from study.system.files import read_json
from study.system.redaction import redact
from study.tracking.connection import Connection
from study.tracking.content import StudyProgress
from study.tracking.mirror import Mirror
from study.tracking.store import artifact_location, check_store, database_file, open_store, run_url, ui_command
from tests.tracking.syncs import Shown, synced


def test_importing_the_package_does_not_import_mlflow() -> None:
    code = "import sys, study.tracking; assert not {'mlflow', 'sqlalchemy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_by_default_it_is_sqlite_beside_the_studies(database: Path) -> None:
    runs = database.parent
    assert open_store(None, runs) == f"sqlite:///{runs / 'mlflow.db'}"
    with closing(sqlite3.connect(database)) as connection:
        ((location,),) = connection.execute("SELECT artifact_location FROM experiments")
    assert location.removeprefix("file://").startswith(str(runs / "mlartifacts"))
    assert {path.name for path in runs.iterdir()} <= {"mlflow.db", ".mlflow.lock"}


def test_the_argument_comes_before_the_environment(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9/from-environment")
    assert open_store(None, runs) == "http://127.0.0.1:9/from-environment"
    assert open_store("http://127.0.0.1:9/given", runs) == "http://127.0.0.1:9/given"


def test_a_relative_database_is_made_absolute(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(runs)
    assert open_store("sqlite:///mlflow.db", runs) == f"sqlite:///{runs / 'mlflow.db'}"


NAMES = ["what?", "a#b", "100%", "%41", "a b", "me:you@home", "größe", "{}", "it's", "a&b=c"]


@pytest.mark.parametrize("name", NAMES)
def test_an_address_is_of_the_file_whatever_its_folder_is_called(name: str, tmp_path: Path) -> None:
    uri = check_store(None, tmp_path / name)
    assert database_file(uri) == tmp_path / name / "mlflow.db"
    assert make_url(uri).database == str(tmp_path / name / "mlflow.db")
    assert check_store(uri, tmp_path) == uri == redact(uri)


def test_a_store_in_a_folder_of_any_name_writes_nothing_outside(tmp_path: Path) -> None:
    runs = tmp_path / "what?" / "x #1 100% @{}"
    uri = open_store(None, runs)
    connection = Connection.open(uri, runs, "experiment")
    run = connection.create("trial", {"role": "trial"}, 0)
    connection.client.log_text(run.run_id, "content", "model/file.txt")
    (logged,) = (runs / "mlartifacts").rglob("file.txt")
    assert logged.read_text() == "content"
    copy = Path(connection.client.download_artifacts(run.run_id, "model/file.txt", str(tmp_path)))
    assert copy.read_text() == "content"
    assert [path.name for path in tmp_path.iterdir() if path != copy] == ["what?"]
    assert [path.name for path in (tmp_path / "what?").iterdir()] == [runs.name]


def test_a_path_that_goes_up_is_made_straight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    uri = check_store(None, Path(".."))
    assert uri == f"sqlite:///{tmp_path}/mlflow.db"
    assert artifact_location("sqlite:///../mlflow.db", Path()) == (tmp_path / "mlartifacts").as_uri()


@pytest.mark.parametrize(
    "uri",
    ["mlruns", "file:///tmp/mlruns", "ftp://host", "sqlite://", "sqlite:///:memory:", "http://", "http://host:99999"],
)
def test_what_cannot_be_a_store_is_refused(uri: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--tracking-uri: received .*(allowed|needs|is http)"):
        open_store(uri, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_database_driver_is_named_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"postgresql\+nodriver") as raised:
        open_store("postgresql+nodriver://me:secret@127.0.0.1:9/db", tmp_path)
    assert "secret" not in str(raised.value)


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "mlflow.db"
    file.write_text("my thesis " * 1000)
    for ask in (check_store, open_store):
        with pytest.raises(InputError, match="is not a SQLite database"):
            ask(f"sqlite:///{file}", tmp_path)
    assert file.read_text().startswith("my thesis")


def test_checking_makes_nothing_and_leaves_mlflow_alone(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from study.tracking.store import check_store\n"
        "print(check_store(sys.argv[1], Path('runs'))); assert 'mlflow' not in sys.modules"
    )
    uri = f"sqlite:///{tmp_path}/new/mlflow.db"
    done = subprocess.run([sys.executable, "-c", code, uri], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == uri
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "study.tracking.store.os.access", lambda path, mode: path != tmp_path
    )  # root may write anywhere
    with pytest.raises(InputError, match=r"new/mlflow\.db cannot be written"):
        check_store(f"sqlite:///{tmp_path}/new/mlflow.db", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_half_done_is_rolled_back(runs: Path) -> None:
    """The database and its journal as they lie there in the middle of a transaction that nobody will end."""
    database, journal = runs / "mlflow.db", runs / "mlflow.db-journal"
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")  # pages are written before the end
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE half (text)")
        connection.executemany("INSERT INTO half VALUES (?)", [("x" * 1000,)] * 1000)
        left = database.read_bytes(), journal.read_bytes()
        connection.execute("ROLLBACK")
    for path, content in zip((database, journal), left, strict=True):
        path.write_bytes(content)
    assert open_store(None, runs) == f"sqlite:///{database}"
    assert not journal.exists()
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT * FROM sqlite_master WHERE name = 'half'").fetchall() == []


def test_a_database_of_another_version_is_refused(runs: Path) -> None:
    with closing(sqlite3.connect(runs / "mlflow.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '000000000000'")
    with pytest.raises(InputError, match="cannot be opened by this MLflow"):
        open_store(f"sqlite:///{runs / 'mlflow.db'}", runs)


def test_a_launch_that_dies_while_making_the_database_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(path: Path, place: Path) -> None:
        path.write_text("half a database")
        raise KeyboardInterrupt

    monkeypatch.setattr("study.tracking.store._open", die)
    with pytest.raises(KeyboardInterrupt):
        open_store(f"sqlite:///{tmp_path / 'mlflow.db'}", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] in ([], [".mlflow.lock"])


@pytest.mark.slow
@pytest.mark.ci
def test_launches_that_come_at_once_share_one_database(tmp_path: Path) -> None:
    code = "from pathlib import Path; from study.tracking.store import open_store"
    code += f"\nopen_store(None, Path({str(tmp_path)!r}))"
    environment = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    launches = [subprocess.Popen([sys.executable, "-c", code], env=environment) for _ in range(4)]
    assert [launch.wait() for launch in launches] == [0, 0, 0, 0]


def test_a_server_keeps_its_own_files(tmp_path: Path) -> None:
    assert artifact_location("http://host", tmp_path) is None
    assert artifact_location(f"sqlite:///{tmp_path}/a.db", Path("runs")) == (tmp_path / "mlartifacts").as_uri()
    assert artifact_location("postgresql://host/db", tmp_path) == (tmp_path / "mlartifacts").as_uri()


def test_pages_of_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "/#/experiments/1/runs/ab?workflowType=machine_learning"
    assert run_url("sqlite:////runs/mlflow.db", "1", "ab") == f"http://127.0.0.1:5000{page}"
    assert run_url("https://me:secret@host/base/", "1", "ab") == f"https://host/base{page}"
    monkeypatch.setenv("MLFLOW_PORT", "5001")
    assert run_url("sqlite:////runs/mlflow.db", "1", "ab") == f"http://127.0.0.1:5001{page}"
    assert "--port 5001" in ui_command("sqlite:////runs/mlflow.db")
    monkeypatch.setenv("MLFLOW_PORT", "none")
    assert run_url("sqlite:////runs/mlflow.db", "1", "ab") == f"http://127.0.0.1:5000{page}"


def test_the_command_that_shows_them() -> None:
    words = shlex.split(ui_command("sqlite:////my runs/mlflow.db"))
    assert words[1:] == ["ui", "--workers", "1", "--backend-store-uri", "sqlite:////my runs/mlflow.db"]
    assert ui_command("http://me:secret@host:5000") == "http://host:5000"


def test_links_lead_to_the_runs(plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown) -> None:
    assert read_note(study.trial(1).mlflow) == {}
    mirror = Mirror(plan, study, uri)
    synced(mirror, StudyProgress([trials.record(1)]))
    run_id = shown()["0001 beta-vae"]["id"]
    assert read_note(study.trial(1).mlflow)["run_id"] == run_id
    url = f"http://127.0.0.1:5000/#/experiments/1/runs/{run_id}?workflowType=machine_learning"
    assert read_note(study.trial(1).mlflow)["url"] == url
    assert mirror.url == read_json(study.path / "mlflow.json")["url"]
