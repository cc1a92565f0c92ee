"""Columns that go with a user's images: the table of a CSV file, values by their type, and the parts that one names."""

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from study.data.dataset import PARTS, Split
from study.system.errors import InputError, one_line
from study.system.files import regular


def read_table(file: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """The columns of a CSV file as texts (n,), in the order of the images `names`; rows of other files are left out.

    The first row names the columns, the first column the files. `InputError` unless each image has exactly one row,
    without a missing value.
    """
    try:
        with regular(file).open(encoding="utf-8-sig", newline="") as stream:
            rows = [row for row in csv.reader(stream) if row]
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise InputError(f"{file}: cannot be read as a CSV table in UTF-8: {one_line(error)}") from None
    if not rows or len(rows[0]) < 2 or len(set(rows[0])) < len(rows[0]):
        raise InputError(
            f"{file}: the first row should name the column of file names, and others, each once; "
            f"received {rows[0][:9] if rows else 'nothing'}"
        )
    header = rows[0]
    by_name: dict[str, list[str]] = {}
    for row in rows[1:]:
        if len(row) != len(header) or "" in row:
            raise InputError(f"{file}: every row must have {len(header)} values; received {row[:9]}")
        if by_name.setdefault(_normal(row[0]), row) is not row:
            raise InputError(f"{file}: every image must have one row; received two for {row[0]}")
    missing = [name for name in names if _normal(name) not in by_name]
    if missing:
        raise InputError(f"{file}: has no row for {len(missing)} of {len(names)} images, such as {missing[0]}")
    ordered = [by_name[_normal(name)] for name in names]
    return {name: np.array([row[at] for row in ordered]) for at, name in enumerate(header) if at}


def _normal(name: str) -> str:
    """A file's name as it is compared: macOS writes letters with accents as two characters, others as one."""
    return unicodedata.normalize("NFC", name.removeprefix("./"))


def typed(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Columns of texts as whole numbers where all values are such, else as floating-point numbers, else as texts."""
    return {name: _as_numbers(values) for name, values in columns.items()}


def _as_numbers(values: np.ndarray) -> np.ndarray:
    for kind in (np.int64, np.float64):
        try:
            return values.astype(kind)
        except (ValueError, OverflowError):
            continue
    return values


def named_parts(values: np.ndarray, column: str) -> Split:
    """The parts of images by the names (n,) in a column. `InputError` if one is not `train`, `validation` or `test`."""
    found = np.unique(values).tolist()
    other = [value for value in found if value not in PARTS]
    if values.ndim != 1 or other:
        received = repr(other[0]) if other else f"shape {values.shape}"
        raise InputError(f"split: {column} should have one of {', '.join(PARTS)} for each image; received {received}")
    return Split(*(np.flatnonzero(values == part) for part in PARTS))
