"""The state of a study, from its files alone: without its lock, its storage, Ray, MLflow or PyTorch.

Ended trials are read from `records.csv`, and those that it does not list yet from their folders. Data that cannot be
read are skipped with a remark.
"""

import math
import os
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from study.config.plan import StudyPlan
from study.config.space import Objective, minimised
from study.config.trial import TrialConfig
from study.pareto.dominance import non_dominated
from study.records.folder import StudyFolder, TrialFolder
from study.records.lock import Holder, holder
from study.records.outcome import Outcome
from study.records.table import as_numbers, read_records
from study.report.text.format import duration
from study.system.errors import InputError
from study.system.files import read_json
from study.terminal.progress import LEAST_PART, BestValue, Running, Snapshot, ranks

QUIET_SECONDS = 600.0
"""Seconds after which a running trial that has not written anything is named: a training writes once a minute, an
evaluation less often."""

UNKNOWN = "?"
"""The family of a trial whose settings cannot be read."""


@dataclass(frozen=True)
class StudyState:
    """A study at one moment, `snapshot`, and what is known of its process.

    `holder` said that they hold the study. `begun`: trials that are neither ended nor running. `sign`: the last sign of
    life, in seconds since 1970. `complete`: trials with values of all objectives, `front`: those that no other
    dominates. `remarks`: sentences on what is damaged, or quiet.
    """

    folder: StudyFolder
    plan: StudyPlan
    snapshot: Snapshot
    holder: Holder | None
    begun: int
    sign: float | None
    complete: int
    front: int
    remarks: tuple[str, ...]

    @property
    def running(self) -> bool:
        """Whether a process holds it, or is said to on another machine."""
        return self.holder is not None and self.holder.lives is not False

    @property
    def done(self) -> bool:
        """Whether as many trials have ended as the plan has."""
        return sum(self.snapshot.ended.values()) >= self.plan.trials


@dataclass(frozen=True)
class _Ended:
    trial: int
    family: str
    state: str
    values: Mapping[str, float]


def study_state(folder: StudyFolder, now: float | None = None) -> StudyState:
    """The state of the study in the folder at `now`, in seconds since 1970. `InputError` if there is no study."""
    now = time.time() if now is None else now
    plan = StudyPlan.load(folder.plan)
    held = holder(folder)
    since = held.since.timestamp() if held is not None and held.lives is not False else None
    remarks: list[str] = []
    ended = {each.trial: each for each in _recorded(folder, plan, remarks)}
    lately, begun, sign = 0, 0, _changed(folder)
    running: list[Running] = []
    gained = 0.0
    for trial in folder.trials():
        number = int(trial.path.name)
        try:
            end = trial.outcome.stat().st_mtime
        except OSError:
            if number in ended:
                continue
            if since is None or _mtime(trial.attempts) < since:
                begun += 1
                continue
            alive = _last_sign(trial)
            sign = max(sign, alive)
            if now - alive > QUIET_SECONDS:
                remarks.append(f"trial {number} has not written anything for {duration(now - alive)}")
            under_way, part = _running(trial, number, since, remarks)
            running.append(under_way)
            gained += part
            continue
        sign = max(sign, end)
        lately += since is not None and end >= since
        if number not in ended:
            ended[number] = _of_folder(trial, number, plan.space.objectives)
    snapshot = Snapshot(
        plan.name,
        plan.trials,
        Counter(each.state for each in ended.values()),
        running,
        tuple(_best(plan.space.objectives, ended.values())),
    )
    if since is not None and lately + gained >= LEAST_PART:
        left = (now - since) * max(0.0, plan.trials - snapshot.done) / (lately + gained)
        snapshot = replace(snapshot, left=left)
    complete = _complete(ended.values())
    values = [minimised(each.values, plan.space.objectives) for each in complete]
    front = int(non_dominated(np.array(values)).sum()) if values else 0
    return StudyState(folder, plan, snapshot, held, begun, sign or None, len(complete), front, tuple(remarks))


def _recorded(folder: StudyFolder, plan: StudyPlan, remarks: list[str]) -> Iterator[_Ended]:
    """The trials that `records.csv` has; none where there is none yet, or it is damaged."""
    if not folder.records.exists():
        return
    try:
        table = read_records(folder.records)
    except InputError as error:
        remarks.append(f"{error}; the trials' folders are read instead")
        return
    names = [objective.name for objective in plan.space.objectives]
    columns = [_column(table, name) for name in names]
    for number, family, state, *values in zip(table["trial"], table["family"], table["state"], *columns, strict=True):
        yield _Ended(int(number), str(family), str(state), dict(zip(names, values, strict=True)))


def _column(table: pd.DataFrame, name: str) -> "pd.Series[float]":
    return as_numbers(table[name]) if name in table else pd.Series(np.nan, table.index)


def _of_folder(trial: TrialFolder, number: int, objectives: Collection[Objective]) -> _Ended:
    outcome = Outcome.read(trial) or Outcome("failed")  # it has just been seen
    values = {objective.name: float(outcome.metrics.get(objective.name, np.nan)) for objective in objectives}
    config = _config(trial)
    return _Ended(number, config.family if config else UNKNOWN, outcome.state, values)


def _config(trial: TrialFolder) -> TrialConfig | None:
    try:
        return TrialConfig(**read_json(trial.config))
    except (OSError, ValueError, TypeError, ValidationError):
        return None


def _running(trial: TrialFolder, number: int, since: float, remarks: list[str]) -> tuple[Running, float]:
    """A trial under way, and the part of its training that was done since then."""
    config = _config(trial)
    family, total = (config.family, config.total_steps) if config else (UNKNOWN, 0)
    lines: list[dict[str, Any]] = []
    try:
        lines = list(trial.read_metrics())
        places = [(int(line["step"]), float(line["seconds"]), float(line.get("time", since))) for line in lines]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        remarks.append(f"{trial.metrics}: cannot be read to its end")
        return Running(number, family, total=total), 0.0
    if not places:
        return Running(number, family, total=total), 0.0
    (step, seconds, _), before = places[-1], places[-2:-1]
    speed = max(((step - s) / (seconds - t) for s, t, _ in before if seconds > t), default=0.0)
    losses = {name.removeprefix("train_"): v for name, v in lines[-1].items() if name.startswith("train_")}
    earlier = max((s for s, _, at in places if at < since), default=0)
    part = (step - earlier) / total if total else 0.0
    return Running(number, family, step, total, speed, losses), max(0.0, part)


def _complete(ended: Collection[_Ended]) -> list[_Ended]:
    """Those that have a finite value of every objective."""
    return [each for each in ended if each.state == "complete" and all(map(math.isfinite, each.values.values()))]


def _best(objectives: Sequence[Objective], ended: Collection[_Ended]) -> Iterator[BestValue]:
    complete = sorted(_complete(ended), key=lambda each: each.trial)
    for at, objective in enumerate(objectives):
        if complete:
            best = min(complete, key=lambda each: ranks(each.values, objectives)[at])
            yield BestValue(objective.name, best.values[objective.name], best.trial, best.family)


def _mtime(path: Path) -> float:
    """When the file was changed, in seconds since 1970; 0 if it is not there."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _changed(folder: StudyFolder) -> float:
    return max(map(_mtime, (folder.plan, folder.database, folder.records, folder.report)))


def _last_sign(trial: TrialFolder) -> float:
    """When anything in a trial's folder was changed."""
    found = 0.0
    with suppress(OSError), os.scandir(trial.path) as entries:
        for entry in entries:
            with suppress(OSError):  # a file that has just been replaced
                found = max(found, entry.stat().st_mtime)
    return found
