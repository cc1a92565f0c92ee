"""An output that has not every character: what it lacks is replaced, and the command does its work."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.report.made import make_study

C_LOCALE = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
OUTPUTS = {
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "ascii": {"PYTHONIOENCODING": "ascii:strict"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "the C locale": C_LOCALE,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study whose folder's name no encoding but Unicode's has: it is printed by every command."""
    study = make_study(tmp_path_factory.mktemp("made") / "ψ→λ" / "demo", trials=3, pictures=False)
    study.report.touch()
    return study.path


def run(output: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONUTF8", "LC_ALL")}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, capture_output=True, env=environment | OUTPUTS[output], check=False)


SLOW = pytest.param("study.report", "ascii", marks=[pytest.mark.slow, pytest.mark.ci])
COMMANDS = [*(("study.status", output) for output in OUTPUTS), SLOW]


@pytest.mark.parametrize(("module", "output"), COMMANDS)
def test_what_an_output_lacks_is_replaced(module: str, output: str, folder: Path) -> None:
    done = run(output, module, str(folder))
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    assert b"?/demo/report.html" in done.stdout


@pytest.mark.parametrize("module", ["study.launch", "study.status", "study.report", "study.evaluate"])
def test_so_it_is_in_what_is_refused(module: str, folder: Path) -> None:
    space = ["--space"] if module == "study.launch" else []
    done = run("ascii", module, *space, str(folder.with_name("λ")))
    assert done.returncode == 2, done.stderr
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


def test_help_is_printed_in_ascii() -> None:
    done = run("ascii", "study.launch", "--help")
    assert done.returncode == 0, done.stderr
    assert b"--space" in done.stdout
