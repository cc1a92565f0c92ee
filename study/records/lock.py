"""One command on a study at a time, and which it is.

The lock is the system's, on a file of the study's folder: that of a dead process is free. Beside it lies, for whoever
is refused or asks how the study stands, who holds it; nothing is decided by that.
"""

import getpass
import os
import shlex
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from study.records.folder import StudyFolder
from study.system.errors import Busy, InputError
from study.system.files import read_json, remove_parts, write_json
from study.system.redaction import redact
from study.system.signals import last_act


@contextmanager
def only_one(folder: StudyFolder, advice: str) -> Iterator[None]:
    """Hold the study's folder, which is made if it is not there. `Busy`, naming the holder, if another command has it.

    `advice` is what to do then. `InputError` if there can be no such folder, or nothing can be written into it. A
    folder that was made for this and in which nothing was written is removed again.
    """
    lock = FileLock(folder.lock)
    try:
        made = [path for path in (folder.path, *folder.path.parents) if not path.exists()]
        folder.path.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
        try:
            remove_parts(folder.path)
            write_json(folder.holder, ourselves())
        except OSError:
            lock.release()
            raise
    except Timeout:
        raise Busy(f"{folder.path} is being run by {_in_words(holder(folder))}; {advice}") from None
    except OSError as error:
        raise InputError(f"{folder.path}: cannot be written: {error.strerror or error}") from None
    try:
        with last_act(lambda: folder.holder.unlink(missing_ok=True)):
            yield
    finally:
        with suppress(OSError):  # the disk may have become read-only
            folder.holder.unlink(missing_ok=True)
        lock.release()
        _remove_empty(folder, made)


def _remove_empty(folder: StudyFolder, made: Sequence[Path]) -> None:
    """Remove these folders, the study's first, if there is nothing in them but the lock."""
    with suppress(OSError):
        if made and [path.name for path in folder.path.iterdir()] == [folder.lock.name]:
            folder.lock.unlink()
            for path in made:
                path.rmdir()


def ourselves() -> dict[str, Any]:
    """This process, as JSON values: `pid`, `host`, `user`, `since` and `command`, without passwords."""
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "user": _user(),
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
        "command": shlex.join(redact(argument) for argument in sys.orig_argv),
    }


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())  # a container's user may have no name


@dataclass(frozen=True)
class Holder:
    """The holder of a study: a process, and since when."""

    pid: int
    host: str
    user: str
    since: datetime
    command: str

    @property
    def lives(self) -> bool | None:
        """Whether there is such a process; None where that cannot be seen, for it is another machine's."""
        if self.host != socket.gethostname():
            return None
        return process_is_alive(self.pid)


def process_is_alive(pid: int) -> bool:
    """Whether this machine has a process of this number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # another user's
    return True


def holder(folder: StudyFolder) -> Holder | None:
    """The process that holds the study, or held it when it was killed. None if there is none, or its file is
    unreadable.
    """
    try:
        told = read_json(folder.holder)
        since = datetime.fromisoformat(told["since"]).astimezone()
        found = Holder(int(told["pid"]), str(told["host"]), str(told["user"]), since, str(told["command"]))
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    return found if found.pid > 0 else None


def _in_words(found: Holder | None) -> str:
    """`another process` where it has not said, or has just gone."""
    if found is None:
        return "another process"
    since = found.since.isoformat(timespec="seconds")
    return f"process {found.pid} of {found.user} on {found.host} since {since} ({found.command})"
