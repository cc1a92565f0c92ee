"""The arrays that a trial saves for the figures of the paper: the report draws them and computes no model.

Small enough to be kept for every trial, weights or not. For Figures 1 and 2: a model's two latent dimensions, on images
that differ by their grey level alone. These are in the order of their grey levels, whichever part of the split they are
in; codes and draws of the prior are the same random draws for every model.
"""

import io

import numpy as np
import torch
from torch import Tensor

from study.data.dataset import Dataset
from study.metrics.mean_pixel_deviation import deviation_curve
from study.models import AutoEncoder, StandardGaussian, evaluating
from study.trial.pictures import reconstructions, samples

SPREAD_IMAGES = 5_000
"""Test images over which the use of latent dimensions is taken, or all of fewer."""

CODES_AT_ONCE = 500
"""Images encoded at once."""

PRIOR_SAMPLES = 1000
"""Draws of the prior: as many as there are codes, so that the two can be compared at any number up to it."""

DECODED = 100_000
"""Samples whose mean pixel is taken, as in the paper."""

PLANE_SIDE = 11
"""Images along a side of the decoded plane."""

FINE_SIDE = 41
"""Points along a side of the plane whose brightness is kept."""

GAUSSIAN_HALF_SIDE = 2.5
"""Half the side of the plane where the prior is Gaussian: 97.5 % of the prior is inside."""

_SEED = 0


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


def shows_a_plane(dataset: Dataset, latent_dim: int) -> bool:
    """Whether these arrays mean anything: images of one grey level each, and two latent dimensions."""
    return latent_dim == 2 and "grey_levels" in dataset.offers


def latent_plane(model: AutoEncoder, dataset: Dataset, device: torch.device) -> dict[str, np.ndarray]:
    """Nothing where `shows_a_plane` is false, else float32, for n images:

    `codes` (n, 2), one draw of Q(Z|X) each; `means` (n, 2) and, of a random encoder, `log_spreads` (n, 2);
    `prior_samples` (1000, 2);
    `plane` uint8 (11, 11, C, H, W), decoder means over [-s, s]²: the second dimension falls from s to -s down the rows,
    the first rises from -s to s along them; s is `plane_half_side` (), 1 for the uniform prior; `plane_brightness`
    (41, 41), the mean pixel value over the same square in the same order;
    `pixel_deviation` (points,), how far the distribution function of the mean pixels of 100,000 samples is above the
    uniform one, at the mean pixel values of `deviation_curve`.
    """
    if not shows_a_plane(dataset, model.latent_dim):
        return {}
    generator = torch.Generator(device).manual_seed(_SEED)
    everything = np.arange(len(dataset.images))
    codes = [model.encode(images) for images in dataset.images.batches(everything, CODES_AT_ONCE, device)]
    spreads = [code.log_spread for code in codes if code.log_spread is not None]
    half_side = GAUSSIAN_HALF_SIDE if isinstance(model.prior, StandardGaussian) else 1.0
    brightness = [model.sample(CODES_AT_ONCE, generator).mean(dim=(1, 2, 3)) for _ in range(0, DECODED, CODES_AT_ONCE)]
    return {
        "codes": _array([model.sample_code(code, generator) for code in codes]),
        "means": _array([code.mean for code in codes]),
        **({"log_spreads": _array(spreads)} if spreads else {}),
        "prior_samples": _array([model.sample_prior(PRIOR_SAMPLES, generator)]),
        "plane": _array([_plane(model, half_side, PLANE_SIDE, device).mul(255).round().to(torch.uint8)]),
        "plane_brightness": _array([_plane(model, half_side, FINE_SIDE, device).mean(dim=(2, 3, 4))]),
        "plane_half_side": np.array(half_side, np.float32),
        "pixel_deviation": deviation_curve(_array(brightness)).astype(np.float32),
    }


def _plane(model: AutoEncoder, half_side: float, side: int, device: torch.device) -> torch.Tensor:
    """Decoder means over the plane: (side, side, C, H, W)."""
    ends = torch.linspace(-half_side, half_side, side, device=device)
    downwards, rightwards = torch.meshgrid(ends.flip(0), ends, indexing="ij")
    codes = torch.stack([rightwards, downwards], dim=-1).flatten(0, 1)
    images = torch.cat([torch.sigmoid(model.decode(part)) for part in codes.split(CODES_AT_ONCE)])
    return images.unflatten(0, (side, side))


def _array(parts: list[torch.Tensor]) -> np.ndarray:
    array: np.ndarray = torch.cat(parts).cpu().numpy()
    return array
