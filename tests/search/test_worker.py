"""One attempt at one trial: a hanging one is ended, one that died too often has a reason."""

import subprocess
import sys
from pathlib import Path

import pytest

from study.folder import TrialFolder
from study.outcome import Outcome
from study.search import attempts, worker
from study.training import Progress


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    return TrialFolder(tmp_path)


def test_a_trial_whose_process_died_too_often_has_failed(folder: TrialFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "here", lambda: "node")
    for _ in range(attempts.MAX_ATTEMPTS):
        attempts.begin(folder, "launch", "node", lambda node: False)
    folder.error.write_text("Traceback\nValueError: the last words\n")
    worker._attempt(folder, {"launch": "launch"})
    outcome = Outcome.read(folder)
    assert outcome is not None
    assert outcome.state == "failed"
    assert "died 3 times" in outcome.reason
    assert "the last words" in outcome.reason


def test_a_hanging_trial_ends_with_its_process_and_says_why(folder: TrialFolder) -> None:
    program = (
        "import sys, threading; from pathlib import Path\n"
        "from study.folder import TrialFolder; from study.search.worker import _time_limit\n"
        "with _time_limit(TrialFolder(Path(sys.argv[1])), 0.2): threading.Event().wait()\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(folder.path)], capture_output=True, timeout=120)
    assert ended.returncode == 17
    outcome = Outcome.read(folder)
    assert outcome is not None
    assert outcome.state == "failed"
    assert "time limit of 0.2 s" in outcome.reason


def test_a_worker_whose_trial_was_given_to_another_ends_before_it_writes(folder: TrialFolder) -> None:
    """As after a lock that a file server has freed, because it did not hear from the worker's node."""
    attempts.begin(folder, "launch", "cut off", lambda node: False)
    program = (
        "import sys, threading; from pathlib import Path\n"
        "from study.folder import TrialFolder; from study.search import worker\n"
        "worker.LOOK_SECONDS = 0.05\n"
        "with worker._only_one(TrialFolder(Path(sys.argv[1]))): print('begun', flush=True); threading.Event().wait()\n"
    )
    command = [sys.executable, "-c", program, str(folder.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.5)  # alone, it works on
            attempts.begin(folder, "launch", "elsewhere", lambda node: True)
            assert process.wait(timeout=120) == 18
        finally:
            process.kill()


def test_the_time_limit_is_gone_with_the_trial(folder: TrialFolder) -> None:
    import threading

    before = threading.active_count()
    with worker._time_limit(folder, 3600):
        assert threading.active_count() == before + 1
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()
    assert threading.active_count() == before
    assert Outcome.read(folder) is None


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
