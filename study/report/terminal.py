"""The front as a table for a terminal: what `study.launch` and `study.report` print at the end."""

import pandas as pd
from rich.markup import escape
from rich.table import Table

from study.records import VALIDATION
from study.report.tables import setting_text
from study.report.words import number
from study.report.write import ReportSummary

_BESIDE = {"study", "trial", "family", "seed", "config_id", "mlflow_run_id"}


def front_as_table(summary: ReportSummary) -> Table:
    """The non-dominated trials: their values on test images, and those settings that each of them has."""
    front = summary.front
    objectives = [c.removeprefix(VALIDATION) for c in front.columns if c.startswith(VALIDATION)]
    shown = {*_BESIDE, *objectives, *(VALIDATION + name for name in objectives)}
    settings = [column for column in front.columns if column not in shown]
    several = front["study"].nunique() > 1
    table = Table(title="Non-dominated trials, values on test images", title_justify="left")
    for column in ["study"] * several + ["trial", "family", *objectives]:
        text = column in ("study", "family")
        table.add_column(column, justify="left" if text else "right", overflow="fold", no_wrap=column in objectives)
    table.add_column("settings", overflow="fold", min_width=10)
    for _, row in front.iterrows():
        had = [f"{name} {setting_text(row[name])}" for name in settings if not pd.isna(row[name])]
        cells = [str(row["study"])] * several + [str(row["trial"]), str(row["family"])]
        cells += [number(row[name], name) for name in objectives]
        table.add_row(*map(escape, [*cells, ", ".join(had)]))
    return table
