"""The driver's watch over running trials: a hard time limit, and an end to those that give no sign of life.

It is kept from outside, for a process that hangs may heed nothing of its own, not even a timer. Such a process is
killed: Ray Tune starts the trial anew, which ends at once if its outcome is written, and else resumes from its
checkpoint.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import ray
from ray.tune.experiment import Trial as TuneTrial

from study.records.folder import TrialFolder
from study.records.outcome import Outcome

LOOK_SECONDS = 1.0
"""Seconds between two looks at the trials' folders, which may lie on a network's disk."""

Signs = frozenset[tuple[str, int, int]]


@dataclass
class _Watched:
    trial: TuneTrial
    folder: TrialFolder
    started: float
    signs: Signs = frozenset()
    alive: float = field(init=False)
    """When the signs were last seen to change, by the driver's own clock: other nodes' clocks may differ."""

    def __post_init__(self) -> None:
        self.alive = self.started


class Watchdog:
    """`limit` and `stall` in seconds: of one attempt as a whole, and of one without any change in the trial's folder.

    A trial over its limit has failed; one that stalls is tried again as often as one whose process died.
    """

    def __init__(self, limit: float | None, stall: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self.stall = stall
        self._clock = clock
        self._watched: dict[str, _Watched] = {}
        self._looked = clock()

    def begun(self, trial: TuneTrial, folder: TrialFolder) -> None:
        self._watched[trial.trial_id] = _Watched(trial, folder, self._clock())

    def ended(self, trial: TuneTrial) -> None:
        self._watched.pop(trial.trial_id, None)

    def look(self) -> None:
        """Find the trials that are over the limit or stall; to be called often."""
        now = self._clock()
        if now - self._looked < LOOK_SECONDS:
            return
        self._looked = now
        for watched in list(self._watched.values()):
            if self.limit is not None and now - watched.started >= self.limit:
                if Outcome.read(watched.folder) is None:
                    reason = f"over its time limit of {self.limit:g} s (--trial-timeout)"
                    Outcome("failed", reason=reason).write(watched.folder)
                self._kill(watched.trial)
                continue
            signs = _signs(watched.folder)
            if signs != watched.signs:
                watched.signs, watched.alive = signs, now
            elif now - watched.alive >= self.stall:
                words = f"TimeoutError: no sign of life for {self.stall:g} s (--stall-timeout)\n"
                watched.folder.error.write_text(words, encoding="utf-8")
                self._kill(watched.trial)

    def _kill(self, trial: TuneTrial) -> None:
        self.ended(trial)
        actor = trial.temporary_state.ray_actor
        if actor is not None:
            ray.kill(actor)


def _signs(folder: TrialFolder) -> Signs:
    """The files of a trial as they stand: each with its size and its time in nanoseconds."""
    signs = set()
    with suppress(FileNotFoundError), os.scandir(folder.path) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # a file that has just been replaced
                status = entry.stat()
                signs.add((entry.name, status.st_size, status.st_mtime_ns))
    return frozenset(signs)
