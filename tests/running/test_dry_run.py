"""`--dry-run`: the study in words, its size, time and disk use at known answers; and that nothing is written."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from study.config.plan import StudyPlan
from study.data import load
from study.data.cache import nothing_kept
from study.launch import app
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.running import dry_run as module
from study.running import run
from study.running.dry_run import disk_use, in_bytes, planned_size, resolved, time_needed, trial_bytes
from study.running.run import Options
from study.running.timing import Measured, choose, measure, share_here
from study.search.allocation import Resources, Share
from tests import make
from tests.report.conftest import make_study
from tests.running.plans import ONE, fading, timed, words


@pytest.fixture
def dry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The command with `--dry-run`, its measurements made up; nothing may begin to run."""

    def begin(*_: Any) -> None:
        raise AssertionError("a dry run began to run")

    monkeypatch.setattr(run, "run_study", begin)
    monkeypatch.setattr(module, "measure", lambda plan, *_: timed(plan))

    def invoke(*arguments: str, space: str = "fading_squares") -> Any:
        command = ["--space", space, "--output", str(tmp_path / "runs"), "--dry-run", *arguments]
        return CliRunner().invoke(app, command, env={"COLUMNS": "80"})

    return invoke


def test_a_dry_run_leaves_nothing(dry: Callable[..., Any], tmp_path: Path) -> None:
    done = dry("--set", "width=8")
    assert done.exit_code == 0, (done.output, done.exception)
    assert done.stdout.startswith("fading_squares: 9 trials of fading_squares, preset quick, seed 0\n")
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    assert "--set        width=8" in done.stdout
    assert "made anew by each trial, on no disk" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_data_that_are_not_there_yet_are_not_made(
    dry: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))
    done = dry(space="dsprites")
    assert done.exit_code == 0, (done.output, done.exception)
    assert "377 MB in" in " ".join(done.stdout.split())
    assert "made by the first launch" in " ".join(done.stdout.split())
    assert "timed on blank images" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_missing_data_are_refused_as_by_a_launch(dry: Callable[..., Any], tmp_path: Path) -> None:
    space = tmp_path / "photographs.yaml"
    text = "name: x\ndataset: celeba\nobjectives: {reconstruction: minimize}\nparameters: {latent_dim: {choices: [2]}}"
    space.write_text(f"{text}\nfixed: {{family: vae}}\npresets: {{quick: {{trials: 2, images: 100}}}}\n")
    done = dry(space=str(space))
    assert done.exit_code == 2, done.output
    assert done.stderr.startswith("error: CelebA was not found; set --data-root or WAE_STUDY_DATA to a folder")
    assert done.stderr.count("\n") == 1


def test_a_study_that_is_there_would_go_on(dry: Callable[..., Any], tmp_path: Path) -> None:
    study = make_study(tmp_path / "runs" / "dsprites", ended=5, pictures=False)
    for number in range(5):
        Outcome("complete").write(study.trial(number))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    text = " ".join(dry(space="dsprites").stdout.split())
    assert "5 of 12 trials are done" in text
    assert "the study exists and would be resumed" in text
    assert "7 trials of" in text
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    for number in range(5, 12):
        study.trial(number).path.mkdir()
        Outcome("complete").write(study.trial(number))
    assert "every trial is done" in dry(space="dsprites").stdout


def test_nothing_is_kept_of_what_the_cache_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))
    with nothing_kept() as lacking:
        dataset = load("faces-2")
    assert lacking == ["faces-2.bytes"]
    assert dataset.images.array.shape == (50_000, 3 * 32 * 32)
    assert not dataset.images.array[:100].any()
    assert list(tmp_path.iterdir()) == []


def test_the_plan_in_words(tmp_path: Path) -> None:
    plan = make.plan(overrides={"width": 64, "batch_size": 100}, stopping=True, points=[{"family": "beta-vae"}])
    assert words(resolved(plan, StudyFolder(tmp_path / "dsprites"))).splitlines() == [
        f"folder: {tmp_path / 'dsprites'} (new)",
        "objectives: reconstruction (minimize), disentanglement (maximize)",
        "searched: family: beta-vae, wae-gaussian, wae-uniform",
        ": latent_dim: 8, 10, 16, 32",
        ": lambda_1: 0.1 to 12, logarithmic, or 0 in 10% of cases; where family is wae-gaussian or wae-uniform",
        ": beta: 1 to 100, logarithmic; where family is beta-vae",
        ": kernel_bandwidth: 0.25 to 4, logarithmic; where family is wae-gaussian or wae-uniform",
        "fixed: lambda_mmd=400, learning_rate=0.001",
        "quick: images=240000",
        "--set: width=64, batch_size=100",
        "sampler: tpe",
        "--enqueue: 1 point first",
        "early stop: at 27,000, 81,000 images; one trial in 3 continues",
    ]


def test_sizes_of_a_search_and_of_a_grid() -> None:
    assert planned_size(make.plan(), 0) == "12 trials; 240,000 images a trial, 2,880,000 in all"
    assert planned_size(make.plan(), 5).startswith("12 trials, of which 5 are done; ")
    grid = make.plan("paper/figure4")
    points = len(list(grid.space.grid()))
    assert f"{grid.trials:,} trials of a grid of {points:,} points" in planned_size(grid, 0)
    assert grid.trials == points * grid.replicates


def test_the_time_is_that_of_the_trials_at_once() -> None:
    plan = make.plan(overrides={"batch_size": 100})  # of 2400 steps: 24 s, with 7 looks of 2 s, and 30 s
    rows = time_needed(plan, 12, timed(plan), ONE, joined=False)
    assert rows[0] == ("time", "about 14 min: 12 trials of 68 s, 1 at once")
    assert "evaluation is in it: 7 times 2 s while training, 30 s after it" in words(rows)
    two = time_needed(plan, 11, timed(plan), Share(2, 1.0, 0.0), joined=False)
    assert two[0] == ("time", "about 7 min: 11 trials of 68 s, 2 at once")


def test_where_the_length_of_training_is_searched_the_time_is_the_mean_over_lengths() -> None:
    """Four lengths, 4,000 to 32,000 steps of a hundredth of a second; evaluation takes 5 times 2 s, and 30 s."""
    plan = make.plan("paper/figure4_pilot")
    rows = time_needed(plan, plan.trials, timed(plan), ONE, joined=False)
    mean = 15_000 * 0.01 + 5 * 2 + 30
    assert rows[0] == ("time", f"about {plan.trials * mean / 3600:.1f} h: 32 trials of 80 s to 6 min, 1 at once")
    assert "4,000 to 32,000 steps in 40 s to 5 min" in words(rows)


def test_with_early_stopping_the_time_is_a_bound() -> None:
    plan = make.plan(stopping=True)
    text = words(time_needed(plan, 12, timed(plan), ONE, joined=False))
    assert text.startswith("time: at most ")
    assert "stopped early make it less" in text


def test_what_was_not_measured_is_said() -> None:
    plan = make.plan()
    without = Measured(timed(plan).timed, None, None, None)
    assert "evaluation is not in it" in words(time_needed(plan, 12, without, ONE, joined=False))
    assert "without pictures and arrays" in words(disk_use(plan, fading(), False, without, ONE, Options(Resources())))
    assert words(time_needed(plan, 12, timed(plan, None), ONE, joined=False)).startswith("time: not known")


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
    monkeypatch.setattr("study.running.timing.LONGEST_SECONDS", 600.0)
    measured = measure(plan, choose(plan), share_here(Resources(concurrent=1)), None)
    assert measured.files is not None
    for trial in study.trials():
        files = [path for path in trial.path.rglob("*") if path.is_file() and path != trial.weights]
        taken = sum(path.stat().st_size for path in files)
        assert trial_bytes(measured) / 3 < taken < 3 * trial_bytes(measured)
        nearest = min(abs(each.weights / trial.weights.stat().st_size - 1) for each in measured.timed)
        assert nearest < 0.1
