"""The watch over running trials, by a clock that the tests move."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from study.records.folder import TrialFolder
from study.records.outcome import Outcome
from study.search import watchdog
from study.search.watchdog import Watchdog


class Trials:
    """A watch, its clock, and trials whose actors are their numbers."""

    def __init__(self, place: Path, limit: float | None, stall: float) -> None:
        self.now = 100.0
        self.place = place
        self.watch = Watchdog(limit, stall, clock=lambda: self.now)

    def begin(self, number: int) -> tuple[Any, TrialFolder]:
        trial: Any = SimpleNamespace(trial_id=str(number), temporary_state=SimpleNamespace(ray_actor=number))
        folder = TrialFolder(self.place / f"{number:04d}")
        folder.path.mkdir(exist_ok=True)
        self.watch.begun(trial, folder)
        return trial, folder

    def after(self, seconds: float) -> None:
        self.now += seconds
        self.watch.look()


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr(watchdog.ray, "kill", found.append)
    return found


def test_over_the_limit(tmp_path: Path, killed: list[int]) -> None:
    trials = Trials(tmp_path, limit=30, stall=1000)
    _, first = trials.begin(1)
    trials.after(20)
    _, second = trials.begin(2)
    trials.after(9)
    assert killed == []
    trials.after(1)
    assert killed == [1]
    outcome = Outcome.read(first)
    assert outcome is not None
    assert (outcome.state, outcome.reason) == ("failed", "over its time limit of 30 s (--trial-timeout)")
    trials.after(10)
    assert killed == [1]
    trials.after(10)
    assert killed == [1, 2]
    assert Outcome.read(second) is not None


def test_what_has_an_outcome_keeps_it(tmp_path: Path, killed: list[int]) -> None:
    trials = Trials(tmp_path, limit=30, stall=1000)
    _, folder = trials.begin(1)
    Outcome("complete", metrics={"reconstruction": 1.0}).write(folder)
    trials.after(31)
    assert killed == [1]
    outcome = Outcome.read(folder)
    assert outcome is not None
    assert outcome.state == "complete"


def test_any_change_in_the_folder_is_a_sign_of_life(tmp_path: Path, killed: list[int]) -> None:
    trials = Trials(tmp_path, limit=None, stall=10)
    _, folder = trials.begin(1)
    for step in range(5):
        folder.append_metrics({"step": step})
        trials.after(9)
    folder.checkpoint.write_text("here")
    trials.after(9)
    folder.checkpoint.unlink()
    trials.after(9)
    assert killed == []
    trials.after(9)
    trials.after(2)
    assert killed == [1]
    assert Outcome.read(folder) is None
    assert folder.error.read_text() == "TimeoutError: no sign of life for 10 s (--stall-timeout)\n"


def test_each_attempt_has_its_own_time(tmp_path: Path, killed: list[int]) -> None:
    trials = Trials(tmp_path, limit=30, stall=20)
    trial, _ = trials.begin(1)
    trials.after(15)
    trials.watch.ended(trial)
    trials.after(100)
    assert killed == []
    trials.begin(1)
    trials.after(15)
    assert killed == []


def test_a_trial_without_a_folder_or_an_actor(tmp_path: Path, killed: list[int]) -> None:
    trials = Trials(tmp_path, limit=30, stall=1000)
    trial, folder = trials.begin(1)
    folder.path.rmdir()
    trial.temporary_state.ray_actor = None
    trials.after(5)
    trials.after(30)
    assert killed == []
    assert Outcome.read(folder) is not None
