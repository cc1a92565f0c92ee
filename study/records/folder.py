"""Paths of everything that a study stores.

`StudyFolder` is `runs/STUDY/`, and `TrialFolder` one of its `trials/0007/`.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from study.config.values import NAME_PATTERN, NAME_RULE
from study.system.errors import InputError
from study.system.files import read_json, regular, write_atomically, write_json

Keep = Literal["front", "all", "none"]
"""The trials whose weights stay in their folders: those on the front of their family, all, or none."""

MLFLOW = ("mlflow.db", "mlartifacts")
"""The names of what MLflow has in the folder of all studies."""


_STUDY_ID = re.compile(r"[0-9a-f]{32}")


def valid_name(name: str) -> str:
    """The study name itself, if it can be a folder's name and cannot leave the output folder; else `InputError`."""
    if not NAME_PATTERN.fullmatch(name):
        raise InputError(f"--name: received {name!r}; {NAME_RULE}")
    if name in MLFLOW:
        raise InputError(f"--name: received {name!r}, which is MLflow's own in the output folder; choose another")
    return name


class _Inside:
    """A file or folder of a trial or a study, by its name in the folder of it; of the class, the name alone."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, folder: "TrialFolder | StudyFolder | None", owner: type) -> Path:
        return Path(self.name) if folder is None else folder.path / self.name


@dataclass(frozen=True)
class TrialFolder:
    """The files of one trial: `trials/0007/`."""

    path: Path

    config = _Inside("config.json")
    """The trial's settings as JSON, for readers of the folder while it runs. The storage has them too."""

    metrics = _Inside("metrics.jsonl")
    """One JSON object a line: step, images, seconds, and the metrics at that step. See `read_metrics`."""

    checkpoint = _Inside("checkpoint.pt")
    """Everything that training needs to resume, optimiser and random states included. Removed when complete."""

    weights = _Inside("weights.pt")
    """The trained model's state dict; stays or goes as `--keep` says."""

    outcome = _Inside("outcome.json")
    """The trial's outcome as JSON, written once, last."""

    rungs = _Inside("rungs.json")
    """The decision about the trial at each rung that it came to, as JSON: see `study.search.stop_at_rungs`."""

    attempts = _Inside("attempts.json")
    """The latest launch's attempts at the trial, as JSON: see `study.search.worker_deaths`."""

    lock = _Inside(".lock")
    """Held by the one process that works on the trial."""

    error = _Inside("error.txt")
    """Traceback of the last failed attempt."""

    crash = _Inside(".crash")
    """The file into which a process that dies writes the reason: see `study.search.worker_deaths`."""

    mlflow = _Inside("mlflow.json")
    """File with the place of the trial's MLflow run: JSON with `run_id`, `tracking_uri`, and how far it is mirrored."""

    arrays = _Inside("arrays.npz")
    """Arrays for the figures of the paper: see `study.trial.arrays`."""

    trajectory = _Inside("trajectory.bin")
    """The codes of a few images while training, as records: see `study.trial.trajectory`. Gone when complete."""

    pictures = _Inside("pictures")
    """reconstructions.png, samples.png, traversal.png."""

    def pictures_at(self, percent: int) -> Path:
        """The same three, as they were after so much of the training."""
        return self.pictures / f"at-{percent}"

    def pictured(self) -> list[int]:
        """The percents of which there is `pictures_at`, in order."""
        names = (path.name.removeprefix("at-") for path in self.pictures.glob("at-*"))
        return sorted(int(name) for name in names if name.isdecimal())

    def read_metrics(self, having: str = "") -> Iterator[dict[str, float]]:
        """The lines of `metrics.jsonl`, oldest first; a last line that was cut by a crash is left out.

        With `having`, those in which this text occurs: the others are passed over unread if they look whole.
        """
        if not self.metrics.exists():
            return
        with self.metrics.open(encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n") and (having in line or not (line.startswith("{") and line.endswith("}\n"))):
                    yield json.loads(line)

    def append_metrics(self, values: Mapping[str, float]) -> None:
        with self.metrics.open("a", encoding="utf-8") as file:
            file.write(json.dumps(dict(values)) + "\n")

    def truncate_metrics(self, step: int) -> None:
        """Remove lines logged after `step`: training resumes from a checkpoint of that step.

        And what cannot be read, or goes back: damage costs the curve its points, not the trial.
        """
        lines = regular(self.metrics).read_bytes().splitlines(keepends=True) if self.metrics.exists() else []
        kept, last = [], -1.0
        for line in lines:
            at = _logged_step(line)
            if at is not None and last < at <= step:
                kept.append(line)
                last = at
        write_atomically(self.metrics, b"".join(kept))

    def forget_progress(self) -> None:
        """Remove the files that resuming needs: the trial has finished, or never will."""
        for needed_to_go_on in (self.checkpoint, self.trajectory):
            needed_to_go_on.unlink(missing_ok=True)


def _logged_step(line: bytes) -> float | None:
    """The step of a line of `metrics.jsonl`; None if it is not whole."""
    try:
        value = json.loads(line.decode())  # bytes would be taken for UTF-16 or UTF-32 where they look like it
        place = [float(value[name]) for name in ("step", "images", "seconds")]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    return place[0] if line.endswith(b"\n") else None


@dataclass(frozen=True)
class StudyFolder:
    """The files of one study: `runs/STUDY/`.

    A path without a name of its own, such as `.` or `..`, is replaced by the absolute one.
    """

    path: Path

    plan = _Inside("study.yaml")
    """The plan as run, resolved."""

    warm_start = _Inside("warm_start.json")
    """Trials of an earlier study that the sampler was given, as JSON: see `study.search.warm_start`."""

    database = _Inside("optuna.db")
    """Optuna's storage, unless the launch names another one: the only truth about trials."""

    records = _Inside("records.csv")
    """One row a trial: derived."""

    report = _Inside("report.html")
    """The report: derived, as are its figures."""

    figures = _Inside("figures")

    explore = _Inside("explore.html")
    """The interactive page that goes with the report: derived."""

    claims = _Inside("claims.csv")
    """Verdicts on the paper's claims, if its records serve some: derived."""

    importances = _Inside("importances.csv")
    """How much each parameter matters, where there are trials enough to say: see `study.records.table`."""

    mlflow = _Inside("mlflow.json")
    """File with the place of the study's MLflow run and of its trials': JSON with `study_id` and `tracking_uri`."""

    lock = _Inside(".lock")
    """Held by the one command that runs the study."""

    holder = _Inside(".holder.json")
    """The process that holds the lock, as JSON: see `study.records.lock`."""

    identity = _Inside(".id")
    """The study's id: see `study.search.ownership`. A folder that is moved stays the same study."""

    ray = _Inside(".ray")
    """Ray Tune's own bookkeeping of the launch that is under way; nothing reads it afterwards."""

    def __post_init__(self) -> None:
        if self.path.name in ("", ".."):
            object.__setattr__(self, "path", Path(os.path.realpath(self.path)))

    @property
    def confirmed(self) -> "StudyFolder":
        """The study that trains its winners again, in the folder next to it."""
        return StudyFolder(self.path.parent / f"{self.path.name}-confirmed")

    def trial(self, number: int) -> TrialFolder:
        return TrialFolder(self.path / "trials" / f"{number:04d}")

    def trials(self) -> Iterator[TrialFolder]:
        """The trials' folders that are there, by number."""
        numbered = [path for path in (self.path / "trials").glob("[0-9]*") if path.name.isdecimal()]
        return (TrialFolder(path) for path in sorted(numbered, key=lambda path: int(path.name)))


def read_note(path: Path) -> dict[str, str]:
    """The content of an `mlflow.json`; of a damaged one what can be used. MLflow has all of it too."""
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


def write_note(path: Path, note: Mapping[str, str]) -> None:
    """Replace an `mlflow.json`, unless it says the same already."""
    if read_note(path) != note:
        write_json(path, note)
