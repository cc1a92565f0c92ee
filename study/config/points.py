"""Points of a space that a study is to try first: read from a file, and checked against the space."""

import csv
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from study.config.messages import one_of, received, shortened
from study.config.space import SearchSpace
from study.config.values import Choice
from study.config.yaml_text import LARGEST_YAML, Misread, read_text, read_yaml, write_yaml
from study.system.errors import InputError, one_line

Point = dict[str, Choice]
"""Values of parameters by name; what a point leaves open is left to the sampler."""

_OTHER_NUMBER = re.compile(r"[-+]?[.,]?\d[\d\s.,'’]*([eE][-+]?\d+)?")
"""Text in a table that is a number elsewhere: `0,5`, `1.234,5`, `1 000`."""

LARGEST_TABLE = 2**26
"""Bytes of a CSV file: a study's records have about a thousand a trial."""


def check_points(space: SearchSpace, points: Sequence[Any]) -> tuple[Point, ...]:
    """The points as the space's parameters give their values, in its order. `ValueError` names the first wrong one."""
    checked = []
    for number, point in enumerate(points, 1):
        try:
            checked.append(_check(space, point))
        except ValueError as error:
            raise ValueError(f"point {number} of {len(points)}: {error}") from None
    size = len(write_yaml(checked).encode())
    if size > LARGEST_YAML // 2:
        raise ValueError(f"{len(points):,} points are {size:,} bytes of YAML; at most {LARGEST_YAML // 2:,} can be")
    return tuple(checked)


def read_points(path: Path, names: Collection[str]) -> list[Any]:
    """The points that a file lists: a YAML list of mappings, or the non-empty cells of a CSV in columns of these names.

    `InputError` if it cannot be read or lists nothing. The points are not checked yet: see `check_points`.
    """
    where = f"--enqueue: {shortened(str(path))}"
    table = path.suffix.lower() == ".csv"
    if not table and path.suffix.lower() not in (".yaml", ".yml"):
        raise InputError(f"{where}: expected a .yaml or a .csv file")
    try:
        text = read_text(path, LARGEST_TABLE if table else LARGEST_YAML)
        points = _rows(text, names) if table else read_yaml(text)
    except FileNotFoundError:
        raise InputError(f"{where}: no such file") from None
    except Misread as error:
        raise InputError(f"{where}: {error}") from None
    except (OSError, ValueError, csv.Error) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"{where}: cannot be read: {one_line(said)}") from None
    if not isinstance(points, list):
        raise InputError(f"{where}: needs a list of mappings; received {received(points)}")
    if not points:
        raise InputError(f"{where}: needs at least one point; received none")
    return points


def _check(space: SearchSpace, given: Any) -> Point:
    if not isinstance(given, dict):
        raise ValueError(f"needs a mapping; received {received(given)}")
    if not given:
        raise ValueError("needs a value of at least one parameter; received none")
    for name in given:
        if name not in space.parameters:
            raise ValueError(f"{received(name)} is not a searched parameter; {one_of(space.parameters, name)}")
    point: Point = {}
    for name, parameter in space.parameters.items():
        if name not in given:
            continue
        for other, allowed in parameter.when.items():
            if point.get(other) not in allowed:
                has = f"{other} is {received(point[other])}" if other in point else f"{other} is not given"
                raise ValueError(f"{name}: exists only where {other} is {' or '.join(map(str, allowed))}; here {has}")
        try:
            point[name] = parameter.checked(given[name])
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return point


def _rows(text: str, names: Collection[str]) -> list[dict[str, Any]]:
    rows = csv.reader(text.removeprefix("\ufeff").splitlines(), strict=True)
    header = next(rows, [])
    columns = {i: name for i, name in enumerate(header) if name in names}
    twice = [name for name in names if header.count(name) > 1]
    if twice:
        raise ValueError(f"a column for each parameter; received {twice[0]} twice")
    if not columns:
        by = ", and columns are separated by commas" if len(header) == 1 and set(header[0]) & set(";\t|") else ""
        raise ValueError(f"none of its columns is a searched parameter; these are {', '.join(names)}{by}")
    points = []
    for cells in filter(None, rows):
        if len(cells) != len(header):
            raise ValueError(
                f"line {rows.line_num}: needs {len(header)} cells, as the header has; received {len(cells)}; "
                "numbers have a decimal point"
            )
        points.append(
            {name: _cell(cells[i], f"line {rows.line_num}, {name}") for i, name in columns.items() if cells[i].strip()}
        )
    return points


def _cell(text: str, where: str) -> Any:
    try:
        value = read_yaml(text)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    if isinstance(value, str) and _OTHER_NUMBER.fullmatch(value):
        raise ValueError(f"{where}: received {received(value)}; a number has a decimal point, no comma or space")
    return value
