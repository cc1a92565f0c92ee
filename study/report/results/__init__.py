"""Stored studies in `results/`: `python -m study.report.results`."""
