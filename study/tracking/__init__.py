"""Tracking: a study shown in MLflow, as a mirror of what the study has written down itself. See `mirror.py`.

The only import of mlflow, which costs two seconds and happens when a store is opened.
"""
