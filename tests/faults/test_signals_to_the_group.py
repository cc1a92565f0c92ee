"""Signals to a command, to its group, and to all that it has started: it ends within ten seconds, and goes on later."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest

from study.records.folder import StudyFolder
from tests.agreement import check_agreement, without_time
from tests.faults.commands import TRIALS, command, launch
from tests.figures import seen

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")  # in MLflow's own

SECONDS = 10.0
"""Within which a command has ended."""

TO = ("the command", "its group", "everything")
ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
MOMENTS = int(os.environ.get("WAE_STUDY_TEST_MOMENTS", "1"))
"""Random moments at which each signal is sent to each of these."""


def send(process: subprocess.Popen[bytes], end: signal.Signals, to: str) -> None:
    if to == "the command":
        process.send_signal(end)
    elif to == "its group":
        os.killpg(process.pid, end)
    else:  # as a batch system does
        for each in [*psutil.Process(process.pid).children(recursive=True), process]:
            os.kill(each.pid, end)


@pytest.mark.slow
@pytest.mark.parametrize("to", TO)
@pytest.mark.parametrize("end", ENDS)
def test_a_command_ends_in_time_whoever_else_is_told(end: signal.Signals, to: str, tmp_path: Path) -> None:
    begun = time.monotonic()
    assert launch(tmp_path, "random").returncode == 0
    seconds = time.monotonic() - begun
    straight = without_time(check_agreement(tmp_path, "random", TRIALS))
    took = []
    for number in range(MOMENTS):
        drawn, runs = random.Random(f"{end.name} {to} {number}"), tmp_path / str(number)
        moment = drawn.uniform(0.1, 0.85) * seconds
        output = tmp_path / f"{number}.txt"
        with output.open("wb") as file:
            process = subprocess.Popen(
                command(runs, "random"), stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
            )
        try:
            code = process.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            sent = time.monotonic()
            send(process, end, to)
            if drawn.random() < 0.5:  # twice
                send(process, end, "the command")
            code = process.wait()
            took.append(time.monotonic() - sent)
            assert code == 130, output.read_text()
            said = output.read_text().splitlines()
            assert said[-1].startswith("interrupted"), output.read_text()
            assert took[-1] < SECONDS
        assert "Traceback" not in output.read_text()
        folder = StudyFolder(runs / "random")
        assert not folder.holder.exists()
        done = launch(runs, "random")
        assert done.returncode == 0, done.stderr
        pd.testing.assert_frame_equal(without_time(check_agreement(runs, "random", TRIALS)), straight)
    seen(f"{end.name} to {to}: ended after {', '.join(f'{each:.1f}' for each in took)} s")
