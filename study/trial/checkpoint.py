"""The checkpoint of a training run: a plain dictionary in one file, replaced as a whole, read without running code."""

import logging
import zipfile
from pathlib import Path
from typing import Any

import torch

from study.config.trial import TrialConfig
from study.system.errors import InputError, one_line
from study.system.files import write_atomically

log = logging.getLogger(__name__)

CHECKPOINT_FORMAT = 1
"""Version of the content; a checkpoint of another version is not resumed."""


def save_checkpoint(path: Path, config: TrialConfig, content: dict[str, Any]) -> None:
    """Replace the checkpoint at `path`. `content`: tensors, numbers, strings, and lists and dictionaries of these."""
    write_tensors(path, {"format": CHECKPOINT_FORMAT, "config": config.settings(), **content})


def write_tensors(path: Path, content: Any) -> None:
    """Replace the file at `path` by `content`, for `read_tensors`."""

    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:  # PyTorch's own writer drops the system's error message
            torch.save(content, file)

    write_atomically(path, write)


def read_tensors(path: Path) -> Any:
    """Load a file of `torch.save`, tensors on the CPU, without running code. Any exception if it is damaged."""
    with zipfile.ZipFile(path) as archive:  # PyTorch's own reader does not look at the checksums
        if archive.testzip() is not None:
            raise zipfile.BadZipFile("wrong checksum")
    return torch.load(path, map_location="cpu", weights_only=True)


def load_checkpoint(path: Path, config: TrialConfig) -> dict[str, Any] | None:
    """What `save_checkpoint` stored, its tensors on the CPU; None if there is none, or none that can be used.

    A damaged checkpoint costs its training and is said in the log; one of another configuration is an `InputError`.
    """
    if not path.exists():
        return None
    try:
        checkpoint = read_tensors(path)
        if not isinstance(checkpoint, dict) or checkpoint.get("format") != CHECKPOINT_FORMAT:
            raise ValueError("another format")
        if not isinstance(checkpoint.get("config"), dict):
            raise ValueError("without a configuration")
    except Exception as error:  # there is no end to the ways in which a damaged file fails to be read
        log.warning("%s: cannot be used (%s); training starts afresh", path, one_line(error))
        return None
    theirs, mine = checkpoint["config"], config.settings()
    for key in sorted(theirs.keys() | mine.keys()):
        if theirs.get(key) != mine.get(key):
            raise InputError(
                f"{path}: a checkpoint of another configuration: {key} was {theirs.get(key)!r}, is {mine.get(key)!r}; "
                "without it training starts afresh"
            )
    return checkpoint
