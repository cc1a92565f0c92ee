"""How each latent dimension is used: what its mean code does over images, and how wide its encoder spreads codes."""

import numpy as np
import torch

from models import AutoEncoder
from study.data.dataset import Dataset

IMAGES = 5_000
"""Test images that both are taken over, or all of fewer."""

BATCH = 500


def spreads(model: AutoEncoder, dataset: Dataset, device: torch.device) -> dict[str, np.ndarray]:
    """`code_variance`: the variance of the mean code over images; for a random encoder also `log_spread_quantiles`.

    The former is float32 (latent_dim,). The latter is float32 (5, latent_dim): the least, the quartiles and the largest
    log-spread of a dimension over images (log-variance of a Gaussian encoder, log half-side of a uniform box).
    """
    test = dataset.split.test
    chosen = np.sort(np.random.default_rng(0).permutation(test)[:IMAGES])
    codes = [model.encode(images) for images in dataset.images.batches(chosen, BATCH, device)]
    means = torch.cat([code.mean for code in codes])
    arrays = {"code_variance": means.var(dim=0, correction=0).cpu().numpy()}
    logs = [code.log_spread for code in codes if code.log_spread is not None]
    if logs:
        values = torch.cat(logs).cpu().numpy()
        arrays["log_spread_quantiles"] = np.quantile(values, [0, 0.25, 0.5, 0.75, 1], axis=0).astype(np.float32)
    return arrays
