"""Trials with their settings, as the page, the terminal and `ReportSummary` show them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from study.config.trial import SETTINGS
from study.records.table import VALIDATION
from study.report.analysis.analysis import Analysis

EFFORT = ("images", "steps", "width", "batch_size")
"""Settings that are shown if they differ between trials, even if they were not searched."""


def setting_columns(analysis: Analysis) -> list[str]:
    """The settings to show with a trial: those that were searched, and those of `EFFORT` that differ."""
    searched = {name for study in analysis.studies for name in study.plan.space.parameters}
    shown = []
    for name in SETTINGS:
        if name not in analysis.complete or name in ("family", "dataset", "seed"):
            continue
        values = analysis.complete[name].dropna()
        if len(values) and (name in searched or (name in EFFORT and values.nunique() > 1)):
            shown.append(name)
    return shown


def setting_text(value: Any) -> str:
    """A setting as text; a dash if the family does not have it."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.3g}"
    return str(value)


def settings_sentence(row: Mapping[Any, Any] | pd.Series, columns: Sequence[str]) -> str:
    """Those of these settings that the row's family has: `latent_dim 16, lambda_1 0.5`."""
    return ", ".join(f"{name} {setting_text(row[name])}" for name in columns if not pd.isna(row[name]))


def front_table(analysis: Analysis) -> pd.DataFrame:
    """The non-dominated trials: study, trial, family, values on test and validation images, settings, MLflow run."""
    values = [column for name in analysis.names for column in (name, VALIDATION + name)]
    columns = ["study", "trial", "family", *values, *setting_columns(analysis), "seed", "config_id", "mlflow_run_id"]
    return analysis.front.reindex(columns=columns).reset_index(drop=True)
