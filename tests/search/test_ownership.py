"""Whose a study in a storage is, and who runs it: other folders and plans are refused, dead holders are replaced."""

import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.search import ownership, storage
from study.search.proposals import propose
from study.system.errors import Busy, Halted, InputError
from tests.search.conftest import MakePlan

pytestmark = pytest.mark.filterwarnings(  # Optuna keeps its connections to a server
    "ignore:Exception ignored in. <function BaseConnection.__del__:pytest.PytestUnraisableExceptionWarning"
)

HOLD = """
import sys
from pathlib import Path
from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.search import ownership
ownership.BEAT_SECONDS = float(sys.argv[3])
folder = StudyFolder(Path(sys.argv[2]))
with ownership.holding(sys.argv[1], StudyPlan.load(folder.plan), folder):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """`new_url()`: the address of a storage that is empty, or not there yet."""
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path}/{uuid.uuid4().hex}.db"
        return
    server = request.getfixturevalue("postgres")
    yield lambda: str(server.create(uuid.uuid4().hex))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Optuna leaves its connections to the garbage collector
        gc.collect()


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    return new_url()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of heartbeats, fifty times as fast."""
    for name in ("BEAT_SECONDS", "STALE_SECONDS", "LOOK_SECONDS"):
        monkeypatch.setattr(ownership, name, getattr(ownership, name) / 50)


@pytest.fixture
def holder(request: pytest.FixtureRequest, url: str, make: MakePlan, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs the study of the folder `a`, until its input ends. Its parameter: seconds of a beat."""
    make().save(StudyFolder(tmp_path / "a").plan)
    command = [sys.executable, "-c", HOLD, url, str(tmp_path / "a"), str(getattr(request, "param", 0.05))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def launched(url: str, plan: StudyPlan, folder: StudyFolder, trials: int = 1) -> None:
    """A launch that asked for so many trials."""
    ownership.check(url, plan, folder)
    with ownership.holding(url, plan, folder):
        study = storage.open_study(plan, folder, url)
        plan.save(folder.plan)
        for _ in range(trials):
            propose(study, plan)


def test_another_folder_is_refused_and_the_first_goes_on(url: str, make: MakePlan, tmp_path: Path) -> None:
    first, second = StudyFolder(tmp_path / "a"), StudyFolder(tmp_path / "b")
    launched(url, make(), first)
    for plan, what in ((make(), "of another folder"), (make(seed=7), "of another plan and folder")):
        with pytest.raises(InputError, match=f"it holds a study 'small' {what} .*{first.path}") as refused:
            ownership.check(url, plan, second)
        assert "use another --name or another --storage" in str(refused.value)
        with pytest.raises(InputError, match=what), ownership.holding(url, plan, second):
            raise AssertionError
    assert not second.path.exists()
    launched(url, make(trials=3), first)
    launched(url, make(name="other"), second)


def test_a_folder_that_was_moved_stays_the_same_study(url: str, make: MakePlan, tmp_path: Path) -> None:
    launched(url, make(), StudyFolder(tmp_path / "a"))
    shutil.move(tmp_path / "a", tmp_path / "moved")
    launched(url, make(), StudyFolder(tmp_path / "moved"))
    with pytest.raises(InputError, match=f"of another folder .*{tmp_path}/moved"):
        ownership.check(url, make(), StudyFolder(tmp_path / "a"))


def test_a_folder_that_lost_its_plan_takes_no_other(url: str, make: MakePlan, tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "a")
    launched(url, make(), folder)
    folder.plan.unlink()
    ownership.check(url, make(), folder)
    with pytest.raises(InputError, match="'small' of another plan;"):
        ownership.check(url, make(seed=7), folder)


def test_the_storage_in_the_folder_itself_needs_no_id(make: MakePlan, tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "a")
    folder.path.mkdir()
    launched(storage.default_url(folder), make(), folder)
    before = folder.identity.read_text()
    folder.identity.unlink()
    launched(storage.default_url(folder), make(), folder)
    assert folder.identity.read_text() == before
    with pytest.raises(InputError, match="of another folder"):
        ownership.check(storage.default_url(folder), make(), StudyFolder(tmp_path / "b"))


def test_a_study_of_before_there_were_ids_belongs_to_the_folder_that_has_its_plan(
    url: str, make: MakePlan, tmp_path: Path
) -> None:
    folder, other = StudyFolder(tmp_path / "a"), StudyFolder(tmp_path / "b")
    propose(storage.open_study(make(), folder, url), make())
    with pytest.raises(InputError, match="of another folder; use"):
        ownership.check(url, make(), other)
    make().save(folder.plan)
    launched(url, make(), folder)
    with pytest.raises(InputError, match="of another folder"):
        ownership.check(url, make(), other)


def test_a_study_without_trials_is_anybodys(url: str, make: MakePlan, tmp_path: Path) -> None:
    launched(url, make(), StudyFolder(tmp_path / "a"), trials=0)
    launched(url, make(seed=7), StudyFolder(tmp_path / "b"))
    with pytest.raises(InputError, match="of another plan and folder"):
        ownership.check(url, make(), StudyFolder(tmp_path / "a"))


@pytest.mark.usefixtures("quick")
def test_of_two_that_begin_at_once_one_is_refused(new_url: Callable[[], str], make: MakePlan, tmp_path: Path) -> None:
    for number in range(8):
        url, refused, held = new_url(), [], []
        ready, done = threading.Barrier(2), threading.Barrier(2)

        def launch(name: str) -> None:
            ready.wait()  # noqa: B023
            try:
                storage.check(url)  # noqa: B023
                with ownership.holding(url, make(), StudyFolder(tmp_path / name / str(number))):  # noqa: B023
                    held.append(name)  # noqa: B023
                    done.wait()  # noqa: B023
            except (InputError, Busy) as error:
                refused.append(str(error))  # noqa: B023
                done.wait()  # noqa: B023

        both = [threading.Thread(target=launch, args=(name,)) for name in "ab"]
        for each in both:
            each.start()
        for each in both:
            each.join()
        assert len(held) == len(refused) == 1
        assert "of another folder" in refused[0]


@pytest.mark.usefixtures("quick")
def test_a_live_holder_is_named(url: str, make: MakePlan, tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    said: list[str] = []
    with (
        pytest.raises(Busy, match=rf"'small' in this storage is being run by process {holder.pid} of .* since"),
        ownership.holding(url, make(), StudyFolder(tmp_path / "a"), said.append),
    ):
        raise AssertionError
    assert said == [sentence for sentence in said if f"may still be run by process {holder.pid}" in sentence] != []


@pytest.mark.parametrize("same_machine", [True, False])
@pytest.mark.parametrize("end", [signal.SIGKILL, None])
@pytest.mark.usefixtures("quick")
def test_a_dead_holder_is_replaced(
    url: str,
    make: MakePlan,
    tmp_path: Path,
    holder: subprocess.Popen[str],
    end: signal.Signals | None,
    same_machine: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At once if it was a process of this machine, or ended by itself; else after it was silent for long enough."""
    if end is None:
        assert holder.stdin is not None
        holder.stdin.close()
    else:
        os.kill(holder.pid, end)
    holder.wait()
    if not same_machine:
        monkeypatch.setattr(ownership, "_machine", lambda: "another")
    said: list[str] = []
    with ownership.holding(url, make(), StudyFolder(tmp_path / "a"), said.append) as held:
        held.check()
    assert len(said) == (end is not None and not same_machine)


@pytest.mark.usefixtures("quick", "holder")
@pytest.mark.parametrize("holder", [1000], indirect=True)
def test_who_was_silent_for_too_long_learns_that_another_has_taken_over(
    url: str, make: MakePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "_machine", lambda: "another")
    with ownership.holding(url, make(), StudyFolder(tmp_path / "a")) as ours:
        with create_engine(url).begin() as connection:  # as a third one does
            connection.execute(ownership.TABLE.update().values(holder="another"))
        assert ours.lost.wait(30)
        with pytest.raises(Halted, match="another command took over this study"):
            ours.check()


def test_where_nothing_is_nothing_is_made(make: MakePlan, tmp_path: Path) -> None:
    ownership.check(f"sqlite:///{tmp_path}/none.db", make(), StudyFolder(tmp_path / "a"))
    assert list(tmp_path.iterdir()) == []
