"""Reading and writing of files: they are replaced as a whole, so that no reader ever sees half of one."""

import errno
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from study.system.errors import InputError

_PART = ".part"
"""Suffix of a file that is being written."""


def write_atomically(path: Path, content: str | bytes | Callable[[Path], object]) -> None:
    """Replace `path` as a whole, or leave it as it was.

    `content` is the text or bytes, or a function that writes them to the path that it is given.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_PART, dir=path.parent)
    os.close(descriptor)
    temporary = Path(name)
    try:
        if callable(content):
            content(temporary)
        elif isinstance(content, bytes):
            temporary.write_bytes(content)
        else:
            # a trial's reason may contain a file name from the system that is not valid UTF-8
            temporary.write_text(content, encoding="utf-8", errors="backslashreplace")
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_parts(folder: Path) -> None:
    """Remove what killed processes left half written in this folder. To be called by who alone may write there."""
    for part in folder.glob(f".*{_PART}"):
        part.unlink(missing_ok=True)


def regular(path: Path) -> Path:
    """The path itself. `OSError` if it leads to a pipe or a device, which a reader would wait for, or read for ever."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.EINVAL, "neither a file nor a folder", str(path))
    return path


def current_folder() -> Path:
    """The current folder. `InputError` if it has been removed, or cannot be looked up."""
    try:
        return Path.cwd()
    except OSError as error:
        raise InputError(f"the current folder cannot be used: {error.strerror}; go to another one") from None


def write_json(path: Path, value: Any) -> None:
    write_atomically(path, json.dumps(value, indent=1, sort_keys=True) + "\n")


def read_json(path: Path) -> Any:
    """The value in a JSON file. `OSError` if it cannot be read, `ValueError` if it holds none."""
    try:
        return json.loads(regular(path).read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError(f"{path}: nested too deep") from None
