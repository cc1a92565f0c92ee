"""Attributes and notes for optuna-dashboard, read with its own functions."""

import json
from pathlib import Path

import optuna
import pytest
from optuna_dashboard import get_note

from study.records.folder import StudyFolder
from study.records.outcome import Outcome
from study.search.dashboard import LONGEST_PART, attributes, note, save_note

URL = "http://127.0.0.1:5000/#/experiments/1/runs/0a?workflowType=machine_learning"


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    return StudyFolder(tmp_path / "one")


def test_only_what_is_known_becomes_an_attribute(folder: StudyFolder) -> None:
    assert attributes(folder, 3, "") == {}
    trial = folder.trial(3)
    trial.pictures.mkdir(parents=True)
    trial.mlflow.write_text(json.dumps({"run_id": "0a", "url": URL}))
    assert attributes(folder, 3, "vae") == {"family": "vae", "pictures": "trials/0003/pictures", "mlflow_run": URL}


def test_a_note_has_a_link_and_every_metric() -> None:
    outcome = Outcome("complete", metrics={"validation_mig": 0.25, "mig": 0.123456, "sap": 2.0})
    assert note(outcome, {"family": "vae", "mlflow_run": URL}).split("\n") == [
        "**vae**, complete",
        "",
        f"[MLflow run]({URL})",
        "",
        "| metric | test | validation |",
        "| --- | ---: | ---: |",
        "| mig | 0.1235 | 0.25 |",
        "| sap | 2 |  |",
    ]


def test_a_failed_trial_has_its_reason() -> None:
    assert note(Outcome("failed", reason="OSError: disk full"), {}) == "failed\n\nOSError: disk full"


@pytest.mark.parametrize("length", [1, LONGEST_PART, LONGEST_PART + 1, 3 * LONGEST_PART])
def test_optuna_dashboard_reads_the_note_of_a_trial_that_has_ended(length: int) -> None:
    study = optuna.create_study()
    study.optimize(lambda trial: 1.0, n_trials=2)
    text = "".join(chr(97 + place % 26) for place in range(length))
    save_note(study, study.trials[1], text)
    assert get_note(optuna.Trial(study, study.trials[1]._trial_id)) == text
    assert get_note(optuna.Trial(study, study.trials[0]._trial_id)) == ""
