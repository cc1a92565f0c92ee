"""`python -m study.report runs/STUDY [runs/OTHER …]`: the report again, from what is stored; nothing is trained."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from study.errors import InputError
from study.report import write_report
from study.report.terminal import front_as_table


def report(
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


def main() -> None:
    typer.run(report)


if __name__ == "__main__":
    main()
