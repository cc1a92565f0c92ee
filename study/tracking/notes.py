"""The place of a study in MLflow, by the note in its folder: it can be found again without that."""

import os
from pathlib import Path

from study.records.folder import StudyFolder, read_note
from study.system.errors import InputError
from study.system.redaction import redact
from study.tracking.moved import DATABASE, holds
from study.tracking.store import database_file, sqlite_uri


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
