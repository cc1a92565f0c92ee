"""An auto-encoder from its MLflow run: the weights that were logged, in the model that their configuration makes."""

import tempfile
from pathlib import Path

from study.config.messages import described
from study.config.trial import TrialConfig
from study.data import DATASETS
from study.models import AutoEncoder
from study.system.errors import InputError
from study.system.files import read_json
from study.tracking.model import download_model
from study.trial.checkpoint import read_tensors
from study.trial.model import make_model


def load_model(run_id: str, tracking_uri: str | None = None) -> AutoEncoder:
    """The trained model of a trial, on the CPU, in evaluation mode: see `study.load_model`."""
    with tempfile.TemporaryDirectory() as folder:
        config, weights = download_model(run_id, tracking_uri, Path(folder))
        try:
            settings = TrialConfig(**read_json(config))
            model = make_model(settings, DATASETS[settings.dataset].image_shape)
            model.load_state_dict(read_tensors(weights))
        except Exception as error:  # there is no end to the ways in which a damaged file fails to be read
            said = described(error)[:200]
            raise InputError(f"load_model: the model of run {run_id} cannot be used: {said}") from None
    return model.eval()
