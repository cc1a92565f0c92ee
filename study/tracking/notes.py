"""Notes in a study's folder on where it is in MLflow: all of it can be found again without them."""

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from study.records.folder import StudyFolder
from study.system.errors import InputError
from study.system.files import read_json, write_json
from study.system.redaction import redact
from study.tracking.moved import DATABASE, holds
from study.tracking.store import database_file, sqlite_uri

_STUDY_ID = re.compile(r"[0-9a-f]{32}")


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


def read_note(path: Path) -> dict[str, str]:
    """What a note says; of a damaged one what can be used, for all of it can be found again."""
    try:
        note = read_json(path)
    except (OSError, ValueError):
        return {}
    if not isinstance(note, dict):
        return {}
    known = {name: value for name, value in note.items() if isinstance(value, str)}
    if not _STUDY_ID.fullmatch(known.get("study_id", "")):
        known.pop("study_id", None)
    return known


def write_note(path: Path, note: dict[str, Any]) -> None:
    if read_note(path) != note:
        write_json(path, note)
