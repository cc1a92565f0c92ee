"""What a trial saves for the figures of the paper, as arrays by name: the report draws them and computes no model.

Small enough to be kept for every trial, weights or not.
"""

import io

import numpy as np
import torch

from models import AutoEncoder, evaluating
from study.data.dataset import Dataset
from study.trial.examples import examples
from study.trial.latent_plane import latent_plane
from study.trial.spreads import spreads


def collect(model: AutoEncoder, dataset: Dataset, device: torch.device | str) -> dict[str, np.ndarray]:
    """All arrays of a trained model, which is on `device`. Its mode and the global random states stay as they were."""
    device = torch.device(device)
    with evaluating(model), torch.inference_mode(), torch.autocast(device.type, enabled=False):
        return {
            **examples(model, dataset, device),
            **spreads(model, dataset, device),
            **latent_plane(model, dataset, device),
        }


def to_npz(arrays: dict[str, np.ndarray]) -> bytes:
    """The arrays as one compressed file."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]  # its stub takes a name for an option
    return stream.getvalue()
