"""Learning curves, read: of which trials, and what could not be read of them."""

from collections.abc import Sequence

import pandas as pd

from study.records.table import RUNG, VALIDATION, as_numbers
from study.report.read.studies import Study, these

CURVES = 400
"""Largest number of trials of the front, and of other trials, whose learning curves are read. More would cover each
other in the figure, and the median of these before the first step is close to that of all.
"""


def sampled_curves(
    studies: Sequence[Study], trials: pd.DataFrame, front: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The curves, each line with its trial's `study`, `family`, `group` and `state`, and what could not be read.

    Trials of the front, and other trials; of more than `CURVES`, a random sample with a fixed seed.
    """
    chosen = pd.concat([_sample(front), _sample(trials.drop(front.index))]).sort_index()
    parts, notes = [], []
    for study in studies:
        curves, unread = read_curves(study, chosen.loc[chosen["study"] == study.label, "trial"].tolist())
        parts.append(curves.assign(study=study.label))
        notes += [f"{study.label}: {note}" if len(studies) > 1 else note for note in unread]
    known = trials[["study", "trial", "family", "group", "state"]]
    return pd.concat(parts).merge(known, on=["study", "trial"]), tuple(notes)


def _sample(trials: pd.DataFrame) -> pd.DataFrame:
    return trials if len(trials) <= CURVES else trials.sample(CURVES, random_state=0)


def read_curves(study: Study, numbers: Sequence[int]) -> tuple[pd.DataFrame, list[str]]:
    """The learning curves of these trials, and in words what could not be read.

    One row for each logged line with validation metrics: `trial`, `images`, `rung` (where the trial was measured to be
    compared) and the objectives under their names in the records. The last row of a complete trial has its own
    validation values: those that the sampler received.
    """
    names = [objective.name for objective in study.plan.space.objectives]
    columns: dict[str, list[float | None]] = {column: [] for column in ("trial", "images", RUNG, *names)}
    missing, damaged = [], []
    for number in numbers:
        trial = study.folder.trial(number)
        if not trial.metrics.exists():
            missing.append(number)
            continue
        try:
            for line in trial.read_metrics(having=f'"{VALIDATION}'):
                place = number, line["images"], line.get(RUNG), *(line.get(VALIDATION + name) for name in names)
                for column, value in zip(columns.values(), place, strict=True):
                    column.append(value)
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            damaged.append(number)
    notes = []
    if missing:
        notes.append(f"No learning curve of {these(missing)}: metrics.jsonl is not there.")
    if damaged:
        notes.append(f"The learning curve of {these(damaged)} ends early: a line of metrics.jsonl cannot be read.")
    curves = pd.DataFrame({name: as_numbers(pd.Series(values, dtype=object)) for name, values in columns.items()})
    return _with_ends(curves, study.trials, names), notes


def _with_ends(curves: pd.DataFrame, trials: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    begun = trials[(trials["state"] == "complete") & trials["trial"].isin(curves["trial"])]
    metrics = {VALIDATION + name: name for name in names if VALIDATION + name in trials}
    ends = begun[["trial", "images_trained", *metrics]].rename(columns={"images_trained": "images", **metrics})
    if not len(ends):
        return curves
    return pd.concat([curves, ends.apply(as_numbers)]).sort_values(["trial", "images"], kind="stable")
