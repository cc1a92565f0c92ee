"""Where the trials of a launch run. Free of Ray, so that a command can say it before Ray is imported."""

from dataclasses import dataclass
from pathlib import Path

CHECKPOINT_SECONDS = 30.0
"""Between two checkpoints of a training, by default."""

STALL_SECONDS = 3600.0
"""Without a change in a trial's folder, by default. Training leaves checkpoints, but the metrics of a trained model may
take a processor long."""


@dataclass(frozen=True)
class Resources:
    """Where trials run: how many at once, and what each has. None is decided from what Ray finds.

    `address` is that of a Ray cluster; without one Ray is started here. `timeout` and `stall` are in seconds: of one
    attempt at a trial, and of one without a sign of life. `checkpoint`, in seconds: the most that a training may lose.
    `data_root` is where official data files are, on every node.
    """

    address: str | None = None
    concurrent: int | None = None
    gpus_per_trial: float | None = None
    timeout: float | None = None
    stall: float = STALL_SECONDS
    checkpoint: float = CHECKPOINT_SECONDS
    data_root: Path | None = None
