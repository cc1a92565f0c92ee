"""`wae-study spaces`, `metrics` and `settings`: what a study can name, one line each."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

import typer
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from rich.console import Console
from rich.table import Table

from study.config.families import FAMILIES
from study.config.load import available_spaces, load_space
from study.config.messages import one_of, received
from study.config.networks import NETWORKS
from study.config.setting import Setting
from study.config.trial import TrialConfig, declared, numbers, setting_names, truths, whole_numbers
from study.data import DATASETS
from study.metrics import METRICS, offered
from study.system.errors import InputError
from study.system.exit_codes import exit_codes

WIDE = 400
"""Columns of the output where it is not a terminal: every line is whole."""

spaces = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")
settings = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")
metrics = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")


@spaces.command()
def list_spaces() -> None:
    """List the search spaces that come with the package: name, dataset, and description."""
    with exit_codes():
        table = _table("space", "dataset", "what it is")
        for name in available_spaces():
            space, _ = load_space(name)
            table.add_row(name, space.dataset, space.description)
        _print(table)


@metrics.command()
def list_metrics(
    dataset: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the metrics of this dataset.", show_default=False)
    ] = None,
) -> None:
    """List the metrics: name, direction, unit, description, and what it needs from a dataset."""
    with exit_codes():
        if dataset is not None and dataset not in DATASETS:
            raise InputError(f"--dataset: received {received(dataset)}; {one_of(DATASETS, dataset)}")
        chosen = METRICS if dataset is None else offered(DATASETS[dataset].offers)
        table = _table("metric", "direction", "unit", "what it is", "needs")
        for name, metric in chosen.items():
            table.add_row(name, metric.direction or "–", metric.unit or "–", metric.description, metric.needs or "–")
        _print(table)


@settings.command()
def list_settings() -> None:
    """List the settings of a trial: type, default, allowed values, families or networks that have it, description."""
    with exit_codes():
        table = _table("setting", "type", "default", "allowed", "of", "what it is")
        for row in setting_rows():
            table.add_row(*row)
        _print(table)


def setting_rows() -> list[tuple[str, str, str, str, str, str]]:
    """Of every setting: name, type, default, allowed values, families or networks that have it, and what it is."""
    common = {name: field for name, field in TrialConfig.model_fields.items() if name not in ("dataset", "seed")}
    own = declared()
    return [
        _common_row(name, common[name]) if name in common else _own_row(name, own[name]) for name in setting_names()
    ]


def _common_row(name: str, field: FieldInfo) -> tuple[str, str, str, str, str, str]:
    limits = {each.__class__.__name__.lower(): each for each in field.metadata}
    number = {kind: getattr(limits[kind], kind) for kind in ("ge", "gt", "le") if kind in limits}
    names = {"family": list(FAMILIES), "network": list(NETWORKS)}.get(name, [])
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else names
    allowed = _allowed(choices, number.get("ge"), number.get("le"), number.get("gt"))
    kind = "list of numbers" if name == "learning_rate_schedule" else _kind(name)
    default = "either of both" if name in ("images", "steps") else _default(field.get_default())
    return name, kind, default, allowed, "all", field.description or ""


def _own_row(name: str, setting: Setting) -> tuple[str, str, str, str, str, str]:
    of = {n: f.settings[name] for n, f in FAMILIES.items() if name in f.settings and not f.settings[name].constant}
    of |= {n: each.settings[name] for n, each in NETWORKS.items() if name in each.settings}
    defaults = list(dict.fromkeys(_default(each.default) for each in of.values()))
    first = next(iter(of.values()), setting)
    allowed = _allowed(first.choices, first.low, first.high, first.above)
    owners = "all" if set(of) in (set(FAMILIES), set(NETWORKS)) else ", ".join(of)
    return name, _kind(name), " or ".join(defaults), allowed, owners, setting.description


def _kind(name: str) -> str:
    if name in whole_numbers():
        return "whole number"
    return "number" if name in numbers() else "true or false" if name in truths() else "text"


def _default(value: Any) -> str:
    if value is None or value is PydanticUndefined:
        return "needed"
    if isinstance(value, tuple):
        return ", ".join(map(_default, value))
    return f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)


def _allowed(choices: Sequence[str], low: float | None, high: float | None, above: float | None) -> str:
    if choices:
        return ", ".join(choices)
    ends = [f"above {above:g}" if above is not None else "", f"from {low:g}" if low is not None else ""]
    return " ".join(filter(None, [*ends, f"to {high:g}" if high is not None else ""]))


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
