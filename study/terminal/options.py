"""The options of a command line, checked and read: numbers, folders, settings, points."""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from study.config.messages import received, shortened
from study.config.plan import StudyPlan
from study.config.points import read_points
from study.config.yaml_text import Misread, read_yaml
from study.records.folder import StudyFolder
from study.system.errors import InputError

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
"""Beginning of the address of an object store, as a path shows it: `s3:/bucket`."""


def points_of(enqueue: Path | None, names: Sequence[str], folder: StudyFolder) -> list[Any]:
    """The points of the file; none if it is there no more, and the study in the folder has kept them."""
    if enqueue is None or (gone(enqueue) and folder.plan.exists() and StudyPlan.load(folder.plan).points):
        return []
    return read_points(enqueue, names)


def learnt(other: Path, folder: StudyFolder) -> bool:
    """Whether the earlier study is there no more, and the study in the folder has kept what it learnt from it."""
    if not gone(other) or not folder.plan.exists():
        return False
    learnt_from = StudyPlan.load(folder.plan).warm_start
    return learnt_from is not None and learnt_from.study == other.name


def gone(path: Path) -> bool:
    try:
        return not path.exists()
    except OSError:  # such as a name of thousands of characters
        return False


def check_number(option: str, value: float | None, least: float = -math.inf, most: float = math.inf) -> None:
    """`InputError` unless the number, if there is one, is finite and between these two, both included."""
    if value is None:
        return
    if not math.isfinite(value):
        raise InputError(f"{option}: needs a finite number; received {value}")
    if value < least:
        raise InputError(f"{option}: must be at least {least:g}; received {value:g}")
    if value > most:
        raise InputError(f"{option}: must be at most {most:g}; received {value:g}")


def check_folders(*paths: Path) -> None:
    for path in paths:
        if _ADDRESS.match(str(path)):
            raise InputError(
                f"--output: expected a folder of this machine, received {shortened(str(path))}; mount it first"
            )
        try:
            str(path).encode()
            sound = path.is_dir() or not path.exists()
        except (OSError, UnicodeEncodeError) as error:
            said = error.strerror if isinstance(error, OSError) else "not a name in UTF-8"
            raise InputError(f"--output: {shortened(str(path))} cannot be a folder: {said}") from None
        if not sound:
            raise InputError(f"--output: {path} is not a folder")


def overrides_of(given: list[str]) -> dict[str, Any]:
    """`SETTING=VALUE` as typed; the value is read as YAML, so that 8 is a number and wae-gaussian a word."""
    read: dict[str, Any] = {}
    for item in given:
        key, separator, text = item.partition("=")
        if not separator or not key:
            raise InputError(f"--set: expected SETTING=VALUE, received {item!r}")
        if key in read:
            raise InputError(f"--set: {key!r} is given twice")
        try:
            read[key] = read_yaml(text)
        except Misread as error:
            raise InputError(f"--set {key}: {error}") from None
        except ValueError:
            raise InputError(f"--set {key}: received {received(text)}, which is not a value") from None
    return read
