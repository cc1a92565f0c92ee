"""Three pictures of a trained auto-encoder: what it reconstructs, what it samples, what each latent dimension does.

The same test images and the same draws for every trial, so that the pictures of two trials can be laid side by side.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from study.data.dataset import Dataset
from study.models import AutoEncoder, UniformCube, evaluating
from study.system.files import write_atomically

PICTURE_COLUMNS = 10
SAMPLE_ROWS = 5
TRAVERSAL_ROWS = 16
"""Largest number of rows: dimensions beyond the sixteenth most active one do nothing visible, on dSprites."""

_CODED = 500
"""Number of test images whose mean codes measure how active a dimension is."""

_SEED = 0
_GAP = 2
_GREY = 110
"""Pixels between images, in a grey that shows against black and white images alike."""


def save_pictures(model: AutoEncoder, dataset: Dataset, folder: Path, device: torch.device | str = "cpu") -> None:
    """Write `reconstructions.png`, `samples.png` and `traversal.png` into `folder`, each replaced as a whole.

    `model` is on `device`; its mode and the global random states are left as they were.
    """
    with evaluating(model), torch.inference_mode():
        pictures = {
            "reconstructions": reconstructions(model, dataset, device),
            "samples": samples(model, device),
            "traversal": traversal(model, dataset, device),
        }
    for name, grid in pictures.items():
        png = BytesIO()
        tile(grid.cpu().numpy()).save(png, format="PNG")
        write_atomically(folder / f"{name}.png", png.getvalue())


def reconstructions(model: AutoEncoder, dataset: Dataset, device: torch.device | str) -> Tensor:
    """Test images, and under each its reconstruction from the mean code: (2, columns, C, H, W)."""
    images = dataset.images.batch(_chosen(dataset, PICTURE_COLUMNS), device)
    return torch.stack([images, model.reconstruct(images)])


def samples(model: AutoEncoder, device: torch.device | str) -> Tensor:
    """Decoder means of draws of the prior: (rows, columns, C, H, W)."""
    generator = torch.Generator(device).manual_seed(_SEED)
    drawn = model.sample(SAMPLE_ROWS * PICTURE_COLUMNS, generator)
    return drawn.unflatten(0, (SAMPLE_ROWS, PICTURE_COLUMNS))


def traversal(model: AutoEncoder, dataset: Dataset, device: torch.device | str) -> Tensor:
    """One row per latent dimension, most active first: (rows, columns, C, H, W).

    The mean code of one test image, with that dimension set to values from one end of where codes lie to the other.
    Active is a dimension whose mean code differs between images (its standard deviation).
    """
    chosen = _chosen(dataset, min(_CODED, len(dataset.split.test)))
    codes = model.encode(dataset.images.batch(chosen, device)).mean
    order = codes.std(dim=0, correction=0).argsort(descending=True, stable=True)[:TRAVERSAL_ROWS]
    reach = _reach(model)
    moved = codes[0].repeat(len(order), PICTURE_COLUMNS, 1)
    for row, dimension in enumerate(order):
        moved[row, :, dimension] = torch.linspace(-reach, reach, PICTURE_COLUMNS, device=codes.device)
    return torch.sigmoid(model.decode(moved.flatten(0, 1))).unflatten(0, (len(order), PICTURE_COLUMNS))


def tile(grid: np.ndarray) -> Image.Image:
    """Images (rows, columns, C, H, W) in [0, 1] as one picture, 8-bit, with thin lines between; small ones doubled."""
    rows, columns, channels, height, width = grid.shape
    scale = 2 if height <= 32 else 1
    levels = np.rint(255 * np.clip(np.nan_to_num(grid), 0, 1)).astype(np.uint8)
    levels = levels.repeat(scale, axis=3).repeat(scale, axis=4)
    high, wide = scale * height + _GAP, scale * width + _GAP
    canvas = np.full((rows * high + _GAP, columns * wide + _GAP, channels), _GREY, dtype=np.uint8)
    for row in range(rows):
        for column in range(columns):
            top, left = row * high + _GAP, column * wide + _GAP
            canvas[top : top + high - _GAP, left : left + wide - _GAP] = levels[row, column].transpose(1, 2, 0)
    return Image.fromarray(canvas.squeeze(2) if channels == 1 else canvas)


def _chosen(dataset: Dataset, n: int) -> np.ndarray:
    """Test images, always the same; a longer choice begins with the shorter one."""
    test = dataset.split.test
    return test[np.random.default_rng(_SEED).permutation(len(test))[:n]]


def _reach(model: AutoEncoder) -> float:
    """How far from zero codes lie: 1 for the uniform prior and for means through tanh, else two standard deviations."""
    head = getattr(model.encoder, "mean", None)  # a plugin's encoder may have none
    bounded = isinstance(model.prior, UniformCube) or bool(getattr(head, "tanh", False))
    return 1.0 if bounded else 2.0
