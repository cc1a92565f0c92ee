"""What the study benchmark reads: slots, the seconds of a trial, and the memory of a process, at known answers."""

import json
import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.processes import DATA, Watch, memory
from benchmarks.timeline import between, costs
from study.records.folder import StudyFolder, TrialFolder
from study.records.outcome import Outcome
from study.system.files import write_json


def test_a_trial_takes_the_slot_that_was_freed_first() -> None:
    begins, ends = [0.0, 0.5, 10.5, 13.0, 20.0], [10.0, 12.0, 30.0, 19.0, 21.0]
    assert between(begins, ends, concurrent=2) == [0.5, 1.0, 1.0]
    assert between(begins[:2], ends[:2], concurrent=2) == []


def end(folder: TrialFolder, begun: float, ended: float, **seconds: float) -> None:
    """The files of a trial that did steps of 0.1 s, the first one a second after it began."""
    folder.path.mkdir(parents=True)
    lines = [
        {"step": step, "seconds": step / 10, "time": begun + 1 + step / 10, "images": 100 * step} for step in (0, 5)
    ]
    folder.metrics.write_text("".join(json.dumps(line) + "\n" for line in lines))
    write_json(folder.attempts, [{"launch": "a", "run": 0, "node": "here", "pid": 7}])
    Outcome("complete", seconds=seconds).write(folder)
    os.utime(folder.attempts, (begun, begun))
    os.utime(folder.outcome, (ended, ended))


def test_where_the_seconds_of_a_study_went(tmp_path: Path) -> None:
    """Two slots; the trials that follow have 1 s and 3 s beside their own work, and gaps of 0.5 s and 1.5 s."""
    study = StudyFolder(tmp_path)
    end(study.trial(0), 1000, 1020, training=10, curve=1, evaluation=2)
    end(study.trial(1), 1001, 1030, training=15, curve=2, evaluation=3)
    end(study.trial(2), 1020.5, 1040.5, training=10, curve=4, evaluation=5)
    end(study.trial(3), 1031.5, 1044.5, training=5, curve=2, evaluation=3)
    found = costs(study, typed=990, ended=1050, concurrent=2)
    assert found.count == 4
    assert (found.begun, found.ended, found.trials, found.end) == (1000, 1044.5, 44.5, 5.5)
    assert (found.training, found.evaluation) == (40, 22)
    assert found.other_work == pytest.approx(20 + 29 + 20 + 13 - 62)
    assert found.gap == pytest.approx((0.5 + 1.5) / 2)
    assert found.per_trial == pytest.approx((1 + 3) / 2 + found.gap)
    assert found.first_step == pytest.approx(11 + 0.1, abs=1e-6)


PROGRAM = """
import mmap, sys
kept = bytearray(40 << 20)
for page in range(0, len(kept), 4096): kept[page] = 1
file = open(sys.argv[1], "rb")
data = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
read = sum(data[page] for page in range(0, len(data), 4096))
print("ready", flush=True)
sys.stdin.read()
"""


def test_private_memory_is_what_a_process_took_without_the_data(tmp_path: Path) -> None:
    def private(name: str) -> int:
        (tmp_path / name).write_bytes(bytes(60 << 20))
        program = [sys.executable, "-c", PROGRAM, str(tmp_path / name)]
        with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            watch = Watch(os.getpid())
            watch.look()
            assert process.pid in watch._seconds[-1]
            used = memory(process.pid)
            process.communicate("")
        assert used is not None
        assert used[0] <= used[1]
        assert memory(process.pid) is None
        return used[0]

    with_data, with_a_file = private("images" + DATA), private("images")
    assert 40 << 20 < with_data < 80 << 20
    assert 55 << 20 < with_a_file - with_data < 65 << 20
    assert mmap.PAGESIZE <= 1 << 16  # else the program does not touch every page
