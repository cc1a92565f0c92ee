"""From studies to what a row of the paper draws and measures: their complete trials, and what their arrays say."""

import lzma
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tokenize import TokenError
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from numpy.lib.npyio import NpzFile

from study.config.plan import StudyPlan
from study.config.trial import SETTINGS
from study.metrics import METRICS
from study.report.paper.columns import IDENTITY
from study.report.paper.row import Arrays, Evidence, Row
from study.report.paper.saved_arrays import SavedArrays
from study.report.read.studies import Study, these
from study.system.files import regular

_UNREADABLE = (
    *(OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(RuntimeError, MemoryError, TypeError, SyntaxError, TokenError),
)
"""What NumPy raises on a file that is not there, is cut or is something else, and on an array that a file lacks."""


def serving(studies: Sequence[Study], name: str, row: Row) -> list[Study]:
    """The studies whose records serve this row. Of a row that is about one budget: those of the first one's preset."""
    found = [study for study in studies if name in study.plan.space.paper]
    return [study for study in found if row.any_budget or study.plan.preset == found[0].plan.preset]


def gather(studies: Sequence[Study], row: Row) -> tuple[Evidence, tuple[str, ...]]:
    """The evidence of these studies (one at least) for a row, and in words what could not be read of it.

    A trial that lies in two of the studies, the same configuration with the same seed, counts once. Arrays that are
    missing or damaged cost their trial the columns that come from them, never more.
    """
    complete = [study.trials[study.trials["state"] == "complete"] for study in studies]
    trials = pd.concat([some for some in complete if len(some)] or complete[:1], ignore_index=True)
    trials = trials.drop_duplicates(["config_id", "seed"], ignore_index=True)
    trials = trials[[column for column in trials if _told(str(column))]]
    trials["replicate"] = trials.groupby("config_id").cumcount()
    folders = {study.label: study.folder for study in studies}
    notes: list[str] = []
    if row.columns is not None:
        rows, lost = [], []
        for label, number in zip(trials["study"], trials["trial"], strict=True):
            try:
                with _open(folders[label].trial(int(number)).arrays) as arrays:
                    rows.append({key: float(value) for key, value in row.columns(arrays).items()})
            except _UNREADABLE:
                rows.append({})
                lost.append(int(number))
        added = pd.DataFrame(rows, index=trials.index)
        trials = pd.concat([trials.drop(columns=[c for c in added if c in trials]), added], axis=1)
        if lost:
            notes.append(f"No arrays of {these(lost)}: arrays.npz is not there, or cannot be read.")
    space = studies[0].plan.space
    distances = [
        objective.name
        for objective in space.objectives
        if objective.direction == "minimize" and not objective.name.startswith("reconstruction")
    ]
    evidence = Evidence(
        trials=trials,
        dataset=space.dataset,
        distance=distances[0] if distances else None,
        arrays=lambda label, number: read_arrays(folders[label].trial(number).arrays),
        configurations=configurations_of(studies),
    )
    return evidence, tuple(notes)


def _told(column: str) -> bool:
    """Whether a column is part of the evidence: a setting, a metric on test images, or which trial on what it is."""
    return column in (*SETTINGS, *METRICS, *IDENTITY)


def read_arrays(path: Path) -> Arrays:
    """All arrays of a trial; none where the file is missing or damaged."""
    try:
        with _open(path) as arrays:
            return dict(arrays)
    except _UNREADABLE:
        return {}


@contextmanager
def _open(path: Path) -> Iterator[Arrays]:
    """The archive, whose arrays are read as they are asked for; the file is closed even where it is none."""
    with regular(path).open("rb") as file:
        content = np.load(file, allow_pickle=False)
        if not isinstance(content, NpzFile):
            raise ValueError(f"{path}: needs to be an npz file")
        with content:
            yield SavedArrays(content)


def configurations_of(studies: Sequence[Study]) -> pd.DataFrame:
    """Every configuration that these studies' grids plan, or of which a trial has ended: see `Evidence`."""
    tried = pd.concat([study.trials for study in studies], ignore_index=True)
    planned = pd.DataFrame([row for study in studies if study.plan.sampler == "grid" for row in _planned(study.plan)])
    lost = tried.loc[tried["state"] != "complete", "config_id"].value_counts()
    every = pd.concat([some for some in (planned, tried.assign(planned=0)) if len(some)] or [tried.assign(planned=0)])
    every = every.sort_values("planned", ascending=False, kind="stable").drop_duplicates("config_id", ignore_index=True)
    every = every[[column for column in every if column in (*SETTINGS, "dataset", "config_id", "planned")]]
    return every.assign(lost=every["config_id"].map(lost).fillna(0).astype(int))


def _planned(plan: StudyPlan) -> Iterator[dict[str, Any]]:
    for point in plan.space.grid():
        config = plan.trial_config(point, seed=0)
        yield {**config.settings(), "config_id": config.config_id, "planned": plan.replicates}
