"""How a study stands, as values."""

import json
import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.running.run import front
from study.status import app
from study.terminal.state import study_state
from tests.report.conftest import make_study
from tests.terminal.states import LOST, held, under_way


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    """Ten of twelve trials have ended: eight complete, one infeasible, one failed."""
    return make_study(tmp_path / "demo", ended=10, lost=dict(LOST), pictures=False)


def said(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "80"})
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def test_the_best_and_the_front_are_those_of_the_launch(study: StudyFolder) -> None:
    now = study_state(study)
    plan = StudyPlan.load(study.plan)
    complete = [record for record in recorded(study) if record.state == "complete"]
    assert now.front == len(front(plan, complete))
    for best, objective in zip(now.snapshot.best, plan.space.objectives, strict=True):
        first = min(complete, key=lambda record: objective.sign * record.metrics[objective.name])
        assert (best.objective, best.trial, best.family) == (objective.name, first.trial, first.config.family)
        assert best.value == pytest.approx(first.metrics[objective.name])


def recorded(study: StudyFolder) -> list[Any]:
    """The records of the study, read by pandas alone."""
    import pandas as pd

    from study.records.table import TrialRecord

    plan = StudyPlan.load(study.plan)
    names = [objective.name for objective in plan.space.objectives]
    made = []
    for row in pd.read_csv(study.records).to_dict("records"):
        point = {name: row[name] for name in plan.space.parameters if not pd.isna(row[name])}
        config = plan.trial_config(point, seed=int(row["seed"]))
        made.append(TrialRecord(row["trial"], config, row["state"], metrics={name: row[name] for name in names}))
    return made


def test_a_study_that_runs_shows_its_trials_and_the_time_to_go(study: StudyFolder) -> None:
    held(study)
    under_way(study, 10, 500)
    under_way(study, 11, 1000)
    text = said(study.path)
    assert "10/12 trials, " in text
    assert "8 complete, 1 failed, 1 infeasible, 2 running" in text
    assert "   10  wae-gaussian          500/1000     20.0    25 s  loss 123.5" in text
    assert "   11  wae-gaussian        evaluating     20.0          loss 123.5" in text
    assert f"running: process {os.getpid()} of me on {socket.gethostname()} since " in text
    now = study_state(study)
    assert now.running
    assert not now.done
    # half a trial and a whole one in a minute; half a trial is left
    assert now.holder is not None
    in_a_minute = study_state(study, now=now.holder.since.timestamp() + 60)
    assert in_a_minute.snapshot.left == pytest.approx(60 * 0.5 / 1.5)


def test_what_an_earlier_launch_trained_tells_nothing_of_the_speed(study: StudyFolder) -> None:
    under_way(study, 10, 500)
    lines = [line | {"time": time.time() - 3600} for line in study.trial(10).read_metrics()]
    study.trial(10).metrics.write_text("".join(json.dumps(line) + "\n" for line in lines))
    held(study)
    now = study_state(study)
    assert now.snapshot.running[0].step == 500
    assert now.snapshot.left is None


def test_a_trial_that_has_ended_since_the_records_were_written_counts(study: StudyFolder) -> None:
    under_way(study, 10, 1000)
    values = {"reconstruction": 1.0, "disentanglement": 0.99}
    Outcome("complete", metrics=values).write(study.trial(10))
    now = study_state(study)
    assert now.snapshot.ended["complete"] == 9
    assert [(best.trial, best.family, best.value) for best in now.snapshot.best] == [
        (10, "wae-gaussian", 1.0),
        (10, "wae-gaussian", 0.99),
    ]
    assert now.front == 1


def test_a_study_that_is_done_names_its_report(tmp_path: Path) -> None:
    study = make_study(tmp_path / "demo", pictures=False)
    assert "all trials have ended; the same command writes the report" in said(study.path)
    study.report.write_text("report")
    text = said(study.path)
    assert "\ndone (last change " in text
    assert f"report: {study.report}" in text
    assert study_state(study).done
