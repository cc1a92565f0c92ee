"""`python -m study.report runs/STUDY [runs/OTHER …]`: the report again, from what is stored; nothing is trained."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from study.errors import InputError
from study.report import ReportSummary, write_report
from study.report.words import number

SETTINGS_SHOWN = 5
"""Settings of a trial beside its values in the terminal; the page has all of them."""


def front_as_table(summary: ReportSummary) -> Table:
    """The non-dominated trials for a terminal."""
    front = summary.front
    table = Table(title="Non-dominated trials (values on test images)")
    several = front["study"].nunique() > 1
    hidden = {"config_id", "mlflow_run_id", "seed"} | (set() if several else {"study"})
    columns = [c for c in front.columns if c not in hidden and not c.startswith("validation_")]
    objectives = [c.removeprefix("validation_") for c in front.columns if c.startswith("validation_")]
    fixed = [c for c in columns if c in ("study", "trial", "family", *objectives)]
    columns = fixed + [c for c in columns if c not in fixed][:SETTINGS_SHOWN]
    for column in columns:
        table.add_column(column, justify="left" if column in ("study", "family") else "right")
    for _, row in front.iterrows():
        table.add_row(
            *(
                number(row[c], c) if c in objectives or isinstance(row[c], float) else str(row[c])
                for c in columns
            )
        )
    return table


def main(
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of studies, e.g. runs/dsprites; the report goes into the first.")
    ],
) -> None:
    """Redraw the report of one study, or of several on the same axes, from what is stored; nothing is trained."""
    try:
        summary = write_report(folders)
    except InputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    console = Console()
    for sentence in summary.result:
        console.print(sentence, highlight=False, markup=False)
    if len(summary.front):
        console.print(front_as_table(summary))
    console.print(f"Report: {summary.report}", highlight=False, markup=False, soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)
