"""The signals by which a user, a closing terminal or the system asks a command to end."""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

GRACE_SECONDS = 60.0
"""How long an interrupted command may take to end: more than Ray and MLflow need on a busy machine."""

INTERRUPTED = "interrupted; the same command goes on with the study"
"""What an interrupted command says at its end, whatever it was about."""

_asked = threading.Event()


def end_imports_quietly() -> None:
    """Ctrl-C while a command is still being imported, when nothing has begun, ends it in a word and with code 130."""
    sys.excepthook = _end


def _end(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        os.write(2, b"interrupted\n")
        os._exit(128 + signal.SIGINT)
    sys.__excepthook__(kind, error, traceback)


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
    """They raise `KeyboardInterrupt` within it, and are remembered for `check_interrupted`.

    Who has not left it `GRACE_SECONDS` later ends at once, exit code 130: raised in the middle of a library, the error
    can be swallowed together with the release of a lock that everybody then waits for.
    """
    before = signal.getsignal(signal.SIGALRM)
    try:
        with handled(_interrupt):
            yield
    finally:
        if _asked.is_set():
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        _asked.clear()


def check_interrupted() -> None:
    """`KeyboardInterrupt` if there was one that was lost: Python swallows what is raised while it collects garbage."""
    if _asked.is_set():
        raise KeyboardInterrupt


def leave(code: int) -> NoReturn:
    """End the process with what was registered for its end, and without Python's own: after a signal had cut a start of
    Ray short, that was seen to crash, among threads that still ran.
    """
    _leave_in_any_case(code)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _leave_in_any_case(code: int) -> None:
    """End the process with this exit code, and say so, if it still runs after `GRACE_SECONDS`."""

    def end(number: int, frame: FrameType | None) -> None:
        os.write(2, f"{INTERRUPTED}\n".encode())  # `print` may wait for a lock
        os._exit(code)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _asked.set()
    _leave_in_any_case(128 + signal.SIGINT)
    raise KeyboardInterrupt
