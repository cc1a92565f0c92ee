"""The signals by which a user, a closing terminal or the system asks a command to end."""

import atexit
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, NoReturn

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

GRACE_SECONDS = 8.0
"""Longest time that an interrupted command may take to end in order. Then it ends at once, which loses nothing a study
needs: whatever it needs is on the disk at any moment."""

AGAIN_SECONDS = 1.0
"""A signal this soon after the first is the same request: `timeout` sends two. A later one ends the command at once."""

LEAVE_SECONDS = 1.5
"""Longest time of what is registered for the end of an interrupted process."""

INTERRUPTED = "interrupted; run the same command again to resume"
"""Last sentence of an interrupted command, whatever it was about."""

_asked = threading.Event()
_last_acts: list[Callable[[], object]] = []

_DONE = b"\0"
"""Ends the watch over signals, none of which has this number."""


def end_imports_quietly() -> None:
    """Ctrl-C while a command is still being imported, when nothing has begun, ends it in a word and with code 130.

    Called by a module that is run as a command, before its imports, which take a second.
    """
    sys.excepthook = _end


def _end(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        os.write(2, b"interrupted\n")
        os._exit(128 + signal.SIGINT)
    sys.__excepthook__(kind, error, traceback)


@contextmanager
def handled(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """They call `handler` within it; but one that is ignored stays so, as `nohup` and a shell's `&` want it.

    Only the main thread sets handlers: Python does not allow it in others.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heeded = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = [signal.signal(number, handler) for number in heeded]
    try:
        yield
    finally:
        for number, earlier in zip(heeded, before, strict=True):
            signal.signal(number, earlier)


@contextmanager
def interrupting() -> Iterator[None]:
    """They raise `KeyboardInterrupt` within it, once, and are remembered for `check_interrupted`.

    A process that has not left it `GRACE_SECONDS` later, or is asked once more, ends at once, exit code 130: raised in
    the middle of a library, the error can be swallowed together with the release of a lock that everybody then waits
    for, and a library's own code may never come back to Python. A thread that the system notifies of signals does it.
    """
    requests, told = os.pipe()
    os.set_blocking(told, False)
    watching = threading.Thread(target=_watch, args=(requests,), daemon=True)
    watching.start()
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    try:
        with handled(_interrupt):
            yield
    finally:
        signal.set_wakeup_fd(before)
        os.write(told, _DONE)
        watching.join()
        os.close(told)
        os.close(requests)
        _asked.clear()


@contextmanager
def last_act(act: Callable[[], object]) -> Iterator[None]:
    """Within it, `act` is done before the process ends at once. It may be called from any thread, at any moment."""
    _last_acts.append(act)
    try:
        yield
    finally:
        _last_acts.remove(act)


def check_interrupted() -> None:
    """`KeyboardInterrupt` if there was one that was lost: Python swallows what is raised while it collects garbage."""
    if _asked.is_set():
        raise KeyboardInterrupt


def leave(code: int) -> NoReturn:
    """End the process with what was registered for its end, and without Python's own: after a signal had cut a start of
    Ray short, that was seen to crash, among threads that still ran.
    """
    limit = threading.Timer(LEAVE_SECONDS, os._exit, (code,))
    limit.daemon = True
    limit.start()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _interrupt(number: int, frame: FrameType | None) -> None:
    if not _asked.is_set():
        _asked.set()
        raise KeyboardInterrupt


def _watch(requests: int) -> None:
    """Read the numbers of signals as they come, and end the process at once where it is time."""
    first: float | None = None
    while True:
        left = None if first is None else max(0.0, first + GRACE_SECONDS - time.monotonic())
        if not select.select([requests], [], [], left)[0]:
            _leave_at_once()
        for number in os.read(requests, 64):
            if number == _DONE[0]:
                return
            if number in ENDING:
                now = time.monotonic()
                if first is not None and now - first >= AGAIN_SECONDS:
                    _leave_at_once()
                first = now if first is None else first


def _leave_at_once() -> NoReturn:
    for act in _last_acts:
        with suppress(Exception):
            act()
    with suppress(OSError):
        os.write(2, f"{INTERRUPTED}\n".encode())  # `print` may wait for a lock
    os._exit(128 + signal.SIGINT)
