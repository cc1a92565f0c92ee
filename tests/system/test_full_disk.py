"""A full or read-only disk is told apart from every other error, however deep it lies."""

import errno
import os
from pathlib import Path

import pytest
import torch

from study.system import full_disk
from study.system.errors import Halted


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_what_the_system_says(number: int) -> None:
    error = OSError(number, os.strerror(number), "runs/study/records.csv")
    assert full_disk.refusal(error) == f"runs/study/records.csv: {os.strerror(number)}"
    with pytest.raises(Halted, match=r"^runs/study/records\.csv: "), full_disk.halting():
        raise error


def test_a_library_that_writes_to_a_full_disk(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with (
        pytest.raises(Halted, match="No space left on device"),
        full_disk.halting(),
        Path("/dev/full").open("wb") as file,
    ):
        torch.save(torch.zeros(100_000), file)


def test_a_cause_below_others() -> None:
    def save() -> None:
        try:
            raise OSError(errno.ENOSPC, "full")
        except OSError as error:
            raise ValueError("cannot save") from error

    with pytest.raises(ValueError, match="cannot save") as raised:
        save()
    assert full_disk.refusal(raised.value) == "No space left on device"


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "missing"), ValueError("wrong"), OSError("no number")])
def test_other_errors_stay_as_they_are(error: Exception) -> None:
    assert full_disk.refusal(error) is None
    with pytest.raises(type(error)) as raised, full_disk.halting():
        raise error
    assert raised.value is error
