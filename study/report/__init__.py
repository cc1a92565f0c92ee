"""The report of one study, or of several on the same axes: stored records in, one HTML page and figures out.

Nothing is trained here, and nothing of Ray, Optuna, MLflow or torch is imported.
"""

from study.report.terminal import front_as_table
from study.report.write import ReportSummary, write_report

__all__ = ["ReportSummary", "front_as_table", "write_report"]
