"""The paper beside our own runs: its numbers, its claims, and for each of its figures and tables what is drawn.

`ROWS` is the whole list of what a space may name under `paper`; each row is the file of its name.
"""

from study.config.space import PaperRow
from study.report.paper import figure3, table1
from study.report.paper.row import Evidence, Row

ROWS: dict[PaperRow, Row] = {
    "table1": table1.ROW,
    "figure3": figure3.ROW,
}

__all__ = ["ROWS", "Evidence", "Row"]
