"""What the study cost: wall-clock time, time on each device, training images, memory, and what gave no result."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from study.records.table import as_numbers
from study.report.analysis.analysis import Analysis
from study.report.read.times import covered, intervals, logged_times
from study.report.sections.section import Contents, Section
from study.report.text.format import count, duration

TIMES: Mapping[str, str] = {
    "training_seconds": "training",
    "curve_seconds": "measuring during training",
    "evaluation_seconds": "evaluation",
}
"""The columns of the records with times of a trial, and what each is of."""

UNKNOWN_DEVICE = "not recorded"
"""The device of trials that were stopped early or failed: only a result is recorded with its device."""


def _context(contents: Contents) -> dict[str, Any] | None:
    analysis = contents.analysis
    trials = analysis.trials
    times = pd.DataFrame({name: _column(trials, name) for name in TIMES}).dropna(axis="columns", how="all")
    trained, wall_clock = _logged(analysis, _column(trials, "evaluation_seconds").fillna(0.0))
    if times.empty and trained.isna().all():
        return None
    times["training_seconds"] = _column(times, "training_seconds").fillna(trained)
    times = times[[name for name in TIMES if name in times]].dropna(how="all").fillna(0.0)
    device = trials.loc[times.index].get("device", pd.Series("", times.index)).fillna("").replace("", UNKNOWN_DEVICE)
    rows = [
        {
            "device": name,
            "trials": f"{len(own):,}",
            "parts": [duration(own[column].sum()) for column in times],
            "total": duration(own.sum().sum()),
        }
        for name, own in times.groupby(device)
    ]
    return {
        "parts": [TIMES[str(name)] for name in times],
        "rows": rows,
        "facts": [*wall_clock, _images(analysis), *_lost(analysis, times.sum(axis="columns")), *_memory(trials)],
    }


def _column(table: pd.DataFrame, name: str) -> "pd.Series[float]":
    return as_numbers(table[name]) if name in table else pd.Series(float("nan"), table.index)


def _logged(analysis: Analysis, evaluation: "pd.Series[float]") -> tuple["pd.Series[float]", list[tuple[str, str]]]:
    """Each trial's seconds of training up to its last line; and the wall-clock time as a fact, if it is known.

    A study's wall-clock time is that in which at least one of its trials ran.
    """
    trained = pd.Series(float("nan"), analysis.trials.index)
    spans: dict[str, list[tuple[float, float]]] = {}
    for index, label, number in analysis.trials[["study", "trial"]].itertuples():
        logged = logged_times(analysis.study(label).folder.trial(int(number)))
        if len(logged):
            trained[index], last = logged.max(axis=0)
            spans.setdefault(label, []).extend([*intervals(logged[:, 1]), (last, last + evaluation[index])])
    if not spans:
        return trained, []
    total = sum(covered(own) for own in spans.values())
    return trained, [("wall-clock time", f"{duration(total)} with at least one trial running")]


def _images(analysis: Analysis) -> tuple[str, str]:
    images = as_numbers(analysis.trials["images_trained"]).fillna(0.0)
    return "training images", f"{images.sum():,.0f}"


def _lost(analysis: Analysis, seconds: "pd.Series[float]") -> list[tuple[str, str]]:
    """The part of images and time that trials took which were stopped early or failed, a fact for each state."""
    facts = []
    images = as_numbers(analysis.trials["images_trained"]).fillna(0.0)
    for states, name in ((["pruned"], "stopped early"), (["failed", "infeasible"], "failed or infeasible")):
        these = analysis.trials["state"].isin(states)
        if these.any():
            of_images = images[these].sum() / max(images.sum(), 1.0)
            of_time = seconds.reindex(images.index).fillna(0.0)[these].sum() / max(seconds.sum(), 1e-9)
            number = count(int(these.sum()), "trial")
            facts.append((name, f"{number}: {of_images:.0%} of the images, {of_time:.0%} of the device time"))
    return facts


def _memory(trials: pd.DataFrame) -> list[tuple[str, str]]:
    """The most memory that the process of a trial had; on GPUs, the most GPU memory."""
    largest = _column(trials, "peak_memory_mib").max()
    return [] if pd.isna(largest) else [("peak memory of a trial", f"{largest / 1024:.1f} GiB")]


COST = Section("cost", "What it cost", _context)
