"""The disk use of a study, at known answers and against a finished one."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.running.dry_run.disk import disk_use, in_bytes, trial_bytes
from study.running.dry_run.timing import choose, measure, share_here
from study.running.run import Options
from study.search.resources import Resources
from study.search.share import Share
from tests import make
from tests.running.dry_run.plans import fading, timed, words


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        ("none", "weights: none are kept"),
        ("all", "weights: up to 12 MB, 1 MB a trial"),
        ("front", "(--keep front): 3 MB to 12 MB"),
    ],
)
def test_the_room_that_weights_take(keep: Any, expected: str) -> None:
    plan = make.plan()
    text = words(disk_use(plan, fading(), False, timed(plan), Share(2, 1.0, 0.0), Options(Resources(), keep=keep)))
    assert expected in text
    assert "checkpoints while it runs: 6 MB" in text
    assert f"MLflow: {in_bytes(12 * 300_000)}" in text


@pytest.mark.parametrize(("number", "text"), [(0, "0 B"), (1500, "1.5 kB"), (377_487_360, "377 MB"), (2e9, "2 GB")])
def test_bytes_in_their_units(number: float, text: str) -> None:
    assert in_bytes(number) == text


@pytest.mark.slow
def test_a_finished_study_took_what_was_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder, weights apart, within a factor of three; each kept model within a tenth."""
    settings = ["--space", "fading_squares", "--trials", "3", "--set", "width=16", "--set", "steps=100"]
    launch = [sys.executable, "-m", "study.launch", "--output", str(tmp_path / "runs"), *settings, "--keep", "all"]
    subprocess.run([*launch, "--concurrent", "1"], check=True, capture_output=True)
    study = StudyFolder(tmp_path / "runs" / "fading_squares")
    plan = StudyPlan.load(study.plan)
    monkeypatch.setattr("study.running.dry_run.timing.LONGEST_SECONDS", 600.0)
    measured = measure(plan, choose(plan), share_here(Resources(concurrent=1)), None)
    assert measured.files is not None
    for trial in study.trials():
        files = [path for path in trial.path.rglob("*") if path.is_file() and path != trial.weights]
        taken = sum(path.stat().st_size for path in files)
        assert trial_bytes(measured) / 3 < taken < 3 * trial_bytes(measured)
        nearest = min(abs(each.weights / trial.weights.stat().st_size - 1) for each in measured.timed)
        assert nearest < 0.1
