"""The study harness: spaces in, trained auto-encoders and their Pareto fronts out."""

from typing import TYPE_CHECKING

from study.system import VERSION

if TYPE_CHECKING:
    from study.models import AutoEncoder

__version__ = VERSION


def load_model(run_id: str, tracking_uri: str | None = None) -> "AutoEncoder":
    """The trained auto-encoder of a trial, from its MLflow run: on the CPU, in evaluation mode. No code is unpickled.

    `run_id` is that of a trial on the front of a study that has ended; its description in MLflow says this very call.
    `tracking_uri` is by default MLFLOW_TRACKING_URI, else SQLite in `runs/mlflow.db`.

    `study.system.errors.InputError`, in one sentence, if there is no such run, it is no trial's, its weights are not
    there, or the server does not answer.
    """
    from study.running.logged_model import load_model  # imports PyTorch and MLflow

    return load_model(run_id, tracking_uri)
