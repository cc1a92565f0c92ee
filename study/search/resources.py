"""Where the trials of a launch run. Free of Ray, so that a command can say it before Ray is imported."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Resources:
    """Where trials run: how many at once, and what each has. None is decided from what Ray finds.

    `address` is that of a Ray cluster; without one Ray is started here. `timeout` is in seconds, for one attempt at a
    trial. `data_root` is where official data files are, on every node.
    """

    address: str | None = None
    concurrent: int | None = None
    gpus_per_trial: float | None = None
    timeout: float | None = None
    data_root: Path | None = None
