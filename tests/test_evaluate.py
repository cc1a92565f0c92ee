"""`python -m study.evaluate` among the other commands: which stores it finds, launches before and after, its words."""

import io
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from rich.console import Console
from typer.testing import CliRunner

from study import evaluate as command
from study.evaluate import app
from study.records.folder import StudyFolder
from study.running.run import Listener, Options, resume_plan, run_study
from study.search import storage
from study.search.allocation import Resources
from study.system.files import read_json
from study.tracking.store import open_store
from tests.rescored import TAKEN_OUT, Evaluate, GiveScores, Small, done

pytest_plugins = ["tests.rescored"]


@pytest.fixture
def frechet(scores: GiveScores) -> float:
    """What every model is given for the metric that the study lacks."""
    scores(**{TAKEN_OUT: 2.5})
    return 2.5


@pytest.mark.slow
@pytest.mark.usefixtures("ray_session")
def test_a_launch_with_more_trials_keeps_it_all(small: Small, evaluate: Evaluate, frechet: float) -> None:
    done(evaluate("--metrics", TAKEN_OUT))
    done(evaluate("--metrics", TAKEN_OUT, "--size", "full", "--trial", "1"))
    scored = small.rows()
    longer = small.plan.model_copy(update={"trials": 5})
    plan, resumed = resume_plan(small.folder, longer, 5)
    assert resumed
    result = run_study(plan, small.folder, Options(Resources(), keep="all"), Listener())
    assert result.tracking_error is None
    after = small.rows()
    assert sorted(after) == [0, 1, 2, 3, 4]
    assert {number: after[number] for number in scored} == scored
    assert "scored_again" not in after[4]
    runs = small.shown(open_store(None, small.folder.path.parent))
    for number in (0, 1):
        assert runs[number].data.metrics[TAKEN_OUT] == frechet
    assert runs[1].data.metrics[f"full_{TAKEN_OUT}"] == after[1][f"full_{TAKEN_OUT}"]


def test_the_store_of_the_launch_is_found_again(
    small: Small, evaluate: Evaluate, frechet: float, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not the one in the output folder, and not the one that another study is now sent to."""
    runs = small.folder.path.parent
    elsewhere = shutil.copy(runs / "mlflow.db", tmp_path / "elsewhere.db")
    uri = small.mirrored(f"sqlite:///{elsewhere}")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path / 'third.db'}")
    untouched = (runs / "mlflow.db").read_bytes()
    done(evaluate("--metrics", TAKEN_OUT))
    assert small.shown(uri)[0].data.metrics[TAKEN_OUT] == frechet
    assert (runs / "mlflow.db").read_bytes() == untouched
    assert not (tmp_path / "third.db").exists()


def test_a_store_that_moved_with_the_study_is_found_beside_it(small: Small, frechet: float, tmp_path: Path) -> None:
    small.mirrored()
    moved = small.folder.path.parent.rename(tmp_path / "moved")
    there = Small(StudyFolder(moved / "small"), small.true)
    done(CliRunner().invoke(app, [str(there.folder.path), "--metrics", TAKEN_OUT]))
    assert not (small.folder.path.parent / "mlflow.db").exists()
    assert there.shown(f"sqlite:///{moved / 'mlflow.db'}")[0].data.metrics[TAKEN_OUT] == frechet


def test_a_password_that_was_not_kept_is_taken_from_the_environment_or_asked_for(
    small: Small, evaluate: Evaluate, frechet: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "http://me:secret@127.0.0.1:9"
    done(evaluate("--metrics", TAKEN_OUT, "--tracking-uri", address))
    assert "secret" not in (small.folder.path / "mlflow.json").read_text()
    refused = done(evaluate(), 2)
    assert refused.stderr.startswith("error: --tracking-uri: the study is in http://***@127.0.0.1:9, whose password is")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    assert "MLflow is not complete" in done(evaluate("--metrics", TAKEN_OUT)).stdout


def test_a_server_that_is_down_is_said_and_sent_what_it_lacks_later(
    small: Small, evaluate: Evaluate, frechet: float
) -> None:
    uri = small.mirrored()
    said = done(evaluate("--metrics", TAKEN_OUT, "--tracking-uri", "http://127.0.0.1:9"))
    assert "MLflow is not complete (" in said.stdout
    assert "the next launch or evaluation of the study sends the missing part" in said.stdout
    assert small.rows()[0][TAKEN_OUT] == frechet
    assert small.folder.report.exists()
    assert TAKEN_OUT not in small.shown(uri)[0].data.metrics
    done(evaluate("--metrics", TAKEN_OUT, "--tracking-uri", uri))
    assert small.shown(uri)[0].data.metrics[TAKEN_OUT] == frechet
    assert read_json(small.folder.trial(0).mlflow)["run_id"] == small.rows()[0]["mlflow_run_id"]


def test_a_study_that_was_cut_short_is_not_called_finished(small: Small, evaluate: Evaluate, frechet: float) -> None:
    from mlflow import MlflowClient

    small.plan.model_copy(update={"trials": 9}).save(small.folder.plan)
    done(evaluate("--metrics", TAKEN_OUT))
    client = MlflowClient(open_store(None, small.folder.path.parent))
    parent = client.get_run(read_json(small.folder.path / "mlflow.json")["run_id"])
    assert parent.info.status == "KILLED"
    assert {run.info.status for run in small.shown(client.tracking_uri).values()} == {"FINISHED", "FAILED"}


def test_another_storage_holds_it_too(small: Small, evaluate: Evaluate, frechet: float, tmp_path: Path) -> None:
    database = shutil.move(small.folder.database, tmp_path / "other.db")
    assert "no optuna.db there; give the --storage of the launch" in done(evaluate(), 2).stderr
    assert not small.folder.database.exists()
    url = f"sqlite:///{database}"
    done(evaluate("--metrics", TAKEN_OUT, "--storage", url))
    record = storage.records(storage.load_study(small.plan, small.folder, url), small.folder)[0]
    assert record.metrics[TAKEN_OUT] == frechet


def test_a_study_that_is_being_run_is_refused(small: Small, evaluate: Evaluate, frechet: float) -> None:
    with FileLock(small.folder.lock):
        refused = done(evaluate(), 3)
    assert refused.stderr == f"error: {small.folder.path} is being run by another process; wait for it to end\n"


def test_a_terminal_shows_a_line_a_trial_and_how_far_it_is(
    small: Small, evaluate: Evaluate, frechet: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(command, "Console", lambda **_: Console(file=screen, force_terminal=True, width=100))
    done(evaluate("--metrics", TAKEN_OUT))
    text = screen.getvalue()
    assert "trial 0" in text
    assert "0/2" in text
    assert f"2/2 trial 1 {small.rows()[1]['family']} {TAKEN_OUT} {frechet:.4g}" in text


def test_help_has_examples_and_every_option_and_imports_nothing_heavy() -> None:
    code = "import sys; from study.evaluate import app; app(standalone_mode=False)"
    code += "; print(sorted({'torch', 'ray', 'optuna', 'mlflow', 'pandas'} & set(sys.modules)))"
    help_ = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True)
    assert help_.stdout.rstrip().endswith("[]")
    words: Any = help_.stdout
    for option in ("metrics", "size", "trial", "device", "storage", "tracking-uri", "data-root"):
        assert f"--{option}" in words
    assert "python -m study.evaluate runs/dsprites --size full --trial 7" in words
    assert "Exit codes" in words
