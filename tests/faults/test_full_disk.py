"""A disk that is full, or becomes read-only, while a study runs: a clear end, whole files, and the study goes on.

The disk is a memory file system of a few megabytes in a mount namespace of its own; a shell in there is told when to
change it.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from study.records.folder import StudyFolder
from study.system.files import read_json
from tests.agreement import check_agreement
from tests.faults.commands import TRIALS, command

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning"),  # in MLflow's own
]

ENTER = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]


class Disk:
    """A small disk at `path`, as the processes in its namespace see it."""

    def __init__(self, path: Path, kilobytes: int) -> None:
        self.path = path
        self._shell = subprocess.Popen(
            [*ENTER, "sh", "-s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.run(f"mount -t tmpfs -o size={kilobytes}k tmpfs {path}")

    def run(self, line: str) -> tuple[int, str]:
        """A line of shell in the namespace: its exit code and what it said."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{line} </dev/null; code=$?; echo; echo DONE $code\n")
        self._shell.stdin.flush()
        said: list[str] = []
        for text in self._shell.stdout:
            if text.startswith("DONE "):
                return int(text.removeprefix("DONE ")), "".join(said).strip()
            said.append(text)
        raise AssertionError("".join(said))

    def launch(self, *more: str) -> tuple[int, str]:
        return self.run(subprocess.list2cmdline(command(self.path, "random", *more)))

    def copy_to(self, place: Path) -> None:
        """What is on the disk, to be looked at from outside, each file whole."""
        code, said = self.run(f"cp -a {self.path}/. {place}/")
        assert code == 0, said

    def close(self) -> None:
        self._shell.communicate()


@pytest.fixture
def make_disk(tmp_path: Path) -> Iterator[Callable[[int], Disk]]:
    allowed = shutil.which("unshare") and subprocess.run([*ENTER, "true"], capture_output=True).returncode == 0
    if not allowed:
        pytest.skip("needs unshare, and a system that lets its user make mount namespaces")
    with ExitStack() as made:

        def make(kilobytes: int) -> Disk:
            (tmp_path / "disk").mkdir()
            disk = Disk(tmp_path / "disk", kilobytes)
            made.callback(disk.close)
            return disk

        yield make


def check_whole(runs: Path) -> None:
    """Whatever was written is whole: JSON can be read, and nothing temporary stands for a file."""
    for path in runs.rglob("*.json"):
        read_json(path)
    for trial in StudyFolder(runs / "random").trials():
        list(trial.read_metrics())


@pytest.mark.parametrize("kilobytes", [700, 1200, 2400])
def test_a_full_disk_is_one_sentence_and_the_study_goes_on_when_there_is_room(
    make_disk: Callable[[int], Disk], tmp_path: Path, kilobytes: int
) -> None:
    disk = make_disk(kilobytes)
    code, said = disk.launch()
    assert "Traceback" not in said
    assert code in (2, 4), said  # 2 where not even the databases found room
    assert "No space left on device" in said or "database or disk is full" in said or "cannot be written" in said
    (tmp_path / "full").mkdir()
    disk.copy_to(tmp_path / "full")
    check_whole(tmp_path / "full")

    disk.run(f"mount -o remount,size=200m {disk.path}")
    code, said = disk.launch()
    assert code == 0, said
    shutil.rmtree(tmp_path / "full")
    (tmp_path / "copy").mkdir()
    disk.copy_to(tmp_path / "copy")
    disk.close()
    shutil.copytree(tmp_path / "copy", disk.path, dirs_exist_ok=True)  # to where its database says that files are
    check_agreement(disk.path, "random", TRIALS)


def test_a_disk_that_becomes_read_only_halts_the_study(make_disk: Callable[[int], Disk], tmp_path: Path) -> None:
    disk = make_disk(200_000)
    begun = f"{disk.path}/random/trials/0000/metrics.jsonl"
    # A disk on which files are open for writing cannot itself be made read-only. Another view of it can, and be moved
    # over it; aside first, where nothing can open a file before it is read-only.
    aside = tmp_path / "aside"
    aside.mkdir()
    read_only = f"mount --bind {disk.path} {aside} && mount -o remount,bind,ro {aside}"
    lay_over = f"{read_only} && mount --move {aside} {disk.path}"
    when_begun = f"while [ ! -s {begun} ]; do sleep 0.1; done; {lay_over}"
    study = subprocess.list2cmdline(command(disk.path, "random"))
    stop_waiting = "ended=$?; kill $! 2>/dev/null; (exit $ended)"  # a study that never began is not waited for
    code, said = disk.run(f"{{ ({when_begun}) & {study}; {stop_waiting}; }}")
    assert "Traceback" not in said
    assert code == 4, said
    assert "ead-only" in said or "readonly" in said
    code, said = disk.launch()
    assert code == 2, said
    assert "cannot be written" in said
    assert disk.run(f"umount {disk.path}") == (0, "")
    code, said = disk.launch()
    assert code == 0, said
