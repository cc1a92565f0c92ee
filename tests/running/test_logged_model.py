"""`study.load_model`: the model that comes out of MLflow is the one that was trained, or one sentence says why not."""

import re
from pathlib import Path

import pytest
import torch
from mlflow import MlflowClient

import study
from study.config.trial import TrialConfig
from study.data import load
from study.evaluation.suite import evaluate
from study.records.folder import StudyFolder, read_note
from study.records.table import TrialRecord
from study.system.errors import InputError
from study.tracking.content import Conclusion, StudyProgress
from study.tracking.mirror import Mirror
from study.tracking.store import open_store
from study.trial.checkpoint import read_tensors
from study.trial.run import run_trial
from tests.mirrored import Mirrored
from tests.ports import free_ports

pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy:DeprecationWarning")  # in MLflow's own


def test_a_model_on_the_front_has_the_weights_that_are_kept(made_up: Mirrored) -> None:
    for trial in made_up.front:
        model = study.load_model(made_up.run_id(trial), made_up.tracking_uri)
        kept = read_tensors(made_up.folder.trial(trial).weights)
        assert not model.training
        assert model.state_dict().keys() == kept.keys()
        assert all(torch.equal(value, kept[name]) for name, value in model.state_dict().items())
        images = torch.zeros(2, 1, 64, 64)
        assert model.reconstruct(images).shape == images.shape


def test_the_description_of_its_run_says_the_call_that_loads_it(made_up: Mirrored) -> None:
    client = MlflowClient(made_up.tracking_uri)
    for record in made_up.records:
        described = client.get_run(made_up.run_id(record.trial)).data.tags["mlflow.note.content"]
        call = re.search(r"`study\.load_model\(\"(.+)\", \"(.+)\"\)`", described)
        assert (call is not None) == (record.trial in made_up.front)
        if call is not None:
            assert study.load_model(*call.groups()).latent_dim == record.config.latent_dim


def test_by_default_it_is_looked_for_where_launches_put_it(
    made_up: Mirrored, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run_id = made_up.run_id(min(made_up.front))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", made_up.tracking_uri)
    study.load_model(run_id)
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=re.escape(f"load_model: {tmp_path / 'runs' / 'mlflow.db'} was not found")):
        study.load_model(run_id)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "runs").symlink_to(made_up.folder.path.parent)
    study.load_model(run_id)


def test_a_server_that_does_not_answer() -> None:
    (port,) = free_ports(1)
    address = f"http://someone:secret@127.0.0.1:{port}"
    with pytest.raises(InputError, match=f"load_model: http://.*127.0.0.1:{port} does not give run abc: ") as raised:
        study.load_model("abc", address)
    assert "secret" not in str(raised.value)


def test_no_address() -> None:
    with pytest.raises(InputError, match="received 'nowhere'; allowed: sqlite:///FILE"):
        study.load_model("abc", "nowhere")


def test_its_metrics_recompute_to_those_that_were_logged(made_up: Mirrored, tmp_path: Path) -> None:
    metrics = ["disentanglement", "reconstruction", "reconstruction_mean"]
    config = TrialConfig(dataset="dsprites", family="wae-gaussian", seed=1, steps=8, latent_dim=4, width=8)
    folder = StudyFolder(tmp_path / "made-up")
    outcome = run_trial(config, folder.trial(0), metrics=metrics)
    record = TrialRecord(0, config, outcome.state, metrics=outcome.metrics, provenance=outcome.provenance)
    uri = open_store(f"sqlite:///{tmp_path / 'mlflow.db'}", tmp_path)
    mirror = Mirror(made_up.plan, folder, uri)
    assert mirror.sync(StudyProgress([record], front=[0], conclusion=Conclusion())), mirror.error

    run_id = read_note(folder.trial(0).mlflow)["run_id"]
    logged = MlflowClient(uri).get_run(run_id).data.metrics
    model = study.load_model(run_id, uri)
    again = evaluate(model, load("dsprites"), "test", "standard", "cpu", metrics)
    assert again.keys() == set(metrics)
    assert again == pytest.approx({name: logged[name] for name in metrics}, rel=1e-6)
    assert {path.name for path in folder.trial(0).pictures.iterdir()} == {
        *("at-25", "at-50", "reconstructions.png", "samples.png", "traversal.png")
    }
