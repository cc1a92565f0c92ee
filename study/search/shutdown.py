"""The end of a run before its trials have ended: by a signal, or because something is gone that the study needs."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any, Self, TypeVar

from study.search import storage
from study.system import full_disk
from study.system.errors import Halted, Interrupted
from study.system.signals import handled

_T = TypeVar("_T")


class Shutdown:
    """Remembered until Ray Tune's loop can end: an exception inside Ray's own code would be lost.

    Signals are heeded while it is entered, which is after Ray has set its handlers.
    """

    def __init__(self) -> None:
        self.received: str | None = None
        self.halted: str | None = None
        self._signals = handled(self._receive)

    def __enter__(self) -> Self:
        self._signals.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._signals.__exit__(None, None, None)

    def check(self) -> None:
        """`Interrupted` if a signal has come, `Halted` if something has gone."""
        if self.received is not None:
            raise Interrupted(self.received)
        if self.halted is not None:
            raise Halted(self.halted)  # each time another: a traceback would keep Tune alive, and with it the workers

    def halt(self, words: str) -> None:
        """Remember why the study cannot continue; the first reason is kept."""
        self.halted = self.halted or words

    def guarded(self, act: Callable[..., _T], *arguments: Any) -> _T | None:
        """The result of `act`; None if the disk or the storage fails in it, which `check` raises later."""
        try:
            with full_disk.halting(), storage.halting():
                return act(*arguments)
        except Halted as halted:
            self.halt(str(halted))
            return None

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.received = self.received or signal.Signals(number).name
