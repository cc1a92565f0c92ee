"""The signals by which a user, a closing terminal or the system asks a command to end."""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_asked = threading.Event()


@contextmanager
def handled(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """They call `handler` within it; but one that is ignored stays so, as `nohup` and a shell's `&` want it."""
    heeded = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = [signal.signal(number, handler) for number in heeded]
    try:
        yield
    finally:
        for number, earlier in zip(heeded, before, strict=True):
            signal.signal(number, earlier)


@contextmanager
def interrupting() -> Iterator[None]:
    """They raise `KeyboardInterrupt` within it, and are remembered for `check_interrupted`."""
    try:
        with handled(_interrupt):
            yield
    finally:
        _asked.clear()


def check_interrupted() -> None:
    """`KeyboardInterrupt` if there was one that was lost: Python swallows what is raised while it collects garbage."""
    if _asked.is_set():
        raise KeyboardInterrupt


def leave(code: int) -> NoReturn:
    """End the process with what was registered for its end, and without Python's own: after a signal had cut a start of
    Ray short, that was seen to crash, among threads that still ran.
    """
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _asked.set()
    raise KeyboardInterrupt
