"""The Optuna study in its storage: the only truth about trials."""

import logging
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import optuna
from optuna.exceptions import StorageInternalError
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import URL, Engine, create_engine, inspect, make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from study.config.messages import described
from study.config.plan import StudyPlan
from study.config.trial import TrialConfig
from study.records.folder import StudyFolder, read_note
from study.records.outcome import Outcome
from study.records.table import SCORED_AGAIN, VALIDATION, TrialRecord
from study.search import dashboard
from study.system.errors import Halted, InputError, one_line
from study.system.memory import collector_paused
from study.system.redaction import redact

CONFIG = "config"
"""User attribute: the settings of the trial's `TrialConfig`. A trial without it was interrupted while it was proposed.
"""

OF_A_STUDY = frozenset({CONFIG, *Outcome.__dataclass_fields__})
"""User attributes of an ended trial of a study. A trial without any of them was added to the storage by hand."""

SCORES_ATTRIBUTE = "scored_again:"
"""Attribute of the study, followed by a trial's number: the metrics computed of that trial after it had ended, when
its own attributes can no longer be changed. A mapping of metric to `{"value": …, "by": code version and device}`.
"""

MAKING_TABLES = (0.1, 0.3, 1.0, 3.0)
"""Seconds to wait, in turn, for another process that makes Optuna's tables at the same time."""

_OF_THE_LAUNCH = "give the --storage of the launch"
_ANEW = "use another --name to start a new study"

_ALLOWED = (
    "allowed: sqlite:///FILE, postgresql+psycopg://HOST/DATABASE, or another URL that SQLAlchemy has a driver for"
)


def default_url(folder: StudyFolder) -> str:
    """SQLite in the study's folder; characters that mean something in a URL, such as `?`, are escaped."""
    return URL.create("sqlite", database=str(folder.database.resolve())).render_as_string(hide_password=False)


def check(url: str) -> None:
    """`InputError` if the storage cannot be opened."""
    try:
        make_url(url)
    except (SQLAlchemyError, ValueError):  # whose words may hold a password
        raise InputError(f"--storage: received {redact(url)!r}; {_ALLOWED}") from None
    with one_sentence():
        connect(url)


def connect(url: str) -> optuna.storages.BaseStorage:
    """Optuna's storage at `url`. Its tables are made if they are not there, and another process may do so too."""
    for wait in MAKING_TABLES:
        try:
            return optuna.storages.get_storage(url)
        except (SQLAlchemyError, StorageInternalError) as error:
            cause = error.__cause__ if isinstance(error, StorageInternalError) else error
            if not isinstance(cause, IntegrityError) and "already exists" not in str(cause):
                raise
            time.sleep(wait)
    return optuna.storages.get_storage(url)


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine without a pool: a connection that broke is not used again."""
    options = {"timeout": 60} if make_url(url).get_backend_name() == "sqlite" else {}
    engine = create_engine(url, poolclass=NullPool, connect_args=options)
    try:
        yield engine
    finally:
        engine.dispose()


def is_there(url: str) -> bool:
    """False for an SQLite file that is not there, which a connection would make."""
    address = make_url(url)
    return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()


@contextmanager
def one_sentence() -> Iterator[None]:
    """Context manager: errors of a storage that cannot be opened become `InputError`."""
    try:
        yield
    except (SQLAlchemyError, ValueError, ImportError, RuntimeError, optuna.exceptions.OptunaError) as error:
        message = redact(one_line(error))
        raise InputError(f"--storage: cannot be opened: {message}") from None


@contextmanager
def halting() -> Iterator[None]:
    """Context manager: errors of a storage that is full, read-only or gone while the study runs become `Halted`."""
    try:
        yield
    except (SQLAlchemyError, StorageInternalError) as error:
        bottom = error.__cause__ if isinstance(error, StorageInternalError) else error
        raise Halted(f"--storage: {redact(one_line(getattr(bottom, 'orig', bottom)))}") from None


@contextmanager
def _readable(what: str) -> Iterator[None]:
    """Context manager: content of a storage that no launch has written becomes `InputError`."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(
            f"--storage: {what} cannot be read from it: {redact(described(error))[:200]}; {_ANEW}"
        ) from None


def open_study(plan: StudyPlan, folder: StudyFolder, url: str) -> optuna.Study:
    """The study of this plan in the storage at `url`, made if it is not there. Called by the driver only.

    `InputError` if the storage cannot be opened, or holds another study of the same name.
    """
    logging.getLogger("optuna").setLevel(logging.WARNING)
    with one_sentence():
        study = optuna.create_study(
            study_name=plan.name,
            storage=connect(url),
            directions=[objective.direction for objective in plan.space.objectives],
            load_if_exists=True,
        )
    if study.metric_names is None:
        with warnings.catch_warnings(action="ignore", category=optuna.exceptions.ExperimentalWarning):
            study.set_metric_names([objective.name for objective in plan.space.objectives])
    _check_objectives(study, plan)
    with collector_paused(), _readable("the study"):
        trials = study.get_trials(deepcopy=False)
    if not trials and any(folder.trials()):
        raise InputError(
            f"{folder.path}: it holds trials that the storage does not know; give the --storage of the first launch"
        )
    return study


def load_study(plan: StudyPlan, folder: StudyFolder, url: str | None) -> optuna.Study:
    """The study as a launch left it in the storage at `url`, by default in its folder. Nothing is made.

    `InputError` if it is not there.
    """
    logging.getLogger("optuna").setLevel(logging.WARNING)
    if url is None and not folder.database.exists():
        raise InputError(f"{folder.path}: no {folder.database.name} there; give the --storage of the launch")
    with one_sentence():
        url = url or default_url(folder)
        if not is_there(url):
            raise InputError(f"--storage: no such file: {make_url(url).database}; {_OF_THE_LAUNCH}")
        _check_is_there(url, plan)  # for Optuna makes what is not
        storage = connect(url)
    try:
        study = optuna.load_study(study_name=plan.name, storage=storage)
    except KeyError:
        raise InputError(f"--storage: it holds no study {plan.name!r}; {_OF_THE_LAUNCH}") from None
    _check_objectives(study, plan)
    with collector_paused(), _readable("the study"):
        study.get_trials(deepcopy=False)  # keeps what it has read of ended trials
    return study


def _check_is_there(url: str, plan: StudyPlan) -> None:
    with opened(url) as engine:
        if not inspect(engine).has_table("studies"):
            raise InputError(f"--storage: it holds no study {plan.name!r}; {_OF_THE_LAUNCH}")


def _check_objectives(study: optuna.Study, plan: StudyPlan) -> None:
    if study.metric_names != [objective.name for objective in plan.space.objectives]:
        theirs = study.metric_names
        raise InputError(
            f"--storage: it holds another study {plan.name!r}, of the objectives {theirs}; use another --storage"
        )


def ended(study: optuna.Study) -> list[FrozenTrial]:
    """The trials of the plan whose state will not change any more.

    A trial that was added to the study by hand is not among them: samplers use it, and it is not counted.
    """
    trials = study.get_trials(deepcopy=False)
    return [each for each in trials if each.state.is_finished() and not OF_A_STUDY.isdisjoint(each.user_attrs)]


def is_done(study: optuna.Study, plan: StudyPlan) -> bool:
    """Whether as many trials have ended as the plan has."""
    return len(ended(study)) >= plan.trials


def was_done(plan: StudyPlan, folder: StudyFolder, url: str | None, retrying: bool = False) -> bool:
    """`is_done` of the study as an earlier launch left it; False if there is none. Nothing is made.

    With `retrying`, a trial that failed is not done.
    """
    try:
        if not folder.plan.exists():
            return False
        study = load_study(plan, folder, url)
        return is_done(study, plan) and not (retrying and failed(study))
    except InputError:
        return False  # what is wrong is said when the study is opened


def failed(study: optuna.Study) -> list[FrozenTrial]:
    """The trials that failed: not those that would fail again, which are infeasible."""
    return [trial for trial in ended(study) if Outcome.from_attributes(trial.user_attrs).state == "failed"]


def running_trials(study: optuna.Study) -> list[FrozenTrial]:
    """Trials that were asked for and not told yet: under way, or interrupted with an earlier driver."""
    return study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))


def trial_config(trial: FrozenTrial) -> TrialConfig:
    return TrialConfig(**trial.user_attrs[CONFIG])


def tell(
    study: optuna.Study, plan: StudyPlan, number: int, outcome: Outcome, folder: StudyFolder | None = None
) -> None:
    """End a trial. Only finite values are stored: a trial that is not complete has none, and its reason as an
    attribute.

    With the study's `folder`, the trial gets attributes and a note for optuna-dashboard. A trial that claims to be
    complete and lacks an objective has failed: nothing may stay running for that.
    """
    missing = [
        o.name for o in plan.space.objectives if not np.isfinite(outcome.metrics.get(VALIDATION + o.name, np.nan))
    ]
    if outcome.state == "complete" and missing:
        outcome = Outcome("failed", reason=f"without a value of {', '.join(missing)}")
    trial = next(trial for trial in running_trials(study) if trial.number == number)
    family = trial.user_attrs.get(CONFIG, {}).get("family", "")
    shown = dashboard.attributes(folder, number, family) if folder else {}
    for key, value in {**outcome.attributes(), **shown}.items():
        study._storage.set_trial_user_attr(trial._trial_id, key, value)
    if folder:
        dashboard.save_note(study, trial, dashboard.note(outcome, shown))
    if outcome.state == "complete":
        study.tell(number, [outcome.metrics[VALIDATION + objective.name] for objective in plan.space.objectives])
    else:
        study.tell(number, state=TrialState.PRUNED if outcome.state == "pruned" else TrialState.FAIL)


def add_scores(study: optuna.Study, number: int, metrics: Mapping[str, float], by: str) -> None:
    """Keep metrics that were computed of a trial after it had ended: `records` puts them over the trial's own.

    What was kept of it before stays, under names that are not given now. `by` names the version and the device that
    computed them.
    """
    key = f"{SCORES_ATTRIBUTE}{number}"
    before = study.user_attrs.get(key, {})
    study.set_user_attr(key, {**before, **{name: {"value": value, "by": by} for name, value in metrics.items()}})


def records(study: optuna.Study, folder: StudyFolder) -> list[TrialRecord]:
    """One record for each trial that has ended, by number, with what was computed of it afterwards."""
    attributes = study.user_attrs
    return [_record(trial, attributes.get(f"{SCORES_ATTRIBUTE}{trial.number}", {}), folder) for trial in ended(study)]


def record(study: optuna.Study, folder: StudyFolder, number: int) -> TrialRecord:
    """The record of a trial that has just ended, so that nothing was computed of it afterwards."""
    return _record(study.get_trials(deepcopy=False)[number], {}, folder)


def _record(trial: FrozenTrial, scores: Mapping[str, Any], folder: StudyFolder) -> TrialRecord:
    """`scores` are what `add_scores` has kept of the trial."""
    with _readable(f"trial {trial.number}"):
        return _read(trial, scores, folder)


def _read(trial: FrozenTrial, scores: Mapping[str, Any], folder: StudyFolder) -> TrialRecord:
    outcome = Outcome.from_attributes(trial.user_attrs)
    again = "; ".join(dict.fromkeys(score["by"] for score in scores.values()))
    return TrialRecord(
        trial=trial.number,
        config=trial_config(trial),
        state=outcome.state,
        reason=outcome.reason,
        metrics=outcome.metrics | {name: score["value"] for name, score in scores.items()},
        seconds=outcome.seconds,
        provenance=outcome.provenance | ({SCORED_AGAIN: again} if again else {}),
        mlflow_run_id=read_note(folder.trial(trial.number).mlflow).get("run_id", ""),
    )
