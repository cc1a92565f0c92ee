"""A trial's model in MLflow: its configuration and its weights, as files of its run. Here without PyTorch."""

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from study.system.errors import InputError, one_line
from study.system.redaction import redact
from study.tracking.moved import place_now
from study.tracking.store import check_store, database_file, load_mlflow

if TYPE_CHECKING:
    from mlflow import MlflowClient

FOLDER = "model"
CONFIG_FILE = "config.json"
WEIGHTS_FILE = "weights.pt"
"""The names of the files, in the run's artifacts."""

IMAGE_SHAPE = "image_shape"
"""The key of the images' shape (C, H, W), which the configuration's file has in addition to the settings."""

LOGGED_TAG = "model"
"""The tag of a run that has both files whole. Its value is where they are."""

_DEFAULT_RUNS = Path("runs")
"""The folder of studies, and of their database, if launches are not told otherwise."""


def download_model(run_id: str, tracking_uri: str | None, into: Path) -> tuple[Path, Path]:
    """The files of the run's model, configuration and weights: fetched into a folder, or where they are now.

    `tracking_uri` is by default MLFLOW_TRACKING_URI, else SQLite in `runs/mlflow.db`. `InputError` if there is no such
    run, it is no trial's, it has no model, or the store cannot be reached.
    """
    uri = _existing(tracking_uri)
    load_mlflow()
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        client = MlflowClient(uri)
        _check_has_model(client, run_id, uri)
        database = database_file(uri)
        moved = place_now(client.get_run(run_id).info.artifact_uri, database) if database else None
        if moved is not None:
            return moved / FOLDER / CONFIG_FILE, moved / FOLDER / WEIGHTS_FILE
        paths = [
            client.download_artifacts(run_id, f"{FOLDER}/{name}", str(into)) for name in (CONFIG_FILE, WEIGHTS_FILE)
        ]
    except (MlflowException, SQLAlchemyError, OSError, sqlite3.Error) as error:
        raise InputError(
            f"load_model: {redact(uri)} does not give run {run_id}: {redact(one_line(error))[:300]}"
        ) from None
    return Path(paths[0]), Path(paths[1])


def _existing(tracking_uri: str | None) -> str:
    uri = check_store(tracking_uri, _DEFAULT_RUNS)
    path = database_file(uri)
    if path is not None and not path.exists():  # MLflow would make it
        raise InputError(f"load_model: {path} was not found; set tracking_uri to the MLflow of the study")
    return uri


def _check_has_model(client: "MlflowClient", run_id: str, uri: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        tags = client.get_run(run_id).data.tags
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            raise
        raise InputError(f"load_model: received {run_id!r}; {redact(uri)} has no such run") from None
    if tags.get("role") != "trial":
        raise InputError(f"load_model: received {run_id!r}, which is not the run of a trial; only trials have models")
    if LOGGED_TAG not in tags:
        raise InputError(
            f"load_model: received {run_id!r}, a trial without weights in MLflow; those on the front of a study that "
            "has ended have them, unless it was launched with --keep none"
        )
