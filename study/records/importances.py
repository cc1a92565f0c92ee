"""The table of which parameter matters how much: computed where a study ends, read where it is reported."""

from pathlib import Path

import pandas as pd

from study.records.table import as_numbers
from study.system.files import regular, write_atomically

LEAST_TRIALS = 50
"""Least number of complete trials of a family that has importances: a forest finds patterns in the noise of few."""

TEXT_COLUMNS, NUMBER_COLUMNS = ("family", "objective", "parameter"), ("importance", "explained", "trials")
IMPORTANCE_COLUMNS = (*TEXT_COLUMNS, *NUMBER_COLUMNS)
"""`importance` is the share, 0 to 1, of an objective's variance within a family that a parameter has for itself, as a
forest sees it; `explained` is the forest's R² on trials that it has not seen; `trials` is how many there were.
"""


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
