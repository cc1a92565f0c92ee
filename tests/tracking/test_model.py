"""Models in MLflow: those of the front, and what is loaded of a run."""

import re
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

import study
from study.config.plan import StudyPlan
from study.records.folder import StudyFolder
from study.system.errors import InputError
from study.tracking.content import Conclusion, StudyProgress
from study.tracking.mirror import Mirror
from tests.mirrored import Mirrored, mirrored
from tests.tracking.syncs import Shown, synced


def test_models_of_the_front_are_there_when_the_study_has_ended(
    plan: StudyPlan, study: StudyFolder, trials: Any, uri: str, shown: Shown
) -> None:
    for number in range(3):
        study.trial(number).path.mkdir(parents=True)
        study.trial(number).weights.write_bytes(b"weights")
    study.trial(2).weights.unlink()  # --keep none
    records = [trials.record(number) for number in range(3)]
    mirror = Mirror(plan, study, uri)

    def models() -> dict[str, list[str]]:
        found = {name: [f for f in run["files"] if f.startswith("model/")] for name, run in shown().items()}
        return {name: files for name, files in found.items() if files}

    synced(mirror, StudyProgress(records, front={0, 2}))
    synced(mirror, StudyProgress(records, front={0, 2}, conclusion=Conclusion(interrupted=True)))
    assert models() == {}
    synced(mirror, StudyProgress(records, front={0, 2}, conclusion=Conclusion()))
    expected = {"0000 wae-gaussian": ["model/config.json", "model/weights.pt"]}
    assert models() == expected
    run = shown()["0000 wae-gaussian"]
    assert run["tags"]["mlflow.note.content"].endswith(f'`study.load_model("{run["id"]}", "{uri}")` gives its model.')
    assert "load_model" not in shown()["0002 wae-gaussian"]["tags"]["mlflow.note.content"]

    study.trial(0).weights.write_bytes(b"others")  # what is there once stays
    synced(Mirror(plan, study, uri), StudyProgress(records, front={0, 2}, conclusion=Conclusion()))
    assert models() == expected
    (logged,) = (study.path.parent / "mlartifacts").rglob("weights.pt")
    assert logged.read_bytes() == b"weights"


pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")  # in MLflow's own


@pytest.mark.parametrize("run_id", ["0" * 32, "no run", ""])
def test_a_run_that_is_not_there(made_up: Mirrored, run_id: str) -> None:
    with pytest.raises(InputError, match=re.escape(f"load_model: received {run_id!r}; ") + ".* has no such run"):
        study.load_model(run_id, made_up.tracking_uri)


def test_a_run_without_weights(made_up: Mirrored) -> None:
    (trial, *_) = {record.trial for record in made_up.records} - made_up.front
    with pytest.raises(InputError, match="a trial without weights in MLflow; those on the front"):
        study.load_model(made_up.run_id(trial), made_up.tracking_uri)


def test_a_run_that_is_no_trial(made_up: Mirrored) -> None:
    client = MlflowClient(made_up.tracking_uri)
    parent = client.get_run(made_up.run_id(0)).data.tags["mlflow.parentRunId"]
    with pytest.raises(InputError, match="is not the run of a trial"):
        study.load_model(parent, made_up.tracking_uri)


def test_damaged_weights(tmp_path: Path) -> None:
    made = mirrored(tmp_path, trials=1)
    (logged,) = (tmp_path / "mlartifacts").rglob("weights.pt")
    logged.write_bytes(logged.read_bytes()[:-1000])
    with pytest.raises(InputError, match=r"load_model: the model of run .* cannot be used: BadZipFile"):
        study.load_model(made.run_id(0), made.tracking_uri)
