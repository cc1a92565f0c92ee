"""Answers of a report's studies to the paper: for each row that they serve its evidence and its verdicts.

The evidence is the complete trials of those studies, with numbers from their saved arrays.
"""

import lzma
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from numpy.lib.npyio import NpzFile

from study.config.messages import one_of
from study.config.plan import StudyPlan
from study.config.space import PaperRow
from study.config.trial import setting_names
from study.metrics import METRICS
from study.metrics.mean_pixel_deviation import CURVE_AT
from study.report.claims.claim import claims_of
from study.report.claims.measure import IDENTITY
from study.report.claims.verdicts import Verdict, judge
from study.report.paper import ROWS
from study.report.paper.row import Arrays, Evidence, Row
from study.report.read.studies import Study, these
from study.system.errors import InputError
from study.system.files import regular


@dataclass(frozen=True)
class Answer:
    """One row with its `name`: the evidence, the verdicts on its claims, and notes on what could not be read."""

    name: PaperRow
    row: Row
    evidence: Evidence
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...]


def answers(studies: Sequence[Study]) -> list[Answer]:
    """The answers to all rows that the studies serve, in the order of the paper."""
    return [served for name in ROWS if (served := answer(studies, name)) is not None]


def answer(studies: Sequence[Study], name: PaperRow) -> Answer | None:
    """The answer to one row; None where no study serves it."""
    row = ROWS[name]
    used = serving(studies, name, row)
    if not used:
        return None
    evidence, notes = collect_evidence(used, row)
    left = [study.label for study in studies if name in study.plan.space.paper and study not in used]
    if left:
        notes += (f"Left out: {', '.join(left)}, of another preset; a claim is judged at one budget.",)
    verdicts = judge(claims_of(name), row.measures, evidence.trials, evidence.configurations)
    return Answer(name, row, evidence, verdicts, notes)


def row_called(text: str) -> PaperRow:
    """The row that `--figure` names: by its name, or a figure by its number. `InputError` for any other."""
    wanted = text.strip().lower().replace(" ", "")
    for name in ROWS:
        if wanted in (name, name.removeprefix("figure")):
            return name
    raise InputError(f"--figure: received {text!r}; {one_of(ROWS, text)}")


def title(name: PaperRow) -> str:
    """`Figure 4`, `Figure 2, batch size`, `Headline`, …: a row's name as a reader would write it."""
    row, *about = name.split("_", maxsplit=1)
    stem = row.rstrip("0123456789")
    numbered = f"{stem.capitalize()} {row.removeprefix(stem)}".strip()
    return ", ".join([numbered, *(words.replace("_", " ") for words in about)])


Shape = tuple[int | str, ...]

_IMAGES: Shape = ("images", "channels", "height", "width")

FORMS: dict[str, tuple[str, Shape]] = {
    "originals": ("u", _IMAGES),
    "reconstructions": ("u", _IMAGES),
    "samples": ("u", ("samples", *_IMAGES[1:])),
    "code_variance": ("f", ("dimensions",)),
    "log_spread_quantiles": ("f", (5, "dimensions")),
    "codes": ("f", (1000, 2)),
    "means": ("f", (1000, 2)),
    "log_spreads": ("f", (1000, 2)),
    "prior_samples": ("f", (1000, 2)),
    "plane": ("u", ("side", "side", *_IMAGES[1:])),
    "plane_brightness": ("f", ("fine side", "fine side")),
    "plane_half_side": ("f", ()),
    "pixel_deviation": ("f", (len(CURVE_AT),)),
    "trajectory": ("f", ("steps", "followed", 2)),
    "trajectory_step": ("i", ("steps",)),
}
"""Kind of each array as NumPy names it, and its lengths, above 0; those with one name are equal. Arrays of another form
are not used, as if they were damaged. See `study.trial.arrays`."""

MOST_BYTES = 2**28
"""Largest size of all arrays of a trial, unpacked: a small file can unpack to more than fits into memory."""

_UNREADABLE = (
    *(OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(RuntimeError, MemoryError, TypeError, SyntaxError, TokenError),
)
"""Errors that NumPy raises on a file that is missing, cut or something else, and on an array that a file lacks."""


class SavedArrays(Mapping[str, np.ndarray]):
    """The arrays of an archive, each read on access. `ValueError` if it is too large, or an array has another form."""

    def __init__(self, archive: NpzFile) -> None:
        self._archive = archive
        self._lengths: dict[str, int] = {}
        assert archive.zip is not None  # it is open
        if sum(member.file_size for member in archive.zip.infolist()) > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES:,} bytes of arrays")

    def __getitem__(self, name: str) -> np.ndarray:
        array = self._archive[name]
        if name in FORMS:
            self._check(name, array)
        return array

    def __iter__(self) -> Iterator[str]:
        return iter(self._archive)

    def __len__(self) -> int:
        return len(self._archive)

    def _check(self, name: str, array: np.ndarray) -> None:
        kind, shape = FORMS[name]
        if array.dtype.kind != kind or array.ndim != len(shape) or 0 in array.shape:
            raise ValueError(f"{name}: {array.dtype} of shape {array.shape}")
        for length, wanted in zip(array.shape, shape, strict=True):
            known = self._lengths.setdefault(wanted, length) if isinstance(wanted, str) else wanted
            if length != known:
                raise ValueError(f"{name}: has shape {array.shape}")
        if kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{name}: holds values that are not finite")
        if name == "trajectory_step" and (array[0] < 0 or (np.diff(array) <= 0).any()):
            raise ValueError(f"{name}: steps that do not rise")


@contextmanager
def _open(path: Path) -> Iterator[Arrays]:
    """The arrays of a file, closed at the end, also where the file is no archive."""
    with regular(path).open("rb") as file:
        content = np.load(file, allow_pickle=False)
        if not isinstance(content, NpzFile):
            raise ValueError(f"{path}: needs to be an npz file")
        with content:
            yield SavedArrays(content)


def read_arrays(path: Path) -> Arrays:
    """All arrays of a trial; none where the file is missing or damaged."""
    try:
        with _open(path) as arrays:
            return dict(arrays)
    except _UNREADABLE:
        return {}


def serving(studies: Sequence[Study], name: str, row: Row) -> list[Study]:
    """The studies whose records serve this row. Of a row that is about one budget: those of the first one's preset."""
    candidates = [study for study in studies if name in study.plan.space.paper]
    return [study for study in candidates if row.any_budget or study.plan.preset == candidates[0].plan.preset]


def collect_evidence(studies: Sequence[Study], row: Row) -> tuple[Evidence, tuple[str, ...]]:
    """The evidence of these studies (one at least) for a row, and in words what could not be read of it.

    A trial that lies in two of the studies, the same configuration with the same seed, counts once. Arrays that are
    missing or damaged cost their trial the columns that come from them, never more.
    """
    complete = [study.trials[study.trials["state"] == "complete"] for study in studies]
    trials = pd.concat([table for table in complete if len(table)] or complete[:1], ignore_index=True)
    trials = trials.drop_duplicates(["config_id", "seed"], ignore_index=True)
    trials = trials[[column for column in trials if column in (*setting_names(), *METRICS, *IDENTITY)]]
    trials["replicate"] = trials.groupby("config_id").cumcount()
    folders = {study.label: study.folder for study in studies}
    notes: tuple[str, ...] = ()
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
            notes = (f"No arrays of {these(lost)}: arrays.npz is not there, or cannot be read.",)
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
    return evidence, notes


def configurations_of(studies: Sequence[Study]) -> pd.DataFrame:
    """Every configuration that these studies' grids plan, or of which a trial has ended: see `Evidence`."""
    tried = pd.concat([study.trials for study in studies], ignore_index=True)
    planned = pd.DataFrame([row for study in studies if study.plan.sampler == "grid" for row in _planned(study.plan)])
    lost = tried.loc[tried["state"] != "complete", "config_id"].value_counts()
    tried = tried.assign(planned=0)
    every = pd.concat([table for table in (planned, tried) if len(table)] or [tried])
    every = every.sort_values("planned", ascending=False, kind="stable").drop_duplicates("config_id", ignore_index=True)
    every = every[[column for column in every if column in (*setting_names(), "dataset", "config_id", "planned")]]
    return every.assign(lost=every["config_id"].map(lost).fillna(0).astype(int))


def _planned(plan: StudyPlan) -> Iterator[dict[str, Any]]:
    for point in plan.space.grid():
        config = plan.trial_config(point, seed=0)
        yield {**config.settings(), "config_id": config.config_id, "planned": plan.replicates}
