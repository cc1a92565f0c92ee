"""What ends a run before its trials have: a signal. Remembered until Ray Tune's loop can end."""

import os
import signal
from types import FrameType
from typing import Self

from study.errors import Interrupted


class Ending:
    """SIGINT, SIGTERM and SIGHUP while it is entered. An exception inside Ray's own code would be lost.

    The handlers are set after Ray's, one of which aborts. A second signal ends the process at once.
    """

    NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.received: str | None = None

    def __enter__(self) -> Self:
        self._before = [signal.signal(number, self._receive) for number in self.NUMBERS]
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in zip(self.NUMBERS, self._before, strict=True):
            signal.signal(number, handler)

    def check(self) -> None:
        """`Interrupted` if a signal has come."""
        if self.received is not None:
            raise Interrupted(self.received)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.received is not None:
            os._exit(128 + number)
        self.received = signal.Signals(number).name
