"""A model's two latent dimensions, on images that differ by their grey level alone: Figures 1 and 2.

Images are in the order of their grey levels, whichever part of the split they are in. Codes and draws of the prior are
the same random draws for every model.
"""

import numpy as np
import torch

from models import AutoEncoder, StandardGaussian
from study.data import DATASETS
from study.data.dataset import Dataset
from study.metrics.mean_pixel_deviation import deviation_curve

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

CODES_AT_ONCE = 500

_SEED = 0


def shows_a_plane(dataset: Dataset, latent_dim: int) -> bool:
    """Whether these arrays mean anything: images of one grey level each, and two latent dimensions."""
    return latent_dim == 2 and "grey_levels" in DATASETS[dataset.name].offers


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
