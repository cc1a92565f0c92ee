"""The trials of the page: which they are, what the panel says and shows of each, and the list to pick one from."""

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from study.config.trial import setting_names
from study.metrics import METRICS
from study.records.table import RUNG, VALIDATION, as_numbers
from study.report.analysis.analysis import EFFORT, Analysis, setting_text
from study.report.read.album import Album
from study.report.text.format import axis_label, number, plain, seed_text

MOST = 2_000
"""More marks than of so many trials make a page slow to open: beyond, it has the front, and of the others a sample."""

LONGEST_REASON = 2_000
"""Letters of a trial's reason that are shown."""

ROOM = 2 * 1024 * 1024
"""Bytes of pictures that the page takes in: with base64, plotly.js and a thousand trials it stays under 10 MB."""


def thinned(analysis: Analysis, most: int = MOST) -> Analysis:
    """The analysis itself, or of more than `most` trials those of the front and a random sample, always the same."""
    if len(analysis.trials) <= most:
        return analysis
    front, others = analysis.front.index[:most], analysis.trials.index.difference(analysis.front.index)
    sample = pd.Series(others).sample(min(most - len(front), len(others)), random_state=0)
    kept = front.union(pd.Index(sample))
    return replace(
        analysis,
        trials=analysis.trials.loc[kept],
        complete=analysis.complete.loc[analysis.complete.index.intersection(kept)],
        groups=tuple(
            replace(group, complete=group.complete.loc[group.complete.index.intersection(kept)])
            for group in analysis.groups
        ),
    )


def trial_table(analysis: Analysis) -> dict[str, Any]:
    """The columns of the panel, each with one entry a trial; null for what a trial does not have.

    `index` has the numbers by which figures and pictures name the trials.
    """
    trials = analysis.trials
    runs = [
        analysis.study(study).run(int(trial)) for study, trial in zip(trials["study"], trials["trial"], strict=True)
    ]
    return {
        "index": [int(index) for index in trials.index],
        "trial": [int(trial) for trial in trials["trial"]],
        "study": [str(study) for study in trials["study"]],
        "group": [str(group) for group in trials["group"]],
        "state": [str(state) for state in trials["state"]],
        "reason": [str(reason)[:LONGEST_REASON] for reason in trials["reason"]],
        "front": trials.index.isin(analysis.front.index).tolist(),
        "run": [run.run_id for run in runs],
        "url": [run.url for run in runs],
        "values": [
            {
                "name": axis_label(objective),
                "test": _texts(trials, objective.name),
                "validation": _texts(trials, VALIDATION + objective.name, objective.name),
            }
            for objective in analysis.objectives
        ],
        "settings": _settings(analysis),
        "metrics": _metrics(analysis),
    }


def picker(analysis: Analysis) -> list[tuple[str, list[tuple[int, str]]]]:
    """The list of all trials under headings: index and text of each. The front first, then groups, then states."""
    several, objectives = len(analysis.studies) > 1, analysis.objectives

    def entries(trials: pd.DataFrame) -> list[tuple[int, str]]:
        return [(int(index), named(row)) for index, row in zip(trials.index, trials.to_dict("records"), strict=True)]

    def named(row: Mapping[Hashable, Any]) -> str:
        values = [number(row[o.name], o.name) for o in objectives] if row["state"] == "complete" else []
        return f"{row['trial']}{' of ' + row['study'] if several else ''}, {row['family']}{_after(values)}"

    found = [("non-dominated" if len(objectives) > 1 else "best", entries(analysis.front))]
    found += [(group.name, entries(group.complete[~group.complete["front"]])) for group in analysis.groups]
    unusable = analysis.trials.drop(analysis.complete.index)
    for state, trials in unusable.groupby("state", sort=False):
        found.append((f"{state}, without a result", entries(trials)))
    return [(heading, trials) for heading, trials in found if trials]


def _after(values: list[str]) -> str:
    return f": {', '.join(values)}" if values else ""


def _texts(trials: pd.DataFrame, column: str, metric: str = "") -> list[str | None]:
    values = as_numbers(trials[column]) if column in trials else pd.Series(math.nan, trials.index)
    return _shown(values, lambda value: number(value, metric or column))


def _shown(values: pd.Series, text: Callable[[Any], str]) -> list[str | None]:
    return [None if pd.isna(value) else text(value) for value in values.tolist()]


def _settings(analysis: Analysis) -> list[dict[str, Any]]:
    """The searched settings, those of `EFFORT`, and the seed."""
    searched = {name for study in analysis.studies for name in study.plan.space.parameters}
    names = [
        name
        for name in setting_names()
        if name in analysis.trials and name != "family" and (name in searched or name in EFFORT)
    ]
    columns = [{"name": plain(name), "texts": _shown(analysis.trials[name], setting_text)} for name in names]
    return [*columns, {"name": "seed", "texts": _shown(analysis.trials["seed"], seed_text)}]


def _metrics(analysis: Analysis) -> list[dict[str, Any]]:
    """All other metrics that some trial has, on test images; of pruned trials what they were stopped by."""
    objectives = {objective.name for objective in analysis.objectives}
    trials = analysis.trials
    columns = [(plain(name), name, name) for name in METRICS if name not in objectives]
    columns += [("images seen when stopped", RUNG, "")]
    columns += [(f"{plain(name)} when stopped, on validation images", f"{RUNG}_{name}", name) for name in objectives]
    return [
        {"name": shown, "texts": _texts(trials, column, metric)}
        for shown, column, metric in columns
        if column in trials and trials[column].notna().any()
    ]


def trial_pictures(analysis: Analysis, album: Album) -> dict[int, dict[str, str]]:
    """By the trial's index: the source of each of its pictures by name, a data URI or a path.

    Room is given to each family's best in each objective, then to the front, then to the others as they rank in the
    first objective.
    """
    wanted = analysis.complete.loc[_best_first(analysis)]
    found = {}
    for index, study, trial in zip(wanted.index, wanted["study"], wanted["trial"], strict=True):
        pictures = album.of(analysis.study(study), int(trial))
        if pictures:
            found[int(index)] = {picture.name: picture.source or picture.link for picture in pictures}
    return found


def _best_first(analysis: Analysis) -> list[int]:
    best = [analysis.best(group, objective) for group in analysis.groups for objective in analysis.objectives]
    wanted = [*(row.name for row in best if row is not None), *analysis.front.index, *analysis.ranking.index]
    return list(dict.fromkeys(wanted))
