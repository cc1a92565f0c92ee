"""A trained auto-encoder: the weights in a trial's folder or MLflow run, in the model that its configuration makes."""

import tempfile
from pathlib import Path

from study.config.messages import described
from study.config.trial import TrialConfig
from study.data import DATASETS
from study.models import AutoEncoder
from study.records.folder import StudyFolder, read_note
from study.system.errors import InputError
from study.system.files import read_json
from study.tracking.model import IMAGE_SHAPE, download_model
from study.tracking.store import store_of
from study.trial.checkpoint import read_tensors
from study.trial.model import make_model


def load_model(run_id: str, tracking_uri: str | None = None) -> AutoEncoder:
    """The trained model of a trial, on the CPU, in evaluation mode: see `study.load_model`."""
    with tempfile.TemporaryDirectory() as folder:
        config, weights = download_model(run_id, tracking_uri, Path(folder))
        return _read(config, weights, f"load_model: the model of run {run_id}")


def load_trial_model(folder: StudyFolder, number: int, run_id: str) -> AutoEncoder:
    """The trained model of a study's trial: from its folder, else from its MLflow run, if it has one.

    `InputError`, with the reason, if there is none in either.
    """
    trial = folder.trial(number)
    if trial.weights.exists():
        return _read(trial.config, trial.weights, f"model: {trial.weights}")
    try:
        return load_model(run_id, _store(folder, run_id))
    except InputError as error:
        reason = str(error).removeprefix("load_model: ")
    raise InputError(
        f"model: trial {number} has no weights in {trial.path}, and none in MLflow ({reason}); a study keeps those of "
        'each family\'s front, and with keep="all" those of every trial'
    )


def _store(folder: StudyFolder, run_id: str) -> str:
    """The store of the run. `InputError` if there is no run, or its store is not known any more."""
    if not run_id:
        raise InputError("it has no run there")
    found = store_of(folder)
    if found is None:
        raise InputError(f"{read_note(folder.mlflow).get('tracking_uri', 'its database')} is not there")
    return found


def _read(config: Path, weights: Path, what: str) -> AutoEncoder:
    try:
        stored = read_json(config)
        shape = stored.pop(IMAGE_SHAPE, None)
        settings = TrialConfig(**stored)
        model = make_model(settings, tuple(shape) if shape else DATASETS[settings.dataset].image_shape)
        model.load_state_dict(read_tensors(weights))
    except InputError as error:
        raise InputError(f"{what} cannot be used: {error}") from None
    except Exception as error:  # there is no end to the ways in which a damaged file fails to be read
        said = described(error)[:200]
        raise InputError(f"{what} cannot be used: {said}") from None
    return model.eval()
