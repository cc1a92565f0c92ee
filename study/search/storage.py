"""The Optuna study in its storage: the only truth about trials."""

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import optuna
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from study.config import StudyPlan, TrialConfig
from study.credentials import redact
from study.errors import InputError
from study.folder import StudyFolder, read_json
from study.records import VALIDATION, TrialRecord
from study.trial import Outcome

CONFIG = "config"
"""User attribute: the settings of the trial's `TrialConfig`. A trial without it was cut off while it was proposed."""


def default_url(folder: StudyFolder) -> str:
    return f"sqlite:///{folder.database.resolve()}"


def check(url: str) -> None:
    """`InputError` if the storage cannot be opened."""
    with _one_sentence():
        optuna.storages.get_storage(url)


@contextmanager
def _one_sentence() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, ValueError, ImportError, optuna.exceptions.OptunaError) as error:
        message = redact(" ".join(str(error).split()))
        raise InputError(f"--storage: cannot be opened: {message}") from None


def open_study(plan: StudyPlan, folder: StudyFolder, url: str) -> optuna.Study:
    """The study of this plan in the storage at `url`, made if it is not there. Called by the driver only.

    `InputError` if the storage cannot be opened, or holds another study of the same name.
    """
    logging.getLogger("optuna").setLevel(logging.WARNING)
    with _one_sentence():
        study = optuna.create_study(
            study_name=plan.name,
            storage=optuna.storages.get_storage(url),
            directions=[objective.direction for objective in plan.space.objectives],
            load_if_exists=True,
        )
    names = [objective.name for objective in plan.space.objectives]
    if study.metric_names is None:
        with warnings.catch_warnings(action="ignore", category=optuna.exceptions.ExperimentalWarning):
            study.set_metric_names(names)
    elif study.metric_names != names:
        raise InputError(f"--storage: it holds another study {plan.name!r}, of the objectives {study.metric_names}")
    if not study.get_trials(deepcopy=False) and any(folder.trials()):
        raise InputError(
            f"{folder.path}: it holds trials that the storage does not know; give the --storage of the first launch"
        )
    return study


def ended(study: optuna.Study) -> list[FrozenTrial]:
    """The trials whose state will not change any more."""
    return [trial for trial in study.get_trials(deepcopy=False) if trial.state.is_finished()]


def running(study: optuna.Study) -> list[FrozenTrial]:
    """The trials that were asked for and not yet told: under way, or cut off with an earlier driver."""
    return study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))


def trial_config(trial: FrozenTrial) -> TrialConfig:
    return TrialConfig(**trial.user_attrs[CONFIG])


def tell(study: optuna.Study, plan: StudyPlan, number: int, outcome: Outcome) -> None:
    """End a trial. Only finite values are told: a trial that is not complete has none, and says why in attributes.

    A trial that claims to be complete and lacks an objective has failed: nothing may stay running for that.
    """
    missing = [
        o.name for o in plan.space.objectives if not np.isfinite(outcome.metrics.get(VALIDATION + o.name, np.nan))
    ]
    if outcome.state == "complete" and missing:
        outcome = Outcome("failed", reason=f"without a value of {', '.join(missing)}")
    trial = next(trial for trial in running(study) if trial.number == number)
    for key, value in outcome.attributes().items():
        study._storage.set_trial_user_attr(trial._trial_id, key, value)
    if outcome.state == "complete":
        study.tell(number, [outcome.metrics[VALIDATION + objective.name] for objective in plan.space.objectives])
    else:
        study.tell(number, state=TrialState.PRUNED if outcome.state == "pruned" else TrialState.FAIL)


def records(study: optuna.Study, folder: StudyFolder) -> list[TrialRecord]:
    """One record for each trial that has ended."""
    return list(_records(ended(study), folder))


def _records(trials: Iterable[FrozenTrial], folder: StudyFolder) -> Iterable[TrialRecord]:
    for trial in trials:
        outcome = Outcome.from_attributes(trial.user_attrs)
        yield TrialRecord(
            trial=trial.number,
            config=trial_config(trial),
            state=outcome.state,
            reason=outcome.reason,
            metrics=outcome.metrics,
            seconds=outcome.seconds,
            provenance=outcome.provenance,
            mlflow_run_id=_mlflow_run_id(folder.trial(trial.number).mlflow),
        )


def _mlflow_run_id(path: Path) -> str:
    try:
        return str(read_json(path)["run_id"])
    except (OSError, ValueError, KeyError):
        return ""
