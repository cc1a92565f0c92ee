"""Common parts of the Matplotlib figures: settings, style and labels.

Whatever imports Matplotlib imports this package before it: see `matplotlib_settings`.
"""

from study.report.drawing import matplotlib_settings  # noqa: F401  it imports Matplotlib, whatever is set for it
