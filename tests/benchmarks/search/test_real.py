"""Arms for real: what a study had found by when, and what is not run again."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.results import save
from benchmarks.search import measures, real
from benchmarks.search.simulation import Arm
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.records.table import RUNG
from study.system.errors import InputError
from tests.benchmarks.search.landscape import (
    SPACE,
    plan_of,
)


@pytest.fixture
def ended(tmp_path: Path) -> Callable[[int, float, Outcome], None]:
    def end(number: int, at: float, outcome: Outcome) -> None:
        trial = StudyFolder(tmp_path).trial(number)
        trial.path.mkdir(parents=True)
        outcome.write(trial)
        os.utime(trial.outcome, (at, at))

    plan_of().save(StudyFolder(tmp_path).plan)
    return end


def test_what_a_real_study_had_found_by_when(tmp_path: Path, ended: Callable[[int, float, Outcome], None]) -> None:
    final = {"validation_reconstruction": 465.0, "validation_disentanglement": 0.3}
    ended(0, 1010, Outcome("pruned", metrics={RUNG: 100.0, "rung_reconstruction": 1.0, "rung_disentanglement": 1.0}))
    ended(1, 1020, Outcome("complete", metrics=final))
    ended(2, 1040, Outcome("complete", metrics=final))
    StudyFolder(tmp_path).trial(3).path.mkdir()
    found = real.over_time(StudyFolder(tmp_path), 1000, [15, 30], measures.yardstick(SPACE))
    assert [(each.images, each.complete, each.pruned) for each in found] == [(100, 0, 1), (2800, 1, 1)]
    assert [each.hypervolume for each in found] == pytest.approx([0, 10])


def test_a_real_study_is_not_run_again_for_the_same_time_and_settings(tmp_path: Path) -> None:
    path = tmp_path / "real.json"
    asked = {"hours": 0.5, "set": ["width=16"]}
    assert real.kept(path, asked) == {}
    save(path, {"anecdotal": {real.study_name(Arm("tpe", "none"), 1): []}}, **asked)
    assert real.kept(path, asked) == {"tpe-none-01": []}
    assert real.kept(path, {**asked, "hours": 1.0}) == {}


def test_a_real_study_that_does_not_run_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"random-none-00 ended with exit code 2: error: --set: 'nothing'"):
        real.launch(Arm("random", "none"), 0, 60, tmp_path, ["nothing=1"])
    (tmp_path / "random-none-01").mkdir()
    with pytest.raises(InputError, match="is there already"):
        real.launch(Arm("random", "none"), 1, 60, tmp_path, [])
