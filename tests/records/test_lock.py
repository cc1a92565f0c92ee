"""One command on a study at a time: who is refused learns by whom."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from study.records.folder import StudyFolder
from study.records.lock import only_one
from study.system.errors import Busy, InputError

HOLD = """
import sys, time
from pathlib import Path
from study.records.folder import StudyFolder
from study.records.lock import only_one
with only_one(StudyFolder(Path(sys.argv[1])), ""):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    return StudyFolder(tmp_path / "runs" / "study")


@pytest.fixture
def holder(folder: StudyFolder) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the folder, until its input ends."""
    secret = "--storage=postgresql://me:secret@db/optuna"
    command = [sys.executable, "-c", HOLD, str(folder.path), secret]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def take(folder: StudyFolder) -> None:
    with only_one(folder, "wait"):
        pass


def test_the_holder_is_named(folder: StudyFolder, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(Busy) as refused:
        take(folder)
    said = str(refused.value)
    assert said.startswith(f"{folder.path} is being run by process {holder.pid} of ")
    assert re.search(r" on \S+ since 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\S+ \(", said)
    assert str(folder.path) in said.split("(", 1)[1]
    assert said.endswith("; wait")
    assert "secret" not in said


def test_who_is_refused_leaves_the_holders_name(folder: StudyFolder, holder: subprocess.Popen[str]) -> None:
    for _ in range(2):
        with pytest.raises(Busy, match=f"process {holder.pid} "):
            take(folder)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, None])
def test_the_lock_of_an_ended_process_is_free(
    folder: StudyFolder, holder: subprocess.Popen[str], end: signal.Signals | None
) -> None:
    if end is None:
        assert holder.stdin is not None
        holder.stdin.close()
    else:
        os.kill(holder.pid, end)
    holder.wait()
    take(folder)
    take(folder)
    assert not folder.holder.exists()


def test_a_holder_that_has_not_said_who_it_is(folder: StudyFolder) -> None:
    for content in (None, "", "[]", '{"pid": 3}', "\x00"):
        folder.path.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.lock):
            if content is not None:
                folder.holder.write_text(content)
            with pytest.raises(Busy, match="by another process; wait"):
                take(folder)


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written: Not a directory"):
        take(StudyFolder(tmp_path / "file" / "study"))
