"""What a process died of is in its trial's folder for the next attempt, and nothing is there if it did not die."""

import subprocess
import sys
from pathlib import Path

import pytest

from study.records.folder import TrialFolder
from study.search import worker_deaths

PROGRAM = """
import faulthandler, os, sys
from pathlib import Path
from study.records.folder import TrialFolder
from study.search import worker_deaths
with worker_deaths.crash_recorded(TrialFolder(Path(sys.argv[1]))):
    {death}
"""


@pytest.fixture
def folder(tmp_path: Path) -> TrialFolder:
    return TrialFolder(tmp_path)


@pytest.mark.parametrize(
    ("death", "words"),
    [
        ("faulthandler._sigsegv()", "Fatal Python error: Segmentation fault"),
        ("os.abort()", "Fatal Python error: Aborted"),
        ("os.kill(os.getpid(), 9)", ""),
    ],
)
def test_the_next_attempt_finds_the_reason(folder: TrialFolder, death: str, words: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(death=death), str(folder.path)], capture_output=True)
    assert done.returncode < 0
    worker_deaths.collect_crash(folder)
    assert worker_deaths.last_words(folder) == words
    assert folder.error.exists() == bool(words)


def test_a_process_that_does_not_crash_leaves_nothing(folder: TrialFolder) -> None:
    with worker_deaths.crash_recorded(folder):
        pass
    with pytest.raises(ValueError, match="wrong"), worker_deaths.crash_recorded(folder):
        raise ValueError("wrong")
    worker_deaths.collect_crash(folder)
    assert not folder.error.exists()
    assert worker_deaths.last_words(folder) == ""


def test_the_last_words_of_a_traceback(folder: TrialFolder) -> None:
    folder.error.write_text(
        "Traceback (most recent call last):\n"
        '  File "trial.py", line 3, in run\n    wrong()\n'
        "ray.exceptions.Error: first words\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        "Traceback (most recent call last):\n"
        '  File "trial.py", line 3, in run\n    raise KeyError\n'
        "KeyError\n"
    )
    assert worker_deaths.last_words(folder) == "KeyError"
