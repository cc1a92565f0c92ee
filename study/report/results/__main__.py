"""`python -m study.report.results`: reduce studies of the paper's rows to small files, and tabulate all claims.

keep runs/paper-figure4 … results/paper     study folders reduced to small files
table results/paper/* --into FILE           all claims, as Markdown, between two marks of FILE, or printed
"""

from study.system.signals import end_imports_quietly

if __name__ == "__main__":
    end_imports_quietly()

from pathlib import Path
from typing import Annotated

import typer

from study.report.results.markdown import claims_markdown, write_into
from study.report.results.reduce import keep
from study.system.errors import InputError
from study.system.exit_codes import exit_codes, run_app

KEEP_EXAMPLES = """
Examples:

  python -m study.report.results keep runs/paper-figure4 results/paper
"""

TABLE_EXAMPLES = """
Examples:

  python -m study.report.results table results/paper/*

  python -m study.report.results table results/paper/* --into README.md
"""

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Results of the paper's rows: keep small files of studies, and write the table of all claims.",
    epilog=KEEP_EXAMPLES + TABLE_EXAMPLES.replace("Examples:\n", ""),
)

KIB = 1024


@app.command("keep", epilog=KEEP_EXAMPLES)
def keep_command(
    folders: Annotated[list[Path], typer.Argument(help="Study folders that share a report, then where they go.")],
) -> None:
    """Reduce study folders to records, plan, claims, figures and the arrays that these need: FOLDER … INTO."""
    with exit_codes():
        if len(folders) < 2:
            raise InputError("keep: needs the folder of a study, and the folder that it goes into; received one")
        for folder in keep(folders[:-1], folders[-1]):
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            typer.echo(f"{folder}: {size / KIB:,.0f} KiB")


@app.command("table", epilog=TABLE_EXAMPLES)
def table_command(
    folders: Annotated[list[Path], typer.Argument(help="Study folders, whole or kept.")],
    into: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file with the two marks that the tables go between.")
    ] = None,
) -> None:
    """All claims of the paper with their verdicts, as Markdown; what no study answers is there as not run."""
    with exit_codes():
        markdown = claims_markdown(folders)
        if into is None:
            typer.echo(markdown)
        else:
            write_into(into, markdown)
            typer.echo(f"Claims: {into}")


if __name__ == "__main__":
    run_app(app)
