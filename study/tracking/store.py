"""MLflow's store: the tracking URI of a launch, its database, its pages, the command that shows them.

The note in a study's folder has its place in MLflow; `store_of` reads it. MLflow takes two seconds to import, so it
is imported where it is first used, never by importing this package.
"""

import logging
import os
import shlex
import shutil
import sqlite3
import sys
import tempfile
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from filelock import FileLock, Timeout

from study.records.folder import StudyFolder, read_note
from study.system.errors import InputError, one_line
from study.system.exit_codes import complain
from study.system.redaction import redact
from study.tracking.moved import DATABASE, FILES, follow, holds

SERVERS = ("http", "https")
DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
_ALLOWED = "sqlite:///FILE, postgresql://…, mysql://…, mssql://…, or a server's http(s)://…"

DEFAULT_PORT = "5000"
PORT_VARIABLE = "MLFLOW_PORT"
"""The environment variable with the port of `mlflow ui`, where it is not 5000."""

TRAINING_PAGES = "workflowType=machine_learning"
"""The query that an address of MLflow 3 needs to open its pages of model training and not those of language models."""
"""The address at which `mlflow ui` serves a database when it is not told otherwise."""

_FRESH = ".mlflow-"
"""Prefix of the folder in which a database is made."""

_LOCK_SECONDS = 120
"""A fresh database takes two seconds to make, twenty on a busy machine; beyond this the lock's holder hangs."""

_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # By default one call to a server that is down blocks for four minutes. A failed call is repeated by the mirror.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
}


@cache
def load_mlflow() -> ModuleType:
    """The `mlflow` package: without telemetry, without progress lines (warnings stay), without long retries.

    What the user has set in the environment is left as it is.
    """
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    with warnings.catch_warnings():
        # MLflow 3.17's database models use an option that SQLAlchemy 2.1 deprecates; nothing a user can act on.
        warnings.filterwarnings("ignore", message="The ``noload`` loader strategy is deprecated")
        import mlflow
        import mlflow.store.tracking.sqlalchemy_store
    for logger in ("mlflow", "alembic"):
        logging.getLogger(logger).setLevel(logging.WARNING)
    logging.getLogger("mlflow.store").setLevel(logging.CRITICAL)  # tracebacks of what it raises as well
    return mlflow


def check_store(tracking_uri: str | None, runs: Path) -> str:
    """The tracking URI of this launch: the argument, else MLFLOW_TRACKING_URI, else SQLite in `runs/mlflow.db`.

    `InputError` if it cannot be one, or if its file is no database. Nothing is made, and MLflow is not imported.
    """
    given = tracking_uri or os.environ.get("MLFLOW_TRACKING_URI") or sqlite_uri(_resolved(runs) / DATABASE)
    scheme = given.partition(":")[0].partition("+")[0]
    if "://" not in given or scheme not in SERVERS + DATABASES:
        raise InputError(f"--tracking-uri: received {redact(given)!r}; allowed: {_ALLOWED}")
    if scheme in SERVERS:
        _check_address(given)
        return given
    if scheme != "sqlite":
        _check_driver(given)
        return given
    path = database_file(given)
    if path is None:
        raise InputError(f"--tracking-uri: received {given!r}; SQLite needs a file: sqlite:///FILE")
    _check_file(path)
    return sqlite_uri(path)


def open_store(tracking_uri: str | None, runs: Path) -> str:
    """`check_store`, and MLflow is imported and its database ready, which takes seconds.

    A SQLite database is made here, once, under a lock: processes that open a fresh one together break it. A server
    or another database is not contacted; it may be down now. `InputError` also if the database is of another MLflow.
    Where the output folder has been moved, the addresses of files in its own database are rewritten, and a sentence is
    printed.
    """
    uri = check_store(tracking_uri, runs)
    load_mlflow()
    path = database_file(uri)
    if path is not None:
        _make_database(path, follows=path == _resolved(runs) / DATABASE)
    return uri


def database_file(tracking_uri: str) -> Path | None:
    """The absolute path of a SQLite store; None for every other kind."""
    kind, _, name = tracking_uri.partition("?")[0].partition(":///")
    if kind not in ("sqlite", "sqlite+pysqlite") or name in ("", ":memory:"):
        return None
    path = Path(unquote(name))
    return _resolved(path.parent) / path.name


def artifact_location(tracking_uri: str, runs: Path) -> str | None:
    """The folder of a new experiment's files, next to the database. None if a server decides.

    Without it, MLflow would put them into the working directory of the first process.
    """
    if tracking_uri.startswith(SERVERS):
        return None
    database = database_file(tracking_uri)
    return ((database.parent if database else _resolved(runs)) / FILES).as_uri()


def lock_for(tracking_uri: str, runs: Path) -> FileLock:
    """Held while a database's tables may be made."""
    database = database_file(tracking_uri)
    place = database.parent if database else _resolved(runs)
    return FileLock(place / ".mlflow.lock", timeout=_LOCK_SECONDS)


def run_url(tracking_uri: str, experiment_id: str, run_id: str) -> str:
    """The run's page: on its server, or for a database where `mlflow ui` serves it."""
    return f"{base_url(tracking_uri)}/#/experiments/{experiment_id}/runs/{run_id}?{TRAINING_PAGES}"


def base_url(tracking_uri: str) -> str:
    """The address of MLflow's pages: the server's, or for a database where `mlflow ui` serves it."""
    if tracking_uri.startswith(SERVERS):
        return redact(tracking_uri, "").rstrip("/")
    return f"http://127.0.0.1:{_port() or DEFAULT_PORT}"


def _port() -> str:
    """The port that the environment gives, if it is one."""
    given = os.environ.get(PORT_VARIABLE, "")
    return given if given.isdecimal() and given != DEFAULT_PORT else ""


def ui_command(tracking_uri: str) -> str:
    """The command that shows the runs; for a server, the address to open.

    One worker serves one user; with MLflow's default number of them it takes 3 GB of memory.
    """
    if tracking_uri.startswith(SERVERS):
        return redact(tracking_uri, "")
    beside = Path(sys.executable).with_name("mlflow")
    program = _relative(beside) if beside.exists() else "mlflow"
    port = f" --port {_port()}" if _port() else ""
    return f"{shlex.quote(program)} ui --workers 1{port} --backend-store-uri {shlex.quote(redact(tracking_uri))}"


def sqlite_uri(path: Path) -> str:
    """The database's address, with what means something in an address escaped, as SQLAlchemy 2.1 reads it.

    MLflow does not read the escapes: for every address that begins with `sqlite:///` it makes the folder of the path as
    it is written. It does not for one that names the driver, which is the same for SQLAlchemy.
    """
    escaped = quote(str(path), safe=" +/")
    return f"{'sqlite' if escaped == str(path) else 'sqlite+pysqlite'}:///{escaped}"


def _resolved(folder: Path) -> Path:
    """The absolute path, without `..`, which MLflow forbids in the place of files."""
    return Path(os.path.realpath(folder))


def _relative(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _check_address(uri: str) -> None:
    try:
        parts = urlsplit(uri)
        sound = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        urlunsplit(parts)
    except ValueError:
        sound = False
    if not sound:
        raise InputError(f"--tracking-uri: received {redact(uri)!r}; a server's address is http://HOST:PORT")


def _check_driver(uri: str) -> None:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        make_url(uri).get_dialect().import_dbapi()
    except ImportError as error:
        raise InputError(f"--tracking-uri: {redact(uri)!r} needs a package that is missing: {error.name}") from None
    except (ArgumentError, ValueError):  # what the library says may hold a part of the password
        raise InputError(
            f"--tracking-uri: received {redact(uri)!r}; a database's address is KIND://USER:PASSWORD@HOST:PORT/NAME"
        ) from None


def _check_file(path: Path) -> None:
    try:
        if path.exists() and path.stat().st_size and not _is_database(path):
            raise InputError(f"--tracking-uri: {path} is not a SQLite database; use another file, or move it away")
    except OSError as error:
        raise InputError(f"--tracking-uri: {path} cannot be read: {error.strerror or error}") from None
    there = next(place for place in (path, *path.parents) if place.exists())
    if not os.access(there, os.W_OK):
        raise InputError(f"--tracking-uri: {path} cannot be written")


def _make_database(path: Path, follows: bool) -> None:
    """The database with MLflow's tables, made aside and moved into place: a killed launch leaves no half of one.

    `follows`: the files of its runs are next to it, wherever it was moved.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with lock_for(sqlite_uri(path), path.parent):
            for left in path.parent.glob(f"{_FRESH}*"):  # by a killed launch
                shutil.rmtree(left, ignore_errors=True)
            if not path.exists() or path.stat().st_size == 0:
                with tempfile.TemporaryDirectory(prefix=_FRESH, dir=path.parent) as folder:
                    fresh = Path(folder) / DATABASE
                    _open(fresh, path.parent)
                    fresh.replace(path)
            else:
                _open(path, path.parent)
                sentence = follow(path) if follows else None
                if sentence is not None:
                    complain(sentence)
    except sqlite3.Error as error:
        raise InputError(f"--tracking-uri: {path} cannot be written: {error}") from None
    except Timeout:
        raise InputError(f"--tracking-uri: {path} is held by another launch for {_LOCK_SECONDS} s") from None
    except OSError as error:
        raise InputError(f"--tracking-uri: {path} cannot be written: {error.strerror or error}") from None


def _is_database(path: Path) -> bool:
    """By its first bytes: to ask SQLite may mean to roll back what a killed process left half done."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def _open(path: Path, place: Path) -> None:
    """Open a database by MLflow's own means: a fresh one gets its tables, one of another version is refused."""
    load_mlflow()
    from alembic.util import CommandError
    from mlflow.exceptions import MlflowException
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
    from sqlalchemy.exc import SQLAlchemyError

    try:
        store = SqlAlchemyStore(sqlite_uri(path), (place / FILES).as_uri())
        store.engine.dispose()
    except (MlflowException, SQLAlchemyError, CommandError) as error:
        raise InputError(f"--tracking-uri: {path} cannot be opened by this MLflow: {one_line(error, 300)}") from None


def store_of(study: StudyFolder) -> str | None:
    """The store to which the study was last mirrored, for `open_store`; None if it is not known any more.

    A database of the output folder that was moved, or copied, with the study is the one where it is now.

    `InputError` if it is an address whose user and password are needed: they are not kept.
    """
    note = read_note(study.mlflow)
    noted = note.get("tracking_uri")
    if noted is None:
        return None
    current = os.environ.get("MLFLOW_TRACKING_URI")
    if current and redact(current) == noted:
        return current
    if "***" in noted:
        raise InputError(f"--tracking-uri: the study is in {noted}, whose password is not kept; give the address again")
    database = database_file(noted)
    beside = Path(os.path.realpath(study.path.parent)) / DATABASE
    if (
        database is not None
        and database.name == DATABASE
        and database != beside
        and holds(beside, note.get("study_id", ""))
    ):
        return sqlite_uri(beside)
    return None if database is not None and not database.exists() else str(noted)
