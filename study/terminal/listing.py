"""`wae-study spaces` and `wae-study metrics`: what a study can name, one line each."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from study.config.load import available_spaces, load_space
from study.config.messages import one_of, received
from study.data import DATASETS
from study.metrics import METRICS, offered
from study.system.errors import InputError
from study.system.exit_codes import exit_codes

WIDE = 400
"""Columns of the output where it is not a terminal: every line is whole."""

spaces = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")
metrics = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")


@spaces.command()
def list_spaces() -> None:
    """List the search spaces that come with the package: name, dataset, and what is searched."""
    with exit_codes():
        table = _table("space", "dataset", "what it is")
        for name in available_spaces():
            space, _ = load_space(name)
            table.add_row(name, space.dataset, space.description)
        _print(table)


@metrics.command()
def list_metrics(
    dataset: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only those that this dataset offers.", show_default=False)
    ] = None,
) -> None:
    """List the metrics: name, direction, unit, what it is, and what a dataset has to offer for it."""
    with exit_codes():
        if dataset is not None and dataset not in DATASETS:
            raise InputError(f"--dataset: received {received(dataset)}; {one_of(DATASETS, dataset)}")
        chosen = METRICS if dataset is None else offered(DATASETS[dataset].offers)
        table = _table("metric", "direction", "unit", "what it is", "needs")
        for name, metric in chosen.items():
            table.add_row(name, metric.direction or "–", metric.unit or "–", metric.description, metric.needs or "–")
        _print(table)


def _table(*columns: str) -> Table:
    """A table of one line a row; in a terminal the long texts are cut."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=True, overflow="ellipsis" if column == "what it is" else "fold")
    return table


def _print(table: Table) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
    console.print(table)
