"""Three pictures of a trained auto-encoder: reconstructions, samples, and traversals of its latent dimensions.

All trials show the same test images and the same draws, so that the pictures of two trials can be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from study.data.dataset import Dataset
from study.models import AutoEncoder, Gaussian, UniformCube, evaluating
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

_TEXT_SIZE = 12
"""Pixels of the height of a label's letters."""

_MARGIN = (112, 18)
"""Pixels for the labels: to the left of the rows, and above the columns."""


@dataclass(frozen=True)
class Traversal:
    """`images` (rows, columns, C, H, W): in each row one latent dimension is moved through `values` (columns,).

    `dimensions` (rows,) are the dimensions, from 0, in the order of the rows. `log_spreads` (rows,) are the means of
    their log-spreads over test images, which for a Gaussian encoder are log-variances; None for a deterministic
    encoder. `spread_name` is what the picture calls them.
    """

    images: Tensor
    values: Tensor
    dimensions: Tensor
    log_spreads: Tensor | None
    spread_name: str

    def picture(self) -> Image.Image:
        """The images with the values above the columns, and next to each row its dimension and mean log-spread."""
        rows = [[f"z{int(dimension)}"] for dimension in self.dimensions]
        if self.log_spreads is not None:
            for lines, log_spread in zip(rows, self.log_spreads, strict=True):
                lines.append(f"{self.spread_name} {float(log_spread):.2f}")
        return _labelled(tile(self.images.cpu().numpy()), rows, [f"{float(value):.1f}" for value in self.values])


def save_pictures(model: AutoEncoder, dataset: Dataset, folder: Path, device: torch.device | str = "cpu") -> None:
    """Write `reconstructions.png`, `samples.png` and `traversal.png` into `folder`, each replaced as a whole.

    `model` is on `device`; its mode and the global random states are left as they were.
    """
    with evaluating(model), torch.inference_mode():
        pictures = {
            "reconstructions": tile(reconstructions(model, dataset, device).cpu().numpy()),
            "samples": tile(samples(model, device).cpu().numpy()),
            "traversal": traversal(model, dataset, device).picture(),
        }
    for name, picture in pictures.items():
        png = BytesIO()
        picture.save(png, format="PNG")
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


def traversal(model: AutoEncoder, dataset: Dataset, device: torch.device | str) -> Traversal:
    """One row for each of the `TRAVERSAL_ROWS` most informative latent dimensions, the most informative first.

    A row shows the mean code of one test image with that dimension set to values over the range of the codes. A
    dimension is the more informative the larger the standard deviation of its mean codes over test images is.
    """
    chosen = _chosen(dataset, min(_CODED, len(dataset.split.test)))
    code = model.encode(dataset.images.batch(chosen, device))
    order = code.mean.std(dim=0, correction=0).argsort(descending=True, stable=True)[:TRAVERSAL_ROWS]
    reach = _reach(model)
    values = torch.linspace(-reach, reach, PICTURE_COLUMNS, device=code.mean.device)
    moved = code.mean[0].repeat(len(order), PICTURE_COLUMNS, 1)
    for row, dimension in enumerate(order):
        moved[row, :, dimension] = values
    return Traversal(
        images=torch.sigmoid(model.decode(moved.flatten(0, 1))).unflatten(0, (len(order), PICTURE_COLUMNS)),
        values=values,
        dimensions=order,
        log_spreads=None if code.log_spread is None else code.log_spread.mean(dim=0)[order],
        spread_name="log-var" if isinstance(model.encoder, Gaussian) else "log-spread",
    )


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


def _labelled(tiles: Image.Image, rows: Sequence[Sequence[str]], columns: Sequence[str]) -> Image.Image:
    """The tiles with lines of text to the left of each row, and one text above each column."""
    left, top = _MARGIN
    canvas = Image.new(tiles.mode, (left + tiles.width, top + tiles.height), "white")
    canvas.paste(tiles, (left, top))
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(_TEXT_SIZE)
    high, wide = (tiles.height - _GAP) / len(rows), (tiles.width - _GAP) / len(columns)
    for row, lines in enumerate(rows):
        middle = top + _GAP / 2 + (row + 0.5) * high
        draw.multiline_text((left - 6, middle), "\n".join(lines), "black", font, "rm", align="right")
    for column, text in enumerate(columns):
        draw.text((left + _GAP / 2 + (column + 0.5) * wide, top / 2), text, "black", font, "mm")
    return canvas


def _chosen(dataset: Dataset, n: int) -> np.ndarray:
    """Test images, always the same; a longer choice begins with the shorter one."""
    test = dataset.split.test
    return test[np.random.default_rng(_SEED).permutation(len(test))[:n]]


def _reach(model: AutoEncoder) -> float:
    """How far from zero codes lie: 1 for the uniform prior and for means through tanh, else two standard deviations."""
    head = getattr(model.encoder, "mean", None)  # a plugin's encoder may have none
    bounded = isinstance(model.prior, UniformCube) or bool(getattr(head, "tanh", False))
    return 1.0 if bounded else 2.0
