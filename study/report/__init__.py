"""The report of one study, or of several on the same axes: stored records in, one HTML page and figures out.

Nothing is trained here, and nothing of Ray, Optuna, MLflow or torch is imported.
"""
