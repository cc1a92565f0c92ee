"""Figures, tables and numbers of the paper, compared with our own runs: for each its measures and its drawing.

`ROWS` is the whole list of what a space may name under `paper`, in the paper's order.
"""

import study.report.drawing  # noqa: F401  before Matplotlib
from study.config.space import PaperRow
from study.report.paper.code_curves import FIGURE2_BATCH_SIZE, FOOTNOTE3
from study.report.paper.figure1 import FIGURE1
from study.report.paper.figure2 import FIGURE2
from study.report.paper.figure3 import FIGURE3
from study.report.paper.figure4 import FIGURE4
from study.report.paper.picked_models import FIGURE5, HEADLINE
from study.report.paper.row import Evidence, Row
from study.report.paper.short_budget import BUDGET
from study.report.paper.table1 import TABLE1

ROWS: dict[PaperRow, Row] = {
    "figure1": FIGURE1,
    "figure2": FIGURE2,
    "figure2_batch_size": FIGURE2_BATCH_SIZE,
    "footnote3": FOOTNOTE3,
    "table1": TABLE1,
    "figure3": FIGURE3,
    "figure4": FIGURE4,
    "figure5": FIGURE5,
    "headline": HEADLINE,
    "budget": BUDGET,
}

__all__ = ["ROWS", "Evidence", "Row"]
