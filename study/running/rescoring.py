"""Scoring a study again: metrics of its trained models from their kept weights; nothing is trained.

Values on test images are stored in the study's storage, one trial at a time, and from there go into records,
MLflow and the report. Standard size is what an ended trial has: the same images and draws, so that the same code on the
same machine gives the same values again. Full size has names of its own.

The values of the objectives are those that fronts were made of: they stay, and it is said where the model has others
here.
"""

import math
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch

from study.config.plan import StudyPlan
from study.config.plugins import check_loaded
from study.data import load
from study.data.dataset import Dataset
from study.evaluation import DeviceName, ScoredSize
from study.evaluation.suite import evaluate
from study.features.spaces import required_inception_weights
from study.metrics import METRICS
from study.records.folder import StudyFolder, TrialFolder
from study.records.lock import only_one
from study.records.table import FULL, TrialRecord, write_records
from study.report.text.format import count
from study.report.write import ReportSummary, write_report
from study.running.run import conclusion_of, front, renew_importances
from study.system.errors import Infeasible, InputError, Interrupted, one_line
from study.system.signals import check_interrupted, interrupting
from study.tracking.content import StudyProgress
from study.tracking.mirror import Mirror
from study.tracking.store import open_store, store_of, ui_command
from study.tracking.view import trials_url
from study.trial.checkpoint import read_tensors
from study.trial.model import make_model
from study.trial.provenance import code_version, data_version, device_name

ROUNDING = 1e-6
"""Values that differ by no more than this, relatively, are the same: float32 sums in another order differ by less."""

KEEP_ALL = "launch with --keep all to keep every trial's"


@dataclass(frozen=True)
class Wanted:
    """Options of a scoring. `None`: all available metrics, and all trials with kept weights."""

    metrics: tuple[str, ...] | None = None
    size: ScoredSize = "standard"
    trials: tuple[int, ...] | None = None
    device: DeviceName = "auto"
    data_root: Path | None = None
    storage: str | None = None
    tracking_uri: str | None = None


@dataclass(frozen=True)
class Change:
    """The result of scoring one trial, by the names of the records."""

    new: dict[str, float]
    """Values that the record lacked or had otherwise."""

    kept: dict[str, float]
    """Objectives with another value here than in the study, which stays: by how much they differ, relatively."""


class Unusable(Exception):
    """A trial that cannot be scored, and why."""


@dataclass(frozen=True)
class ScoringListener:
    """Callbacks while trials are scored."""

    chosen: Callable[[Sequence[TrialRecord], torch.device], None] = lambda records, device: None
    started: Callable[[TrialRecord], None] = lambda record: None
    scored: Callable[[TrialRecord, Change], None] = lambda record, change: None
    skipped: Callable[[TrialRecord, str], None] = lambda record, reason: None


@dataclass(frozen=True)
class ScoringResult:
    """The result of a scoring. `changes` and `skipped` (with reasons) are by trial."""

    changes: dict[int, Change]
    skipped: dict[int, str]
    report: ReportSummary
    tracking_command: str
    trials_url: str | None
    tracking_error: str | None


@dataclass
class _Done:
    changes: dict[int, Change] = field(default_factory=dict)
    skipped: dict[int, str] = field(default_factory=dict)


def rescore(plan: StudyPlan, folder: StudyFolder, wanted: Wanted, listener: ScoringListener) -> ScoringResult:
    """Score the wanted trials, keep the values, and write records, MLflow and report anew.

    `InputError` or `Busy` before anything is written; `Interrupted` later, when the trials scored by then are kept.
    """
    from study.search import ownership, storage  # imports Optuna

    check_loaded(plan.plugins)
    device = _device(wanted.device)
    url = wanted.storage or storage.default_url(folder)
    _check_inception(wanted.metrics or (), device)
    with ExitStack() as held:
        held.enter_context(only_one(folder, "wait for it to end"))
        study = storage.load_study(plan, folder, wanted.storage)
        ownership.check(url, plan, folder)
        chosen = _choose(storage.records(study, folder), folder, wanted.trials)
        dataset = load(plan.space.dataset, wanted.data_root)
        _check_data(chosen, dataset)
        store = open_store(wanted.tracking_uri or store_of(folder), folder.path.parent)
        held.enter_context(ownership.holding(url, plan, folder))
        listener.chosen(chosen, device)
        objectives = {objective.name for objective in plan.space.objectives}
        by = f"{code_version()} on {device_name(device)}"
        done = _Done()
        with _interruptible(chosen, done):
            for record in chosen:
                check_interrupted()
                listener.started(record)
                try:
                    values = score(record, folder.trial(record.trial), dataset, wanted.metrics, wanted.size, device)
                except Unusable as error:
                    done.skipped[record.trial] = str(error)
                    listener.skipped(record, str(error))
                    continue
                change = change_between(record.metrics, values, objectives)
                if change.new:
                    storage.add_scores(study, record.trial, change.new, by)
                    write_records(storage.records(study, folder), folder.records)
                done.changes[record.trial] = change
                listener.scored(record, change)
        return _conclude(plan, folder, store, lambda: storage.records(study, folder), done)


def score(
    record: TrialRecord,
    folder: TrialFolder,
    dataset: Dataset,
    metrics: Collection[str] | None,
    size: ScoredSize,
    device: torch.device,
) -> dict[str, float]:
    """The metrics of a trained model, by the names that they have in the records. `Unusable` if it cannot be had."""
    try:
        weights = read_tensors(folder.weights)
        model = make_model(record.config, dataset.images.shape)
        model.load_state_dict(weights)
    except Exception as error:  # there is no end to the ways in which a damaged file fails to be read
        raise Unusable(f"{folder.weights} cannot be used: {one_line(error, 200, named=True)}") from None
    try:
        model.to(device)
        with _threads(record, size, device):
            values = evaluate(model, dataset, "test", size, device, metrics)
    except Infeasible as error:
        raise Unusable(str(error)) from None
    except torch.OutOfMemoryError as error:
        raise Unusable(f"out of memory on {device}: {one_line(error, 200, named=True)}") from None
    missing = [name for name in metrics or () if name not in values]
    not_finite = [name for name, value in values.items() if not math.isfinite(value)]
    if missing or not_finite or not values:
        raise Unusable(f"without a value of {', '.join(missing or not_finite or ['any metric'])}")
    return {(FULL if size == "full" else "") + name: value for name, value in values.items()}


def change_between(before: Mapping[str, float], now: Mapping[str, float], objectives: Collection[str]) -> Change:
    """The values in `now` that are new: those that differ from the ones before by more than rounding."""
    change = Change(new={}, kept={})
    for name, value in now.items():
        if name in before and math.isclose(before[name], value, rel_tol=ROUNDING):
            continue
        if name in before and name in objectives:
            change.kept[name] = abs(value - before[name]) / max(abs(value), abs(before[name]))
        else:
            change.new[name] = value
    return change


def _conclude(
    plan: StudyPlan, folder: StudyFolder, store: str, records: Callable[[], list[TrialRecord]], done: _Done
) -> ScoringResult:
    """MLflow's runs, then records that name them, then the report, then MLflow with that: each needs the one before.

    MLflow is brought up to date even if nothing is new, with what it missed before.
    """
    mirror = Mirror(plan, folder, store)
    on_front = front(plan, records())
    reached = mirror.sync(StudyProgress(records(), front=on_front))
    write_records(records(), folder.records)
    renew_importances(plan, folder, records())
    report = write_report([folder.path])
    if reached:
        conclusion = conclusion_of(report, interrupted=len(records()) < plan.trials)
        mirror.sync(StudyProgress(records(), front=on_front, conclusion=conclusion))
    return ScoringResult(done.changes, done.skipped, report, ui_command(store), trials_url(folder), mirror.error)


def _choose(records: Sequence[TrialRecord], folder: StudyFolder, trials: Sequence[int] | None) -> list[TrialRecord]:
    """The records of the trials to score, by number. `InputError` if one of those named cannot be, or there is none."""
    states = {record.trial: record.state for record in records}
    usable = {r.trial: r for r in records if r.state == "complete" and folder.trial(r.trial).weights.exists()}
    if not usable:
        raise InputError(f"{folder.path}: no trial's weights are kept; {KEEP_ALL}")
    for number in trials or ():
        if number not in states:
            known = folder.records.name
            raise InputError(
                f"--trial: received {number}; no such trial has ended in {folder.path}: those that did are in {known}"
            )
        if states[number] != "complete":
            raise InputError(f"--trial: received {number}, which is {states[number]}; only complete trials have values")
        if number not in usable:
            raise InputError(f"--trial: received {number}, whose weights are not kept; {KEEP_ALL}")
    return [usable[number] for number in sorted(usable if trials is None else set(trials))]


def _check_data(records: Sequence[TrialRecord], dataset: Dataset) -> None:
    here = data_version(dataset)
    for record in records:
        theirs = record.provenance.get("data", here)
        if theirs != here:
            raise InputError(
                f"--data-root: trial {record.trial} was trained on the data {theirs!r}; found {here!r}, on which its "
                "values would mean something else; set the folder of the former"
            )


def _check_inception(metrics: Collection[str], device: torch.device) -> None:
    for name in metrics:
        if METRICS[name].needs == "fid":
            required_inception_weights(f"--metrics {name}", device)


def _device(name: str) -> torch.device:
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError("--device: received 'cuda'; PyTorch finds no GPU here; use cpu")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


@contextmanager
def _threads(record: TrialRecord, size: ScoredSize, device: torch.device) -> Iterator[None]:
    """As many threads as the trial had, where that gives its very digits again; else those that there are."""
    before = torch.get_num_threads()
    theirs = record.provenance.get("threads", "")
    same = size == "standard" and device.type == "cpu" and record.provenance.get("device") == device_name(device)
    if same and theirs.isdecimal():
        torch.set_num_threads(min(int(theirs), os.cpu_count() or 1))
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _interruptible(chosen: Sequence[TrialRecord], done: _Done) -> Iterator[None]:
    """`Interrupted`, which names what is left to do, at Ctrl-C, a closed terminal, or the system's wish."""
    try:
        with interrupting():
            yield
    except KeyboardInterrupt:
        left = [record.trial for record in chosen if record.trial not in (done.changes | done.skipped)]
        raise Interrupted(_what_is_left(done, left)) from None


def _what_is_left(done: _Done, left: Sequence[int]) -> str:
    if not left:
        return "interrupted; every trial is scored and kept; the report is not written yet"
    options = " ".join(f"--trial {number}" for number in left[:8]) + (" …" if len(left) > 8 else "")
    scored = count(len(done.changes), "trial is", "trials are")
    return f"interrupted; {scored} scored and kept; to score the rest: {options}"
