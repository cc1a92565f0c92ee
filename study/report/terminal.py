"""The front as a table for a terminal: what `study.launch` and `study.report` print at the end."""

from rich import box
from rich.markup import escape
from rich.table import Table

from study.records.table import VALIDATION
from study.report.analysis.analysis import settings_sentence
from study.report.text.format import number
from study.report.write import ReportSummary

_BESIDE = {"study", "trial", "family", "seed", "config_id", "mlflow_run_id"}


def front_as_table(summary: ReportSummary) -> Table:
    """The non-dominated trials: their values on test images, and those settings that each of them has."""
    front = summary.front
    objectives = [c.removeprefix(VALIDATION) for c in front.columns if c.startswith(VALIDATION)]
    shown = {*_BESIDE, *objectives, *(VALIDATION + name for name in objectives)}
    settings = [column for column in front.columns if column not in shown]
    several = front["study"].nunique() > 1
    title = "Non-dominated trials, values on test images"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ["study"] * several + ["trial", "family", *objectives]:
        text = column in ("study", "family")
        words = column.split("_")  # below each other where there is little room, but each of them whole
        width = max(map(len, words if column in objectives else map(str, front[column])), default=0)
        table.add_column(" ".join(words), justify="left" if text else "right", overflow="fold", min_width=width)
    table.add_column("settings", overflow="fold", min_width=10)
    for _, row in front.iterrows():
        cells = [str(row["study"])] * several + [str(row["trial"]), str(row["family"])]
        cells += [number(row[name], name) for name in objectives]
        table.add_row(*map(escape, [*cells, settings_sentence(row, settings)]))
    return table
