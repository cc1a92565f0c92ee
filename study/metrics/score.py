"""The result of a metric that trains a predictor: its score on the rows it was fitted to, and on other rows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """Accuracies (or areas under a curve), in [0, 1]: on the examples of the fit, and on fresh ones."""

    training: float
    heldout: float
    runs: tuple[float, ...] = ()
    """The training accuracy of each restart, where the predictor is fitted several times."""
