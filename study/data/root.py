"""The folder of the user's official data files, which `--data-root` or `WAE_STUDY_DATA` names."""

import os
from pathlib import Path

from study.system.errors import InputError

DATA_VARIABLE = "WAE_STUDY_DATA"


def official_folder(root: Path | None, wanted: str) -> Path | None:
    """`root`, else the folder that the variable names, else None. `InputError` if it is none; `wanted`: what is in it.

    An empty variable names no folder.
    """
    value = os.environ.get(DATA_VARIABLE)
    said_by, folder = ("--data-root", root) if root is not None else (DATA_VARIABLE, Path(value) if value else None)
    if folder is not None and not _is_folder(folder):
        raise InputError(f"{said_by}: {str(folder)[:200]} is no folder; it should be where {wanted} is")
    return folder


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # no name of a folder at all, such as one of thousands of characters
        return False
