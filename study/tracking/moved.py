"""MLflow's database in an output folder that was moved or copied: where the files of its runs are now.

MLflow stores the place of each experiment's and each run's files as an absolute address, and resolves a relative one
against the working directory of the process that asks. The files are next to the database, so they move with it; the
addresses in it are rewritten by the next launch.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import url2pathname

DATABASE = "mlflow.db"
"""The name of the database that all studies in an output folder share."""

FILES = "mlartifacts"
"""Name of the folder next to the database, with the files of its runs."""

_COLUMNS = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
    ("trace_tags", "value"),
)
"""The columns that hold addresses of files, as far as a version of MLflow has them."""

_SECONDS = 60.0
"""Longest wait for another process's transaction."""


def earlier_place(database: Path) -> Path | None:
    """The folder of the runs' files according to the database, if they are next to it now and that is another folder.

    It is known from MLflow's experiment 0, which is made with the database. None also where that lies elsewhere, or
    the files were left where they are.
    """
    with closing(_reading(database)) as connection:
        found = connection.execute("SELECT artifact_location FROM experiments WHERE experiment_id = 0").fetchone()
    address = urlsplit(str(found[0])) if found else urlsplit("")
    earlier, now = Path(url2pathname(address.path)).parent, database.parent / FILES
    if address.scheme != "file" or earlier.name != FILES or os.path.realpath(earlier) == os.path.realpath(now):
        return None
    return earlier if now.is_dir() or not earlier.is_dir() else None


def place_now(artifact_uri: str, database: Path) -> Path | None:
    """The folder of a run's files if the database was moved since it wrote their address; else None."""
    earlier = earlier_place(database) if database.name == DATABASE else None
    if earlier is None or not artifact_uri.startswith(f"{earlier.as_uri()}/"):
        return None
    return database.parent / FILES / Path(url2pathname(urlsplit(artifact_uri).path)).relative_to(earlier)


def follow(database: Path) -> str | None:
    """Rewrite the addresses of files that have moved with the database. Returns a sentence on it; None if none has."""
    earlier = earlier_place(database)
    if earlier is None:
        return None
    now = database.parent / FILES
    with closing(sqlite3.connect(database, timeout=_SECONDS)) as connection, connection:
        for table, column in _COLUMNS:
            if any(row[1] == column for row in connection.execute(f"PRAGMA table_info({table})")):
                for old, new in ((earlier.as_uri(), now.as_uri()), (str(earlier), str(now))):
                    connection.execute(
                        f"UPDATE {table} SET {column} = ? || substr({column}, ?) "
                        f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
                        (new, len(old) + 1, old, len(old) + 1, f"{old}/"),
                    )
    return f"MLflow: {database} has moved; the files of its runs are now looked for in {now}, no longer in {earlier}"


def holds(database: Path, study_id: str) -> bool:
    """Whether there is a database that has runs of this study."""
    try:
        with closing(_reading(database)) as connection:
            query = "SELECT 1 FROM tags WHERE key = 'study_id' AND value = ? LIMIT 1"
            return connection.execute(query, (study_id,)).fetchone() is not None
    except sqlite3.Error:
        return False


def _reading(database: Path) -> sqlite3.Connection:
    """A connection that makes and changes nothing."""
    return sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True, timeout=_SECONDS)
