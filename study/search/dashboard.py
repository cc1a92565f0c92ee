"""The content of a trial in optuna-dashboard, in addition to Optuna's own values: attributes, and a note.

Written in the format of optuna-dashboard 0.18, which needs to be installed only where it runs. A note is an attribute
of the study, so that it can be written after the trial has ended.
"""

from collections.abc import Mapping
from typing import Any

import optuna
from optuna.trial import FrozenTrial

from study.records.folder import StudyFolder, read_note
from study.records.outcome import Outcome
from study.records.table import VALIDATION

LONGEST_PART = 2045
"""Characters of a note that one attribute holds."""


def attributes(folder: StudyFolder, number: int, family: str) -> dict[str, str]:
    """Attributes of the trial: its family, the folder of its pictures below the study's, and its MLflow page.

    Those that are not known are left out.
    """
    own = folder.trial(number)
    pictures = own.pictures.relative_to(folder.path).as_posix() if own.pictures.is_dir() else ""
    found = {"family": family, "pictures": pictures, "mlflow_run": read_note(own.mlflow).get("url", "")}
    return {name: value for name, value in found.items() if value}


def note(outcome: Outcome, shown: Mapping[str, Any]) -> str:
    """The note in Markdown: the state, a link to the MLflow run if it has a page, and a table of all metrics.

    `shown` are the trial's `attributes`.
    """
    parts = [f"**{shown['family']}**, {outcome.state}" if "family" in shown else outcome.state]
    if outcome.reason:
        parts.append(outcome.reason)
    if "mlflow_run" in shown:
        parts.append(f"[MLflow run]({shown['mlflow_run']})")
    names = dict.fromkeys(name.removeprefix(VALIDATION) for name in outcome.metrics)
    if names:
        rows = (f"| {name} | {_value(outcome, name)} | {_value(outcome, VALIDATION + name)} |" for name in names)
        parts.append("\n".join(["| metric | test | validation |", "| --- | ---: | ---: |", *rows]))
    return "\n\n".join(parts)


def save_note(study: optuna.Study, trial: FrozenTrial, text: str) -> None:
    """Store the note of a trial that has none yet."""
    key = f"dashboard:{trial._trial_id}:note"
    parts = [text[start : start + LONGEST_PART] for start in range(0, len(text), LONGEST_PART)]
    for place, part in enumerate(parts):
        study._storage.set_study_system_attr(study._study_id, f"{key}_str:{place}", part)
    study._storage.set_study_system_attr(study._study_id, f"{key}_ver", 1)


def _value(outcome: Outcome, name: str) -> str:
    return f"{outcome.metrics[name]:.4g}" if name in outcome.metrics else ""
