"""The arrays that a trial saves for the figures of the paper: the report draws them and computes no model.

Small enough to be kept for every trial, weights or not.
"""

import io

import numpy as np
import torch
from torch import Tensor

from models import AutoEncoder, evaluating
from study.data.dataset import Dataset
from study.trial.latent_plane import latent_plane
from study.trial.pictures import reconstructions, samples

SPREAD_IMAGES = 5_000
"""Test images over which the use of latent dimensions is taken, or all of fewer."""

CODES_AT_ONCE = 500
"""Images encoded at once."""


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


def examples(model: AutoEncoder, dataset: Dataset, device: torch.device) -> dict[str, np.ndarray]:
    """Images to look at, the same of every trial of a dataset, as uint8 (n, channels, height, width).

    `originals` and `reconstructions` (from mean codes), both of ten test images, and fifty `samples` of the prior.
    """
    originals, reconstructed = reconstructions(model, dataset, device)
    return {
        "originals": _bytes(originals),
        "reconstructions": _bytes(reconstructed),
        "samples": _bytes(samples(model, device).flatten(0, 1)),
    }


def spreads(model: AutoEncoder, dataset: Dataset, device: torch.device) -> dict[str, np.ndarray]:
    """How each latent dimension is used: what its mean code does over images, how wide its encoder spreads codes.

    `code_variance`: the variance of the mean code over images; for a random encoder also `log_spread_quantiles`. The
    former is float32 (latent_dim,). The latter is float32 (5, latent_dim): the least, the quartiles and the largest
    log-spread of a dimension over images (log-variance of a Gaussian encoder, log half-side of a uniform box).
    """
    test = dataset.split.test
    chosen = np.sort(np.random.default_rng(0).permutation(test)[:SPREAD_IMAGES])
    codes = [model.encode(images) for images in dataset.images.batches(chosen, CODES_AT_ONCE, device)]
    means = torch.cat([code.mean for code in codes])
    arrays = {"code_variance": means.var(dim=0, correction=0).cpu().numpy()}
    logs = [code.log_spread for code in codes if code.log_spread is not None]
    if logs:
        values = torch.cat(logs).cpu().numpy()
        arrays["log_spread_quantiles"] = np.quantile(values, [0, 0.25, 0.5, 0.75, 1], axis=0).astype(np.float32)
    return arrays


def _bytes(images: Tensor) -> np.ndarray:
    levels: np.ndarray = images.mul(255).round().clamp(0, 255).to(torch.uint8).cpu().numpy()
    return levels
