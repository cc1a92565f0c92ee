"""Reads a study's folder: its plan, its table of trials, and the locations of each trial's files.

If a trial's file is missing or damaged, its curve or picture is left out with a note. It is never an error, because a
report can also be written of a study that is running, was interrupted, or lost files.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os.path import realpath  # that of pathlib raises at a link that leads to itself
from pathlib import Path

import numpy as np
import pandas as pd

from study.config.plan import StudyPlan
from study.config.space import Objective
from study.records.folder import StudyFolder, read_note
from study.records.table import RUNG, as_numbers, is_numeric, read_importances, read_records, to_table
from study.system.errors import InputError

PICTURES = {
    "reconstructions": "test images and their reconstructions",
    "samples": "decoded samples from the prior",
    "traversal": "one latent dimension is moved in each row, the most informative first",
}
"""The pictures of a trial that a report shows, and what each is."""

_WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class Run:
    """The location of a trial's MLflow run. `url` is empty if there is no web page for it."""

    run_id: str = ""
    tracking_uri: str = ""
    url: str = ""


@dataclass(frozen=True)
class Study:
    """One study as stored.

    `trials` are its records with three columns added: `study` (the label), `steps_trained` and `images_trained`: the
    whole training of a complete trial, up to its rung of one that was stopped there, up to the last logged step of one
    that failed (0 where that is not known). `importances` is the table of `study.records.table`, if there is one.
    """

    label: str
    folder: StudyFolder
    plan: StudyPlan
    trials: pd.DataFrame
    importances: pd.DataFrame

    def run(self, trial: int) -> Run:
        """The trial's MLflow run, as far as it is known."""
        note = read_note(self.folder.trial(trial).mlflow)
        recorded = self.trials.loc[self.trials["trial"] == trial, "mlflow_run_id"]
        url = note.get("url", "")
        return Run(
            run_id=note.get("run_id") or str(recorded.iloc[0] if len(recorded) else ""),
            tracking_uri=note.get("tracking_uri", ""),
            url=url if _WEB.match(url) else "",
        )

    def tracking_uris(self) -> list[str]:
        """Addresses of the MLflow stores with its trials' runs: that of the study, or those that its trials name."""
        own = read_note(self.folder.mlflow).get("tracking_uri")
        if own:
            return [own]
        notes = (read_note(self.folder.trial(int(number)).mlflow) for number in self.trials["trial"])
        return sorted({note.get("tracking_uri", "") for note in notes} - {""})


def load_studies(folders: Sequence[Path]) -> list[Study]:
    """The studies in these folders, each once. `InputError` unless they share dataset and objectives."""
    distinct = [
        folder for i, folder in enumerate(folders) if realpath(folder) not in {realpath(f) for f in folders[:i]}
    ]
    if not distinct:
        raise InputError("a report needs the folder of at least one study, e.g. runs/dsprites; received none")
    plans = [StudyPlan.load(StudyFolder(folder).plan) for folder in distinct]
    names = [plan.name for plan in plans]
    labels = [
        plan.name if names.count(plan.name) == 1 else str(folder) for plan, folder in zip(plans, distinct, strict=True)
    ]
    first = plans[0].space
    for folder, plan in zip(distinct, plans, strict=True):
        if (plan.space.dataset, plan.space.objectives) != (first.dataset, first.objectives):
            raise InputError(
                f"{folder}: studies in one report share dataset and objectives; received "
                f"{_subject(plan.space.dataset, plan.space.objectives)}, and {distinct[0]} has "
                f"{_subject(first.dataset, first.objectives)}"
            )
    return [_load(StudyFolder(f), plan, label) for f, plan, label in zip(distinct, plans, labels, strict=True)]


def _load(folder: StudyFolder, plan: StudyPlan, label: str) -> Study:
    trials = read_records(folder.records) if folder.records.exists() else to_table([])
    for name in ("images", "steps", "batch_size", "seed", "mlflow_run_id", RUNG):
        if name not in trials:
            trials[name] = np.nan
    for name in filter(is_numeric, map(str, trials)):
        trials[name] = as_numbers(trials[name])
    trials["trial"] = trials["trial"].astype(int)
    stopped = trials["state"] == "pruned"
    to_see = trials["images"].where(~stopped, trials[RUNG])
    steps = trials["steps"].where(~stopped, np.nan).fillna(-(-to_see // trials["batch_size"]))
    lost = (trials["state"] != "complete") & ~(stopped & trials[RUNG].notna())
    steps[lost] = [_last_step(folder, number) for number in trials.loc[lost, "trial"]]
    trials["steps_trained"] = steps
    trials["images_trained"] = steps * trials["batch_size"]
    trials.insert(0, "study", label)
    return Study(label, folder, plan, trials.reset_index(drop=True), read_importances(folder.importances))


def _last_step(folder: StudyFolder, number: int) -> float:
    """Up to where a trial without a result was trained, as far as its metrics file says."""
    try:
        return max((float(line["step"]) for line in folder.trial(number).read_metrics()), default=0.0)
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0


def these(numbers: Sequence[int], most: int = 12) -> str:
    """`trial 3`, `trials 3, 4, 7`, `trials 0, 1, 2 and 40 more`."""
    shown = ", ".join(str(number) for number in numbers[:most])
    more = f" and {len(numbers) - most:,} more" if len(numbers) > most else ""
    return f"trial{'s' if len(numbers) > 1 else ''} {shown}{more}"


def _subject(dataset: str, objectives: Sequence[Objective]) -> str:
    return f"{' + '.join(f'{objective.name} ({objective.direction})' for objective in objectives)} on {dataset}"
