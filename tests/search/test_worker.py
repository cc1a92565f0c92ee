"""One attempt at one trial: its lock, the reason of one that died too often, and a full disk, nobody's fault."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock, Timeout

from study.records.folder import TrialFolder
from study.records.outcome import Outcome
from study.search import worker, worker_deaths
from study.search.worker_deaths import Attempt
from study.trial.fit import Progress


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    return TrialFolder(tmp_path)


@pytest.mark.parametrize("crash", [True, False])
def test_a_trial_whose_process_died_too_often_has_failed(
    folder: TrialFolder, monkeypatch: pytest.MonkeyPatch, crash: bool
) -> None:
    """With the last words of its last attempt, be they a traceback or what a crash has left."""
    attempt = Attempt("launch", 0, "node", 7)
    monkeypatch.setattr(worker_deaths, "here", lambda launch, run: attempt)
    for _ in range(worker_deaths.MAX_ATTEMPTS):
        worker_deaths.begin(folder, attempt, lambda node: False)
    folder.error.write_text("Traceback (most recent call last):\n  File\nValueError: the last words\n")
    if crash:
        folder.crash.write_text("Fatal Python error: Segmentation fault\n\nCurrent thread")
    worker._attempt(folder, {"launch": "launch", "run": 0})
    outcome = Outcome.read(folder)
    assert outcome is not None
    assert outcome.state == "failed"
    words = "Fatal Python error: Segmentation fault" if crash else "ValueError: the last words"
    assert outcome.reason == f"its process died 3 times; last error: {words}"


class Broken:
    """Finds `study.trial.run`, whose import raises this."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def find_spec(self, name: str, *_: Any) -> None:
        if name == "study.trial.run":
            raise self.error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ImportError("no 'Model' in 'models'"), "ImportError: no 'Model' in 'models'"),
        (SystemExit("not yours"), "ImportError: a module ended the process when it was imported: not yours"),
    ],
)
def test_what_fails_on_import_is_the_trials_reason(
    folder: TrialFolder, monkeypatch: pytest.MonkeyPatch, error: BaseException, reason: str
) -> None:
    monkeypatch.setattr(worker_deaths, "here", lambda launch, run: Attempt(launch, run, "node", 7))
    monkeypatch.delitem(sys.modules, "study.trial.run", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(error), *sys.meta_path])
    for _ in range(worker_deaths.MAX_ATTEMPTS - 1):
        with pytest.raises(RuntimeError, match=re.escape(reason)):
            worker._attempt(folder, {"launch": "launch", "run": 0, "config": {}})
    worker._attempt(folder, {"launch": "launch", "run": 0, "config": {}})
    outcome = Outcome.read(folder)
    assert outcome is not None
    assert (outcome.state, outcome.reason) == ("failed", reason)
    assert "Traceback (most recent call last)" in folder.error.read_text()
    assert "in find_spec" in folder.error.read_text()


def test_a_trial_that_another_process_works_on_is_not_begun(
    folder: TrialFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "ORPHAN_SECONDS", 0)
    monkeypatch.setattr(worker, "_attempt", lambda folder, job: pytest.fail("begun"))
    with FileLock(folder.lock), pytest.raises(RuntimeError, match=f"another process works on {folder.path}"):
        worker.train({"folder": str(folder.path)})


def test_a_trial_is_locked_until_its_attempt_has_ended(folder: TrialFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Ray is told last is that it has, so that another attempt may begin then."""
    seen: list[str] = []

    def attempt(folder: TrialFolder, job: dict[str, Any]) -> None:
        with pytest.raises(Timeout), FileLock(folder.lock, timeout=0):
            pass
        seen.append("locked")

    def report(result: dict[str, Any]) -> None:
        with FileLock(folder.lock, timeout=0):
            seen.append(f"free, {result}")

    monkeypatch.setattr(worker, "_attempt", attempt)
    monkeypatch.setattr(worker.tune, "report", report)
    worker.train({"folder": str(folder.path)})
    assert seen == ["locked", "free, {'final': True}"]


def test_a_full_disk_is_nobodys_attempt(folder: TrialFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[dict[str, Any]] = []

    def full(path: Path, value: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(worker_deaths, "here", lambda launch, run: Attempt(launch, run, "node", 7))
    monkeypatch.setattr(worker_deaths, "write_json", full)
    monkeypatch.setattr(worker.tune, "report", reported.append)
    worker.train({"folder": str(folder.path), "launch": "launch", "run": 0})
    assert reported == [{worker.HALT: f"{folder.attempts}: No space left on device"}]
    assert Outcome.read(folder) is None
    assert not folder.error.exists()


def test_a_worker_whose_trial_was_given_to_another_ends_before_it_writes(folder: TrialFolder) -> None:
    """As after a lock that a file server has freed, because it did not hear from the worker's node."""
    worker_deaths.begin(folder, Attempt("launch", 0, "cut off", 7), lambda node: False)
    program = (
        "import sys, threading; from pathlib import Path\n"
        "from study.records.folder import TrialFolder; from study.search import worker\n"
        "worker.LOOK_SECONDS = 0.05\n"
        "with worker._while_ours(TrialFolder(Path(sys.argv[1]))):\n"
        "    print('begun', flush=True); threading.Event().wait()\n"
    )
    command = [sys.executable, "-c", program, str(folder.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.5)  # alone, it works on
            worker_deaths.begin(folder, Attempt("launch", 0, "elsewhere", 8), lambda node: True)
            assert process.wait(timeout=120) == 18
        finally:
            process.kill()


def test_reports_are_far_apart_and_the_first_comes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[dict[str, float]] = []
    now = 100.0
    monkeypatch.setattr(worker.tune, "report", reported.append)
    monkeypatch.setattr(worker.time, "monotonic", lambda: now)
    report = worker._Reporter(total_steps=40)
    for step in range(40):
        report(Progress(step, 10 * step, step / 2, {}), {"train_loss": 1.0})
        now += worker.REPORT_SECONDS / 8
    assert [result["step"] for result in reported] == [0, 8, 16, 24, 32]
    assert reported[1] == {"step": 8, "seconds": 4.0, "total_steps": 40, "train_loss": 1.0}
