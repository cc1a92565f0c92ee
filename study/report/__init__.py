"""The report of one study, or of several on the same axes: stored records in, one HTML page and figures out.

Nothing is trained here, and nothing of Ray, Optuna, MLflow or torch is imported.
"""

from study.report.matplotlib_settings import own_settings  # first: it imports Matplotlib, whatever is set for it
from study.report.paper.verdicts import Verdict  # then: its package's rows use the modules of this one
from study.report.terminal import front_as_table
from study.report.write import FigureSummary, ReportSummary, write_figure, write_report

__all__ = [
    "FigureSummary",
    "ReportSummary",
    "Verdict",
    "front_as_table",
    "own_settings",
    "write_figure",
    "write_report",
]
