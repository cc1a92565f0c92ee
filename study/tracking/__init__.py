"""Tracking: a study shown in MLflow, as a mirror of what the study has written down itself. See `mirror.py`.

The only import of mlflow, which costs two seconds and happens when a store is opened.
"""

from study.tracking.background import Background
from study.tracking.content import Ending, Progress
from study.tracking.mirror import Mirror
from study.tracking.model import download_model
from study.tracking.notes import Link, links, store_of
from study.tracking.store import check_store, load_mlflow, open_store, ui_command

__all__ = [
    "Background",
    "Ending",
    "Link",
    "Mirror",
    "Progress",
    "check_store",
    "download_model",
    "links",
    "load_mlflow",
    "open_store",
    "store_of",
    "ui_command",
]
