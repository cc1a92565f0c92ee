"""Data files of datasets: where the user has official ones, and those that are made once a node for all its processes.

A made file has a version and a checksum, and is never there in part.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from study.system.errors import InputError
from study.system.files import read_json, write_atomically, write_json

DATA_VARIABLE = "WAE_STUDY_DATA"


def cache_folder() -> Path:
    """`WAE_STUDY_CACHE`, else `wae-study` in `XDG_CACHE_HOME`, else `~/.cache/wae-study`; `InputError` without any."""
    own = os.environ.get("WAE_STUDY_CACHE")
    if own:
        return Path(own)
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wae-study"
    except RuntimeError:  # no HOME, and a user without an entry
        raise InputError("there is no home directory; set WAE_STUDY_CACHE to a folder for the data") from None


@dataclass(frozen=True)
class _Aside:
    """A folder that takes what would go into the cache, and what it took."""

    folder: Path
    lacking: list[str] = field(default_factory=list)

    def take(self, name: str, make: Callable[[Path], None], size: int | None) -> tuple[Path, str]:
        """The file, made; or blank, where its size is known. Blank ones take no room."""
        path = self.folder / name
        self.lacking.append(name)
        if size is None:
            make(path)
        else:
            with path.open("wb") as file:
                file.truncate(size)
        return path, "not in the cache"


_aside: ContextVar[_Aside | None] = ContextVar("_aside", default=None)


@contextlib.contextmanager
def nothing_kept() -> Iterator[list[str]]:
    """Context manager within which the cache is read and never written. Yields a list of the files that it lacks.

    The name of a missing file is added when it is asked for. Missing files are made in a temporary folder, images as
    blank ones. A memory map that is still open stays valid after that folder has been removed.
    """
    with TemporaryDirectory(prefix="wae-study-") as folder:
        aside = _Aside(Path(folder))
        token = _aside.set(aside)
        try:
            yield aside.lacking
        finally:
            _aside.reset(token)


def cached(name: str, version: str, make: Callable[[Path], None], size: int | None = None) -> tuple[Path, str]:
    """The cached file `name` and its SHA-256; made by `make(path)` if it is missing, damaged or of another version.

    One process makes it while others wait. The checksum is computed when a file is made, and again if its modification
    time has changed; a file of another size is made again. Opening an unchanged file does not read it.
    `size` in bytes, of images, where it is known beforehand. `InputError` if the cache cannot be written.
    """
    path = cache_folder() / name
    note = path.with_name(path.name + ".json")
    sound = _checked(path, note, version)
    if sound is not None:
        return path, sound
    aside = _aside.get()
    if aside is not None:
        return aside.take(name, make, size)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(path.name + ".lock")):
            sound = _checked(path, note, version)
            if sound is None:
                sound = _make(path, note, version, make)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written: {error.strerror or error}; set WAE_STUDY_CACHE to a folder with room"
        ) from None
    return path, sound


@contextlib.contextmanager
def bar(text: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar, on a terminal only, while data are made: call the result with the number of new images."""
    columns = (TextColumn(text), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda images: progress.advance(task, images)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content: 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make(path: Path, note: Path, version: str, make: Callable[[Path], None]) -> str:
    note.unlink(missing_ok=True)
    for left_by_a_killed_process in path.parent.glob(f".{path.name}.*"):
        left_by_a_killed_process.unlink(missing_ok=True)
    write_atomically(path, make)
    checksum = sha256(path)
    write_json(note, {"version": version, "sha256": checksum, "found": _found(path)})
    return checksum


def _checked(path: Path, note: Path, version: str) -> str | None:
    """The file's checksum, if the file is there and sound."""
    try:
        noted = read_json(note)
        found = _found(path)
        if noted["version"] != version or noted["found"]["size"] != found["size"]:
            return None
        if noted["found"] != found:
            if sha256(path) != noted["sha256"]:
                return None
            with contextlib.suppress(OSError):  # a folder that cannot be written may hold a sound file all the same
                write_json(note, {**noted, "found": found})
        return str(noted["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _found(path: Path) -> dict[str, int]:
    status = path.stat()
    return {"size": status.st_size, "changed": status.st_mtime_ns}


def official_folder(root: Path | None, wanted: str) -> Path | None:
    """`root`, else the folder that the variable names, else None. `InputError` if it is none; `wanted`: what is in it.

    An empty variable names no folder.
    """
    value = os.environ.get(DATA_VARIABLE)
    said_by, folder = ("--data-root", root) if root is not None else (DATA_VARIABLE, Path(value) if value else None)
    if folder is not None and not _is_folder(folder):
        raise InputError(f"{said_by}: {str(folder)[:200]} is not a folder; it should be where {wanted} is")
    return folder


def official_file(root: Path | None, dataset: str, places: Sequence[str], published: str) -> Path:
    """The first of `places`, files or folders, that is in the folder of official files (see `official_folder`).

    `InputError` if there is none: it names the first place, and the address where its authors have `published` it.
    """
    folder = official_folder(root, dataset)
    if folder is None:
        raise InputError(
            f"{dataset} was not found; set --data-root or {DATA_VARIABLE} to a folder with {places[0]}, which its "
            f"authors publish at {published}"
        )
    found = next((folder / place for place in places if (folder / place).exists()), None)
    if found is None:
        raise InputError(f"{folder}: {dataset} was not found; expected {places[0]}, published at {published}")
    return found


def stamp(path: Path) -> str:
    """Size and modification time of a file, which change with it. `InputError` if it cannot be read."""
    try:
        with path.open("rb"):
            return str(_found(path))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # no name of a folder at all, such as one of thousands of characters
        return False
