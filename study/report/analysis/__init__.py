"""The numbers of a report: NumPy and pandas only, no drawing."""
