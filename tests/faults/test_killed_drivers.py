"""Kills at random moments, by every signal that ends a command: the same command goes on, and nothing shows in the end.

Each round draws, from its own number, which study it is, how often it is killed, by what, and when.
"""

import os
import pty
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from study.records.folder import StudyFolder
from tests.agreement import check_agreement, without_time
from tests.faults.commands import STUDIES, TRIALS, command, curves, launch
from tests.figures import seen

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")  # in MLflow's own

TERMINAL = "a closed terminal"
ENDS = [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, TERMINAL]
ROUNDS = 10
IN_CI = 4
"""The round that CI runs: SIGKILL."""


@dataclass(frozen=True)
class Straight:
    """A study that nothing happened to: its records, its curves, and how long its command took."""

    table: pd.DataFrame
    curves: dict[int, list[dict[str, float]]]
    seconds: float


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Straight]:
    runs = tmp_path_factory.mktemp("straight")
    known: dict[str, Straight] = {}

    def run(name: str) -> Straight:
        if name not in known:
            begun = time.monotonic()
            done = launch(runs, name)
            seconds = time.monotonic() - begun
            assert done.returncode == 0, done.stderr
            known[name] = Straight(check_agreement(runs, name, TRIALS), curves(StudyFolder(runs / name)), seconds)
            again = launch(runs, name)
            assert (again.returncode, "Traceback" in done.stderr + again.stderr) == (0, False)
            pd.testing.assert_frame_equal(check_agreement(runs, name, TRIALS), known[name].table)
        return known[name]

    return run


def end_after(arguments: list[str], seconds: float, end: signal.Signals | str, output: Path) -> int:
    """Start a command, end it after that time if it has not ended, and give its exit code."""
    keyboard, terminal = pty.openpty()
    try:
        with output.open("ab") as file:
            process = subprocess.Popen(
                arguments,
                stdin=terminal,
                stdout=file,
                stderr=file,
                start_new_session=True,
                # so that closing it reaches the command as it would a user's
                preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),
            )
        os.close(terminal)
        try:
            return process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            if end == signal.SIGINT:
                os.killpg(process.pid, end)  # Ctrl-C goes to the command and to what it has started
            elif isinstance(end, signal.Signals):
                process.send_signal(end)
            else:
                os.close(keyboard)
                keyboard = -1
            return process.wait()
    finally:
        if keyboard >= 0:
            os.close(keyboard)


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", [pytest.param(number, marks=[pytest.mark.ci] if number == IN_CI else []) for number in range(ROUNDS)]
)
def test_a_study_that_is_killed_ends_as_one_that_is_not(
    number: int, straight: Callable[[str], Straight], tmp_path: Path
) -> None:
    drawn = random.Random(number)
    begun, ended_by = time.monotonic(), []
    name = list(STUDIES)[number % len(STUDIES)]
    expected = straight(name)
    output = tmp_path / "output.txt"
    for end in drawn.choices(ENDS, k=drawn.choice([1, 2])):
        moment = drawn.uniform(0.1, 0.85) * expected.seconds
        code = end_after(command(tmp_path, name), moment, end, output)
        ended_by.append(f"{getattr(end, 'name', end)} after {moment:.1f} s" if code else "nothing: it was done")
        signalled = isinstance(end, signal.Signals) and code == -end
        assert code in (0, 130) or signalled or (end == TERMINAL and code == -signal.SIGHUP), output.read_text()

    done = launch(tmp_path, name)
    assert done.returncode == 0, done.stderr
    pd.testing.assert_frame_equal(without_time(check_agreement(tmp_path, name, TRIALS)), without_time(expected.table))
    assert curves(StudyFolder(tmp_path / name)) == expected.curves
    assert not list(tmp_path.rglob("*.part")), "a half-written file was left"
    whole = f"{expected.seconds:.0f} s of {name}"
    seen(f"{whole}, ended by {', then '.join(ended_by)}; with these {time.monotonic() - begun:.0f} s")
