"""One command on a study at a time, and which it is.

The lock is the system's, on a file of the study's folder: that of a dead process is free. Beside it lies, for whoever
is refused, who holds it; nothing else reads that.
"""

import getpass
import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from filelock import FileLock, Timeout

from study.credentials import redact
from study.errors import Busy, InputError
from study.folder import StudyFolder, read_json, remove_parts, write_json


@contextmanager
def only_one(folder: StudyFolder, advice: str) -> Iterator[None]:
    """Hold the study's folder, which is made if it is not there. `Busy`, naming the holder, if another command has it.

    `advice` says what to do then. `InputError` if there can be no such folder, or nothing can be written into it.
    """
    lock = FileLock(folder.lock)
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        try:
            remove_parts(folder.path)
            write_json(folder.holder, _ourselves())
        except OSError:
            lock.release()
            raise
    except Timeout:
        raise Busy(f"{folder.path} is being run by {_holder(folder)}; {advice}") from None
    except OSError as error:
        raise InputError(f"{folder.path}: cannot be written: {error.strerror or error}") from None
    try:
        yield
    finally:
        with suppress(OSError):  # the disk may have become read-only
            folder.holder.unlink(missing_ok=True)
        lock.release()


def _ourselves() -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "user": _user(),
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
        "command": redact(shlex.join(sys.orig_argv)),
    }


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())  # a container's user may have no name


def _holder(folder: StudyFolder) -> str:
    """In words; `another process` where it has not said, or has just gone."""
    try:
        told = read_json(folder.holder)
        return f"process {told['pid']} of {told['user']} on {told['host']} since {told['since']} ({told['command']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
