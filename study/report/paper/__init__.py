"""The paper beside our own runs: its numbers, its claims, and for each of its figures and tables what is drawn.

`ROWS` is the whole list of what a space may name under `paper`; each row is the file of its name.
"""

from study.config.space import PaperRow
from study.report.paper import figure1, figure2, figure2_batch_size, footnote3
from study.report.paper.row import Evidence, Row

ROWS: dict[PaperRow, Row] = {
    "figure1": figure1.ROW,
    "figure2": figure2.ROW,
    "figure2_batch_size": figure2_batch_size.ROW,
    "footnote3": footnote3.ROW,
}

__all__ = ["ROWS", "Evidence", "Row"]
