"""Studies in the middle of a launch: who holds them, and trials that are under way."""

import os
import socket
import time
from typing import Any

from study.records.folder import StudyFolder
from study.system.files import write_json

LOST: dict[int, tuple[Any, str]] = {4: ("infeasible", "diverged"), 7: ("failed", "OSError: no space left on device")}

CONFIG = {"dataset": "dsprites", "family": "wae-gaussian", "latent_dim": 8, "images": 100_000, "seed": 1}
"""Of 1000 steps."""


def held(study: StudyFolder, **said: Any) -> None:
    """Leave in the folder what a process says that holds it: this one, since a minute ago, unless said otherwise."""
    since = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - 60))
    ourselves = {"pid": os.getpid(), "host": socket.gethostname(), "user": "me", "since": since, "command": "launch"}
    write_json(study.holder, ourselves | said)


def under_way(study: StudyFolder, number: int, steps: int, config: dict[str, Any] | None = None) -> None:
    """A trial that is being trained, 20 steps a second, with a line for every 100 of them."""
    trial = study.trial(number)
    trial.path.mkdir(parents=True)
    write_json(trial.attempts, [])
    write_json(trial.config, CONFIG if config is None else config)
    for step in range(0, steps + 1, 100):
        place = {"step": step, "images": 100 * step, "seconds": step / 20, "time": time.time()}
        trial.append_metrics(place | {"train_loss": 123.456})
