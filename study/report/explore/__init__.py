"""The interactive page: the trials of a report to point at, zoom into and choose from, in one file without a network.

Figures are made here as values, in the words of plotly's own schema; the script of the page draws them as they are, and
shows of them what the reader asks for.
"""

import study.report.drawing  # noqa: F401  before Matplotlib
