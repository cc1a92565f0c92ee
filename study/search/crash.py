"""What a process that dies leaves behind of why: where it was at a segmentation fault, an abort, a bus error.

A process that is killed, by the system for memory or by anyone, leaves nothing.
"""

import faulthandler
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from study.records.folder import TrialFolder

_LAST_WORDS = re.compile(r"^(?:Fatal Python error: .*|[A-Za-z_][\w.]*(?:: .*)?)$", re.MULTILINE)
"""What a crash begins with, and a traceback ends with: alone in their text they are neither indented nor in quotes."""


@contextmanager
def recorded(folder: TrialFolder) -> Iterator[None]:
    """A crash of the process within it is written into a file of its own; there is none when it ends otherwise."""
    was_on = faulthandler.is_enabled()
    with folder.crash.open("w", encoding="utf-8") as file:
        faulthandler.enable(file, all_threads=False)
        try:
            yield
        finally:
            faulthandler.disable()
            if was_on and sys.__stderr__ is not None:
                faulthandler.enable(sys.__stderr__, all_threads=False)  # as Ray has it
    folder.crash.unlink(missing_ok=True)


def collect(folder: TrialFolder) -> None:
    """Make the crash of the attempt before, if there was one, the trial's last error."""
    if folder.crash.exists() and folder.crash.stat().st_size:
        folder.crash.replace(folder.error)


def last_words(folder: TrialFolder) -> str:
    """The line of the last error that says what it was; empty if there is none."""
    if not folder.error.exists():
        return ""
    words = _LAST_WORDS.findall(folder.error.read_text(encoding="utf-8", errors="replace"))
    fatal = [line for line in words if line.startswith("Fatal")]
    return str((fatal or words or [""])[-1])
