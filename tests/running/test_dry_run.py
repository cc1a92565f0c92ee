"""`--dry-run`: the study in words, its size, time and disk use at known answers; and that nothing is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from study.data import load
from study.data.cache import nothing_kept
from study.launch import app
from study.records.outcome import Outcome
from study.running import dry_run as package
from study.running import run
from tests.report.conftest import make_study
from tests.running.dry_run.plans import timed


@pytest.fixture
def dry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The command with `--dry-run`, its measurements made up; nothing may begin to run."""

    def begin(*_: Any) -> None:
        raise AssertionError("a dry run began to run")

    monkeypatch.setattr(run, "run_study", begin)
    monkeypatch.setattr(package, "measure", lambda plan, *_: timed(plan))

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
    assert done.stderr.startswith("error: CelebA is not here: --data-root or WAE_STUDY_DATA is to name a folder")
    assert done.stderr.count("\n") == 1


def test_a_study_that_is_there_would_go_on(dry: Callable[..., Any], tmp_path: Path) -> None:
    study = make_study(tmp_path / "runs" / "dsprites", ended=5, pictures=False)
    for number in range(5):
        Outcome("complete").write(study.trial(number))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    text = " ".join(dry(space="dsprites").stdout.split())
    assert "5 of 12 trials are done" in text
    assert "a study is there, and would go on" in text
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
