"""All metrics of a few trials in one table: of the front, and of each family's best in each objective."""

from typing import Any

import numpy as np
import pandas as pd

from study.metrics import METRICS
from study.records.table import FULL
from study.report.analysis.agreement import metric_values
from study.report.analysis.analysis import Analysis
from study.report.sections.section import Contents, Section
from study.report.sentences.summary import floor_sentence
from study.report.text.format import number, plain

MOST = 12
"""Trials of the table, as many as fit beside each other. The families' bests are always among them."""

_ERROR = "_standard_error"


def all_metrics(analysis: Analysis) -> dict[str, Any]:
    """The table for the page: `columns`, their descriptions (`about`), `rows`, `notes`, and `left_out`, the number of
    trials of the front without a row.

    There are no columns if the trials have no metrics but the objectives: other tables show these.
    """
    trials = _listed(analysis)
    values = metric_values(trials).dropna(axis="columns", how="all")
    names = [] if set(values) <= set(analysis.names) else [str(name) for name in values]
    best = {name: values[name].min() if _least(name) else values[name].max() for name in names}
    rows = []
    for position, (_, trial) in enumerate(trials.iterrows()):
        shown = {name: float(values[name].iloc[position]) for name in names}
        cells = [
            {
                "value": number(value, name),
                "best": len(trials) > 1 and value == best[name],
                "beside": _beside(trial, name),
            }
            for name, value in shown.items()
        ]
        rows.append({**trial[["trial", "study", "family", "front"]], "cells": cells})
    return {
        "columns": [{"name": plain(name), "least": _least(name)} for name in names],
        "about": [
            {"name": plain(name), "about": METRICS[name].description, "unit": METRICS[name].unit} for name in names
        ],
        "rows": rows,
        "notes": [] if "reconstruction" in analysis.names else floor_sentence(analysis, "reconstruction"),
        "left_out": len(analysis.front) - int(trials["front"].sum()),
    }


def _least(metric: str) -> bool:
    return METRICS[metric].direction == "minimize"


def _listed(analysis: Analysis) -> pd.DataFrame:
    """The trials of the table, in the order of the ranking."""
    bests = [analysis.best(group, objective) for group in analysis.groups for objective in analysis.objectives]
    wanted = dict.fromkeys([row.name for row in bests if row is not None])
    for index in analysis.front.index:
        if len(wanted) >= MOST:
            break
        wanted[index] = None
    ranking = analysis.ranking
    return ranking[ranking.index.isin(list(wanted))]


def _beside(trial: pd.Series, metric: str) -> str:
    """Text below a value: its standard error, and the same metric at full size."""
    parts = []
    error, full = (pd.to_numeric(trial.get(name, np.nan), errors="coerce") for name in (metric + _ERROR, FULL + metric))
    if np.isfinite(error):
        parts.append(f"± {number(float(f'{error:.2g}'), metric)}")
    if np.isfinite(full):
        parts.append(f"full size {number(full, metric)}")
    return ", ".join(parts)


def _context(contents: Contents) -> dict[str, Any] | None:
    table = all_metrics(contents.analysis)
    return {"table": table} if table["columns"] else None


ALL_METRICS = Section("metrics", "All metrics", _context)
