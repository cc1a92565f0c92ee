"""How every command ends: the sentence and the exit code of each error, and an output that takes no more."""

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from study.system.errors import Busy, Halted, InputError, Interrupted, first_line, one_line
from study.system.exit_codes import exit_codes
from study.system.signals import INTERRUPTED

KEPT = "finished work is kept; run the same command again to resume"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("--trials: received 0"), 2, "error: --trials: received 0"),
        (Busy("it is being run"), 3, "error: it is being run"),
        (Halted("no room"), 4, f"error: the study cannot continue: no room; {KEPT}"),
        (Interrupted("SIGTERM"), 130, f"interrupted (SIGTERM); {KEPT}"),
        (KeyboardInterrupt(), 130, INTERRUPTED),
        (PermissionError(errno.EACCES, "Permission denied", "runs/a"), 2, "error: runs/a: Permission denied"),
        (OSError(errno.ENOSPC, "No space left on device", "b"), 4, "error: b: No space left on device"),
        (OSError("without a number"), 2, "error: without a number"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_what_was_foreseen_is_a_sentence_and_a_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended, exit_codes():
        raise error
    assert ended.value.exit_code == code
    printed = capsys.readouterr()
    assert (printed.out.strip(), printed.err) == ("", f"{said}\n")


@pytest.mark.parametrize("module", ["study.launch", "study.status", "study.report", "study.evaluate"])
def test_an_output_without_room_is_a_sentence(module: str) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    with full.open("w") as output:
        done = subprocess.run(
            [sys.executable, "-m", module, "--help"], stdout=output, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert done.stderr.endswith("standard output cannot be written: No space left on device\n")


class Full(io.StringIO):
    """A stream on a disk without room."""

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_an_error_of_the_output_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(typer.Exit) as ended, exit_codes():
        sys.stdout.flush()
    assert ended.value.exit_code == 4
    assert capsys.readouterr().err == "error: standard output cannot be written: No space left on device\n"


def test_a_folder_that_was_removed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = tmp_path / "lost"
    lost.mkdir()
    monkeypatch.chdir(lost)
    lost.rmdir()
    with pytest.raises(typer.Exit) as ended, exit_codes():
        Path.cwd()
    monkeypatch.chdir(tmp_path)
    assert ended.value.exit_code == 2
    sentence = "error: the current folder cannot be used: No such file or directory; go to another one\n"
    assert capsys.readouterr().err == sentence


def test_an_error_in_one_line() -> None:
    error = ValueError("not\n  a\tnumber ")
    assert one_line(error) == "not a number"
    assert one_line(error, named=True) == "ValueError: not a number"
    assert one_line(error, 5) == "not a"
    assert one_line(ValueError(), named=True) == "ValueError:"
    assert first_line(RuntimeError("\nout of memory\n  at step 3")) == "out of memory"
    assert first_line(RuntimeError()) == "RuntimeError"
