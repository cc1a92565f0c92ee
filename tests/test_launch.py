"""The command as a user types it: on a study that is being run elsewhere, interrupted, without any complete trial."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from study.records.folder import StudyFolder
from study.records.table import read_records
from tests.agreement import check_agreement

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")  # in MLflow's own

TINY = ["--set", "width=8", "--set", "latent_dim=3", "--sampler", "random", "--seed", "5"]


def command(runs: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "study.launch", "--output", str(runs), *arguments]


def launch(runs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(runs, *arguments), capture_output=True, text=True, stdin=subprocess.DEVNULL)


def launch_until(runs: Path, *arguments: str, enough: Callable[[], bool], with_signal: signal.Signals) -> int:
    """Start a launch, send it a signal as soon as `enough`, and give its exit code."""
    with subprocess.Popen(
        command(runs, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            try:
                process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                if enough():
                    process.send_signal(with_signal)
                    break
        return process.wait()


def ended(folder: StudyFolder) -> int:
    return len(read_records(folder.records)) if folder.records.exists() else 0


def test_a_study_that_is_being_run_is_refused(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "fading_squares")
    folder.path.mkdir(parents=True)
    with FileLock(folder.lock):
        refused = launch(tmp_path, "--space", "fading_squares")
    assert refused.returncode == 3
    assert "being run" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert sorted(path.name for path in folder.path.iterdir()) == [".lock"]


@pytest.mark.slow
def test_an_interrupted_study_says_so_and_goes_on(tmp_path: Path) -> None:
    arguments = ["--space", "fading_squares", "--trials", "3", "--set", "steps=40", *TINY]
    folder = StudyFolder(tmp_path / "fading_squares")
    code = launch_until(tmp_path, *arguments, enough=lambda: ended(folder) >= 1, with_signal=signal.SIGTERM)
    assert code == 130
    assert launch(tmp_path, *arguments).returncode == 0
    check_agreement(tmp_path, "fading_squares", 3)


@pytest.mark.slow
def test_no_complete_trial_is_exit_code_one(tmp_path: Path) -> None:
    diverging = ["--set", "steps=40", "--set", "learning_rate=3e38"]
    done = launch(tmp_path, "--space", "fading_squares", "--trials", "2", *diverging, *TINY)
    assert done.returncode == 1, done.stderr
    assert "infeasible" in done.stdout
    assert set(read_records(tmp_path / "fading_squares" / "records.csv")["state"]) == {"infeasible"}


@pytest.mark.slow
@pytest.mark.ci
def test_dsprites_end_to_end(tmp_path: Path) -> None:
    """Some ten seconds a trial: everything is there, and training has made the reconstruction better."""
    arguments = ["--trials", "3", "--set", "images=100000", "--set", "width=100", "--set", "batch_size=100"]
    done = launch(tmp_path, "--space", "dsprites", *arguments)
    assert done.returncode == 0, done.stderr
    table = check_agreement(tmp_path, "dsprites", 3)
    assert set(table["family"]) == {"beta-vae", "wae-gaussian", "wae-uniform"}
    assert (table["reconstruction"] < 566).all()  # nats of the mean image, which knows nothing of an image
    for column in ("disentanglement", "disentanglement_4_heldout", "frechet_factors", "reconstruction_mean"):
        assert table[column].notna().all()
    assert "fid" not in table
    folder = StudyFolder(tmp_path / "dsprites")
    for number in range(3):
        trial = folder.trial(number)
        assert sorted(path.name for path in trial.pictures.iterdir()) == [
            "at-25",
            "at-50",
            "reconstructions.png",
            "samples.png",
            "traversal.png",
        ]
        assert not trial.checkpoint.exists()
