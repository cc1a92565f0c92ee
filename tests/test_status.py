"""`python -m study.status`: how a study stands, from its files alone, in every state that they can be in."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner, Result

from study.records.folder import StudyFolder
from study.records.lock import holder, only_one
from study.status import app
from study.terminal.state import UNKNOWN
from tests.make import refused_command
from tests.report.conftest import make_study
from tests.terminal.states import LOST, held, under_way


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    """Ten of twelve trials have ended: eight complete, one infeasible, one failed."""
    return make_study(tmp_path / "demo", ended=10, lost=dict(LOST), pictures=False)


def asked(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "80"})


def said(*arguments: object) -> str:
    done = asked(*arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def test_a_study_that_was_interrupted(study: StudyFolder) -> None:
    lines = said(study.path).splitlines()
    assert lines[0].split()[0] == "demo"
    assert lines[0].endswith("10/12 trials")
    assert lines[1] == "8 complete, 1 failed, 1 infeasible"
    assert lines[2].startswith("best reconstruction ")
    assert lines[3].startswith("best disentanglement ")
    assert lines[4].startswith("interrupted; run the same command again to resume (last change ")
    assert lines[5].endswith(" of 8 complete trials on the front")
    now = f"python -m study.report {study.path}"
    assert lines[6:] == [f"report: written at the end; to write one now: {now}", "MLflow: no runs yet"]


def test_a_trial_that_was_stopped_early_is_said_so(tmp_path: Path) -> None:
    study = make_study(tmp_path / "demo", stopped={3: 9000}, pictures=False)
    assert "11 complete, 1 stopped early" in said(study.path)


def test_a_study_whose_process_was_killed(study: StudyFolder) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    held(study, pid=gone.pid)
    under_way(study, 10, 500)
    text = said(study.path)
    assert f"interrupted: process {gone.pid} has ended; run the same command again to resume" in text
    assert "1 trial was interrupted and will be resumed" in text
    assert "running" not in text


def test_on_another_machine_only_the_files_tell(study: StudyFolder) -> None:
    held(study, host="elsewhere", pid=1)
    under_way(study, 10, 500)
    text = said(study.path)
    assert "running according to its files: process 1 of me on elsewhere since " in text
    assert "cannot be checked from this machine" in text
    assert "1 running" in text


def test_a_trial_that_is_quiet_is_named(study: StudyFolder) -> None:
    held(study, since="2020-01-01T00:00:00+00:00")
    under_way(study, 10, 500)
    for path in study.trial(10).path.iterdir():
        os.utime(path, (time.time() - 1800,) * 2)
    assert "trial 10 has not written anything for 30 min" in said(study.path)


def test_before_the_first_trial(tmp_path: Path) -> None:
    study = make_study(tmp_path / "demo", pictures=False)
    plan = study.plan.read_text()
    fresh = StudyFolder(tmp_path / "fresh")
    fresh.path.mkdir()
    fresh.plan.write_text(plan)
    lines = said(fresh.path).splitlines()
    assert lines[0].endswith("0/12 trials")
    assert lines[1].startswith("interrupted; ")
    assert len(lines) == 4


def test_several_studies_and_none(study: StudyFolder, tmp_path: Path) -> None:
    other = make_study(tmp_path / "other", ended=3, trials=6, pictures=False)
    text = said(study.path, other.path)
    assert "10/12 trials" in text
    assert "3/6 trials" in text
    assert "no study there" in refused_command(asked(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    assert "no study there" in refused_command(asked(study.path, tmp_path / "empty"))


def test_a_folder_of_studies_has_one_line_for_each(study: StudyFolder, tmp_path: Path) -> None:
    make_study(tmp_path / "done", trials=6, pictures=False).report.touch()
    held(make_study(tmp_path / "running", ended=3, trials=6, pictures=False))
    (tmp_path / "something else").mkdir()
    lines = [line for line in said(tmp_path).splitlines() if line]
    assert len(lines) == 3
    demo, done, running = lines  # by name
    assert done.startswith(f"{tmp_path / 'done'}: 6 of 6 trials ended, ")
    assert done.endswith(" of 6 complete trials on the front; done")
    assert demo.startswith(f"{study.path}: 10 of 12 trials ended, ")
    assert demo.endswith("; interrupted; run the same command again to resume")
    assert "; running: process " in running
    assert "10/12 trials" in said("--watch", study.path)


def test_a_folder_of_one_study_shows_it_whole(study: StudyFolder) -> None:
    assert said(study.path.parent) == said(study.path)


def test_watching_a_study_that_does_not_run_ends_at_once(study: StudyFolder) -> None:
    assert "10/12 trials" in said("--watch", study.path)


def damaged_records(study: StudyFolder) -> str:
    study.records.write_bytes(b"\xff\xfe,\n")
    return "the trials' folders are read instead"


def damaged_metrics(study: StudyFolder) -> str:
    study.trial(10).metrics.write_text("{\n")
    return "cannot be read to its end"


def damaged_config(study: StudyFolder) -> str:
    study.trial(10).config.write_text("[")
    return f"10  {UNKNOWN}"


def damaged_holder(study: StudyFolder) -> str:
    study.holder.write_text('{"pid": "x"}')
    return "interrupted"


@pytest.mark.parametrize("damage", [damaged_records, damaged_metrics, damaged_config, damaged_holder])
def test_damage_costs_what_it_says_and_no_more(study: StudyFolder, damage: Callable[[StudyFolder], str]) -> None:
    held(study)
    under_way(study, 10, 500)
    expected = damage(study)
    assert expected in said(study.path)


def test_a_damaged_plan_is_one_sentence(study: StudyFolder) -> None:
    study.plan.write_text("trials: [")
    assert str(study.plan) in refused_command(asked(study.path))


def test_the_lock_is_left_alone_and_nothing_is_written(study: StudyFolder) -> None:
    with only_one(study, "wait"):
        found = holder(study)
        assert found is not None
        assert found.lives
        before = {path: path.stat().st_mtime_ns for path in study.path.rglob("*")}
        text = said(study.path)
        assert {path: path.stat().st_mtime_ns for path in study.path.rglob("*")} == before
        assert "running: process" in text
    with FileLock(study.lock, timeout=0):
        assert "interrupted" in said(study.path)


@pytest.mark.slow
@pytest.mark.ci
def test_asked_from_another_terminal_while_a_study_runs(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    launch = [
        *(sys.executable, "-m", "study.launch", "--space", "fading_squares", "--trials", "3", "--concurrent", "1"),
        *("--output", str(runs), "--set", "width=8", "--set", "steps=400"),
    ]
    ask = [sys.executable, "-m", "study.status", str(runs / "fading_squares")]
    seen: list[str] = []
    with subprocess.Popen(launch, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            done = subprocess.run(ask, capture_output=True, text=True)
            if done.returncode == 0:
                seen.append(done.stdout)
                if "/400" in done.stdout:
                    break  # asked without pause, it would take a core from a study that has two
        watched = subprocess.run([*ask, "--watch"], capture_output=True, text=True)
        said, complaint = process.communicate()
    assert process.returncode == 0, said + complaint
    assert any(f"running: process {process.pid} " in text and "/400" in text for text in seen)
    assert watched.returncode == 0, watched.stderr
    final = subprocess.run(ask, capture_output=True, text=True).stdout
    assert "3/3 trials" in final
    assert "\ndone (" in final
    assert str(runs / "fading_squares" / "report.html") in final
