"""`python -m study.report runs/STUDY [runs/OTHER …]`: the report again, from what is stored; nothing is trained.

The report of one study goes into its folder, that of several into a folder of its own (`--output`). With `--figure 4`
only that figure of the paper is drawn, from the records that serve it.
"""

from study.system.signals import end_imports_quietly

if __name__ == "__main__":
    end_imports_quietly()

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from study.report.claims.verdict_table import as_table
from study.report.claims.verdicts import Verdict
from study.report.paper.answers import row_called
from study.report.terminal import front_as_table
from study.report.write import write_figure, write_report, written_here
from study.system.exit_codes import exit_codes, print_line, print_sentence, run_app

EXAMPLES = """
Examples:

  python -m study.report runs/dsprites

  python -m study.report runs/dsprites runs/longer

  python -m study.report runs/dsprites runs/longer --output runs/comparison

  python -m study.report runs/paper-figure4 --figure 4
"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")


@app.command(epilog=EXAMPLES)
def report(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="STUDY", help="Folders of studies, e.g. runs/dsprites."),
    ],
    figure: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Draw only this of the paper: a figure by its number, or figure4, table1, headline, …"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the report goes: by default into the folder of a single study, and that of several into a "
            "folder beside the first, called by all their names, e.g. runs/dsprites+longer.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Redraw the report of one study, or of several on the same axes, from what is stored; nothing is trained."""
    with exit_codes(), written_here(folders):
        if figure is None:
            _whole(folders, output)
        else:
            _one(folders, figure, output)


def _whole(folders: Sequence[Path], output: Path | None) -> None:
    summary = write_report(folders, output)
    console = Console()
    for sentence in summary.result:
        print_sentence(console, sentence)
    if len(summary.front):
        console.print(front_as_table(summary))
    _verdicts(console, summary.verdicts)
    print_line(console, f"Report: {summary.report}")


def _one(folders: Sequence[Path], figure: str, output: Path | None) -> None:
    name = row_called(figure)
    summary = write_figure(folders, name, output)
    console = Console()
    _verdicts(console, summary.verdicts)
    for note in summary.notes:
        print_sentence(console, note)
    if summary.figure is None:
        print_sentence(console, f"{name}: the trials that are complete do not show it yet; nothing is drawn")
    else:
        print_line(console, f"Figure: {summary.figure}")


def _verdicts(console: Console, verdicts: Sequence[Verdict]) -> None:
    if verdicts:
        console.print(as_table(verdicts))


def main() -> None:
    run_app(app)


if __name__ == "__main__":
    main()
