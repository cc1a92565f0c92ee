"""What a metric reports that trains a predictor: how well it does on what it was fitted to, and on what it was not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """Accuracies (or areas under a curve), in [0, 1]: on the examples of the fit, and on fresh ones."""

    training: float
    heldout: float
    runs: tuple[float, ...] = ()
    """The training accuracy of each restart, where the predictor is fitted several times."""
