"""Faces: a stand-in for CelebA whose intrinsic dimension is known, because the images are rendered here.

50,000 colour images of a cartoon head, of 32 × 32 or 64 × 64 pixels. Of the twelve factors of `face_rendering.FACTORS`
the first d_I are independent and uniform on [0, 1], the others stay at their middle, 0.5: the images lie on a smooth
manifold of d_I dimensions, the image of a cube (but for their 8 bits). The name states d_I: `faces-8` has d_I = 8 and
32 × 32 pixels, `faces-8-64` has 64 × 64. Datasets of different d_I have the draws of their common factors in common.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from study.data.cache import bar, cached
from study.data.dataset import Dataset, Images, split
from study.data.face_rendering import FACTORS, RENDERED_AT_ONCE, render

N_IMAGES = 50_000
FACTORS_SEED = 0
CACHE_VERSION = "1"
"""Version of the cache, to be raised whenever the draws or the rendering change: older caches are then made anew."""


def load(name: str, root: Path | None = None) -> Dataset:
    """The dataset `faces-D` or `faces-D-SIDE`: rendered on first use, in seconds, and kept as bytes in the cache.

    Nothing in `root` is read.
    """
    _, *numbers = name.split("-")
    intrinsic_dimension, side = int(numbers[0]), int(numbers[1]) if numbers[1:] else 32
    size = N_IMAGES * 3 * side**2
    path, checksum = cached(f"{name}.bytes", CACHE_VERSION, lambda path: _render(path, intrinsic_dimension, side), size)
    pixels = np.memmap(path, dtype=np.uint8, mode="r", shape=(N_IMAGES, 3 * side**2))
    return Dataset(name, Images(pixels, "uint8", (3, side, side)), split(N_IMAGES), "rendered", checksum)


def factor_values(intrinsic_dimension: int) -> NDArray[np.float64]:
    """The factors of all images, in the order of `FACTORS`: (50000, 12)."""
    values = np.random.default_rng(FACTORS_SEED).random((N_IMAGES, len(FACTORS)))
    values[:, intrinsic_dimension:] = 0.5
    return values


def _render(path: Path, intrinsic_dimension: int, side: int) -> None:
    values = factor_values(intrinsic_dimension)
    size = RENDERED_AT_ONCE // side**2
    with path.open("wb") as file, bar("rendering faces, once", N_IMAGES) as advance:
        for start in range(0, N_IMAGES, size):
            images = render(values[start : start + size], side)
            images.tofile(file)
            advance(len(images))
