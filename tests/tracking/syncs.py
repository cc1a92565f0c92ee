"""What tests of the mirror do with it."""

from collections.abc import Callable
from typing import Any

from study.tracking.content import StudyProgress
from study.tracking.mirror import Mirror

Shown = Callable[[], dict[str, Any]]


def synced(mirror: Mirror, progress: StudyProgress) -> None:
    assert mirror.sync(progress), mirror.error


def deleted(uri: str, *run_ids: str) -> None:
    from mlflow import MlflowClient

    for run_id in run_ids:
        MlflowClient(uri).delete_run(run_id)
