"""Notes in a study's folder on where it is in MLflow: all of it can be found again without them."""

import os
from pathlib import Path
from typing import NamedTuple

from study.records.folder import StudyFolder, read_note
from study.system.errors import InputError
from study.system.redaction import redact
from study.tracking.moved import DATABASE, holds
from study.tracking.store import database_file, sqlite_uri


class Link(NamedTuple):
    """Where a run is: its id, and the address of its page."""

    run_id: str
    url: str


def links(study: StudyFolder) -> dict[int, Link]:
    """The MLflow runs of a study's trials, by trial number, as far as they have been made. Reads files only."""
    found = {}
    for folder in study.trials():
        note = read_note(folder.mlflow)
        if "run_id" in note and "url" in note:
            found[int(folder.path.name)] = Link(note["run_id"], note["url"])
    return found


def store_of(study: StudyFolder) -> str | None:
    """Where the study was mirrored to when that was last tried, for `open_store`; None if that is not known any more.

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
