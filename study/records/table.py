"""The tables that a study stores: its records, one a trial, and the importances of its parameters."""

import math
import re
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd

from study.config.messages import received
from study.config.trial import TrialConfig, numbers, truths
from study.metrics import METRICS
from study.system.errors import InputError, one_line
from study.system.files import regular, write_atomically

State = Literal["complete", "pruned", "failed", "infeasible"]
VALIDATION = "validation_"
"""Prefix of a metric on validation images, which is what search saw. Without it: on test images, for the report."""

FULL = "full_"
"""Prefix of a metric on test images at full size, which `python -m study.evaluate --size full` computes."""

RUNG = "rung"
"""The metric of a pruned trial with the number of images it had seen when it was stopped. Its objectives, on reduced
validation data, have names that begin with this one and `_`."""

SCORED_AGAIN = "scored_again"
"""The column of provenance for metrics that were computed after the trial had ended: by which version, and where."""

WRITING_SHARE = 1 / 20
"""Largest part of the time of a study that goes into writing `records.csv` while it runs."""

LONGEST_HEADER = 2**16
"""Bytes of the first line of `records.csv` that are looked at: its columns have some thousands."""

MOST_TRIALS = 10**9
"""Upper bound of the numbers of trials."""

LEAST_TRIALS = 50
"""Least number of complete trials of a family that has importances: a forest finds patterns in the noise of few."""

TEXT_COLUMNS, NUMBER_COLUMNS = ("family", "objective", "parameter"), ("importance", "explained", "trials")
IMPORTANCE_COLUMNS = (*TEXT_COLUMNS, *NUMBER_COLUMNS)
"""`importance` is the share, 0 to 1, of an objective's variance within a family that a parameter has for itself, as a
forest sees it; `explained` is the forest's R² on trials that it has not seen; `trials` is how many there were.
"""

_EMPTY_TEXT = ("config_id", "reason", "mlflow_run_id")
"""The columns in which no value is an empty text."""

_SECONDS = "_seconds"
_NUMBER = re.compile(r"([-+]?(([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?|inf)|nan)?", re.IGNORECASE)
"""Text of a number, be it too large for any float, or none."""

_AGAIN = "the study's next launch writes it again"

_LEADING = ["trial", "config_id", "state", "reason", "family", "seed"]


@dataclass(frozen=True)
class TrialRecord:
    """One ended trial, with its times (`seconds`) and its `provenance`.

    `metrics` is empty unless it is complete, or pruned: then it holds where that was (`RUNG`), and by what.
    """

    trial: int
    config: TrialConfig
    state: State
    reason: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)
    mlflow_run_id: str = ""

    def row(self) -> dict[str, object]:
        """The record as one row of `records.csv`."""
        settings = self.config.settings()
        schedule = " ".join(f"{factor:g}" for factor in self.config.learning_rate_schedule)
        return {
            "trial": self.trial,
            "config_id": self.config.config_id,
            "state": self.state,
            "reason": self.reason,
            **settings,
            "learning_rate_schedule": schedule,
            **self.metrics,
            **{f"{part}{_SECONDS}": value for part, value in self.seconds.items()},
            "mlflow_run_id": self.mlflow_run_id,
            **self.provenance,
        }


def to_table(records: Iterable[TrialRecord]) -> pd.DataFrame:
    """One row a trial, by trial number. A value that a trial does not have is an empty cell."""
    rows = [record.row() for record in sorted(records, key=lambda record: record.trial)]
    table = pd.DataFrame(rows)
    for column in _LEADING:
        if column not in table:
            table[column] = pd.Series(dtype=object)
    return table[_LEADING + [column for column in table if column not in _LEADING]]


def write_records(records: Iterable[TrialRecord], path: Path) -> None:
    """Replace `records.csv` as a whole."""
    write_atomically(path, to_table(records).to_csv(index=False))


class RecordsFile:
    """`records.csv` of a study that runs: kept up with its trials, for at most a twentieth of the time.

    Writing it takes longer the more trials there are. After a write it is left alone for nineteen times as long as that
    took, and lags by the trials that end meanwhile; `catch_up` and, at the end, `write` bring it up to them.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._clock = clock
        self._rests_until = -math.inf
        self._behind = False

    def changed(self, records: Iterable[TrialRecord]) -> None:
        """These are the records now: write them, unless the file rests."""
        self._behind = True
        self.catch_up(records)

    def catch_up(self, records: Iterable[TrialRecord]) -> None:
        """Write what the file lacks, if it rests no more."""
        if self._behind and self._clock() >= self._rests_until:
            self.write(records)

    def write(self, records: Iterable[TrialRecord]) -> None:
        """Write them now."""
        started = self._clock()
        write_records(records, self.path)
        ended = self._clock()
        self._rests_until = ended + (ended - started) * (1 - WRITING_SHARE) / WRITING_SHARE
        self._behind = False


def read_records(path: Path) -> pd.DataFrame:
    """The table that `write_records` wrote. `InputError` if it is missing or is not such a table."""
    try:
        _check_separator(path)
        columns = pd.read_csv(regular(path), nrows=0).columns
        text = {column: str for column in columns if _is_text(column, columns)}
        table = pd.read_csv(regular(path), dtype=text, keep_default_na=False, na_values=[""], low_memory=False)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; a study writes it as its trials end") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as a table: {one_line(error)}; {_AGAIN}") from None
    missing = [column for column in _LEADING if column not in table]
    if missing:
        raise InputError(f"{path}: not the records of a study: without the columns {', '.join(missing)}; {_AGAIN}")
    _check(table, path)
    _check_numbers(table, path)
    return table.astype({"trial": "int64"}).fillna({column: "" for column in _EMPTY_TEXT if column in table})


def is_numeric(column: str) -> bool:
    """Whether a column holds a setting that is a number, or a metric. Those of seconds are not counted."""
    metric = column.removeprefix(VALIDATION).removeprefix(FULL).removeprefix(f"{RUNG}_")
    return column in numbers() or column == RUNG or metric in METRICS


def _is_text(column: str, columns: Collection[str]) -> bool:
    """Whether a column is read as text. Its cells cannot show it: the commit 0679e3348146 reads as an infinity.

    A metric that this version does not know is recognised by its values on validation images.
    """
    return not (
        column == "trial"
        or is_numeric(column)
        or column in truths()
        or column.endswith(_SECONDS)
        or column.startswith((VALIDATION, FULL, f"{RUNG}_"))
        or VALIDATION + column in columns
    )


def as_numbers(column: pd.Series) -> pd.Series:
    """A column as float64: nan where a cell holds no number."""
    try:
        return pd.to_numeric(column, errors="coerce").astype("float64")
    except (TypeError, ValueError, OverflowError):  # whole numbers beyond any float, lists
        return pd.Series([_number(value) for value in column], column.index, dtype="float64")


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]  # what is no number raises
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _check(table: pd.DataFrame, path: Path) -> None:
    """`InputError` unless every row is a trial of its own that has ended in one of the four states."""
    found = as_numbers(table["trial"])
    odd = ~((found >= 0) & (found < MOST_TRIALS) & (found % 1 == 0))
    if odd.any():
        raise InputError(f"{path}: trial needs a number in every row; received {_shown(table, 'trial', odd)}")
    if found.duplicated().any():
        raise InputError(
            f"{path}: expected one row for each trial; received {found[found.duplicated()].iloc[0]:.0f} twice"
        )
    odd = ~table["state"].isin(get_args(State))
    if odd.any():
        allowed = ", ".join(get_args(State))
        raise InputError(f"{path}: state must be one of {allowed}; received {_shown(table, 'state', odd)}")
    if table["family"].isna().any():
        raise InputError(f"{path}: family is required in every row, but missing in some")


def _check_numbers(table: pd.DataFrame, path: Path) -> None:
    """`InputError` unless every cell of a column of numbers is empty or a number, written with a decimal point."""
    for name in table:
        if table[name].dtype.kind in "iuf" or (not is_numeric(str(name)) and not str(name).endswith(_SECONDS)):
            continue
        cells = table[name].dropna()
        for trial, cell in zip(table["trial"][cells.index], cells, strict=True):
            if isinstance(cell, bool) or (isinstance(cell, str) and not _NUMBER.fullmatch(cell.strip())):
                raise InputError(
                    f"{path}: {name} of trial {float(trial):.0f} needs a number with a decimal point, or no value; "
                    f"received {received(cell)}; {_AGAIN}"
                )


def _check_separator(path: Path) -> None:
    """`InputError` if the first line has columns that are separated otherwise than by commas."""
    with regular(path).open("rb") as file:
        header = file.readline(LONGEST_HEADER).decode("utf-8-sig", "replace").strip()
    if "," not in header and re.search("[;\t|]", header):
        raise InputError(
            f"{path}: columns are separated by commas, and numbers have a decimal point; received {received(header)}; "
            f"{_AGAIN}"
        )


def _shown(table: pd.DataFrame, column: str, odd: "pd.Series[bool]") -> str:
    value = table.loc[odd, column].iloc[0]
    return received(value.item() if isinstance(value, np.generic) else value)


def write_importances(table: pd.DataFrame, path: Path) -> None:
    """Replace the file as a whole; where the table has no rows there is none, not even that of an earlier time."""
    if len(table):
        write_atomically(path, table.to_csv(index=False))
    else:
        path.unlink(missing_ok=True)


def read_importances(path: Path) -> pd.DataFrame:
    """The table that was written; without rows where there is none, or not such a one."""
    try:
        table = pd.read_csv(regular(path), dtype=dict.fromkeys(TEXT_COLUMNS, str))[list(IMPORTANCE_COLUMNS)]
    except (OSError, ValueError, KeyError):
        return pd.DataFrame(columns=list(IMPORTANCE_COLUMNS))
    return table.assign(**{name: as_numbers(table[name]) for name in NUMBER_COLUMNS}).dropna()
