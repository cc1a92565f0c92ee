"""Bad surroundings, one command each: one sentence, the documented exit code, no traceback, and nothing left behind."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TINY = ("--space", "fading_squares", "--trials", "1", "--set", "steps=20", "--set", "width=8")


def nothing(folder: Path) -> None:
    """Nothing is to be prepared."""


def no_weights(folder: Path) -> None:
    (folder / "weights.pth").write_bytes(b"none")


def package(name: str) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text("raise RuntimeError('not yours')")

    return prepare


@dataclass(frozen=True)
class Case:
    """A command, typed in an empty folder that `prepare` has been in."""

    module: str
    arguments: tuple[str, ...]
    says: str
    code: int = 2
    environment: dict[str, str] = field(default_factory=dict)
    prepare: Callable[[Path], None] = nothing


CASES = {
    "weights that are not there": Case(
        "study.launch",
        TINY,
        "WAE_STUDY_INCEPTION_WEIGHTS: a file with pytorch-fid's Inception weights is needed; rece",
        environment={"WAE_STUDY_INCEPTION_WEIGHTS": "/nonexistent.pth"},
    ),
    "weights that are none": Case(
        "study.launch",
        TINY,
        "WAE_STUDY_INCEPTION_WEIGHTS: weights.pth: not the weights of pytorch-fid's Inception",
        environment={"WAE_STUDY_INCEPTION_WEIGHTS": "weights.pth"},
        prepare=no_weights,
    ),
    "a data folder that is not there": Case(
        "study.launch",
        ("--space", "dsprites"),
        "WAE_STUDY_DATA: /nonexistent is not a folder",
        environment={"WAE_STUDY_DATA": "/nonexistent"},
    ),
    "a data folder without the data": Case(
        "study.launch",
        ("--space", "dsprites", "--data-root", "."),
        "--data-root: . has no dsprites_ndarray",
    ),
    "an object store": Case(
        "study.launch",
        (*TINY, "--output", "s3://bucket/runs"),
        "--output: expected a folder of this machine, received s3:/bucket/runs",
    ),
    "a name of MLflow's": Case("study.launch", (*TINY, "--name", "mlflow.db"), "--name: received 'mlflow.db'"),
    "no docstrings": Case(
        "study.launch", TINY, "Python runs with -OO or PYTHONOPTIMIZE=2", 4, environment={"PYTHONOPTIMIZE": "2"}
    ),
    "a variable of an earlier Ray": Case(
        "study.launch",
        TINY,
        "Ray does not run where the environment sets TUNE_RESULT_DIR",
        4,
        environment={"TUNE_RESULT_DIR": "/tmp"},
    ),
    "somebody's study": Case(
        "study.launch", TINY, "study/__init__.py: trials would import it instead of", prepare=package("study")
    ),
    "no Ray to join": Case(
        "study.launch",
        (*TINY, "--address", "auto"),
        ": [Errno 111] Connection refused; `ray start --head` starts a head",
        environment={"RAY_ADDRESS": "127.0.0.1:1"},
    ),
    "a storage that is no database": Case(
        "study.launch",
        (*TINY, "--storage", "sqlite:///weights.pth"),
        "--storage: cannot be opened",
        prepare=no_weights,
    ),
    "somebody's study, to score again": Case(
        "study.evaluate",
        ("runs/none",),
        "study/__init__.py: trials would import it in place",
        prepare=package("study"),
    ),
    "a study that is not there": Case("study.status", ("runs/none",), "runs/none"),
    "a study that is not there, to report": Case("study.report", ("runs/none",), "runs/none"),
}


def run(case: Case, folder: Path) -> subprocess.CompletedProcess[str]:
    """As from the wheel's own program: the folder of the command is not where Python looks first."""
    program = f"import runpy, sys; sys.path.remove(''); runpy.run_module({case.module!r}, run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", program, *case.arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | case.environment,
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_one_sentence_and_nothing_left(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    case.prepare(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    done = run(case, tmp_path)
    assert done.returncode == case.code, done.stdout + done.stderr
    assert case.says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stdout
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_a_folder_that_was_removed_while_one_was_in_it(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = (
        f"cd {gone}; rmdir {gone}; exec {sys.executable} -P -m study.launch {' '.join(TINY)} --output {tmp_path}/runs"
    )
    done = subprocess.run(
        ["sh", "-c", script], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr == "error: the current folder cannot be used: No such file or directory; go to another one\n"
    assert list(tmp_path.iterdir()) == []
