"""SmallNORB (LeCun et al. 2004): 48,600 grey images of 50 toys, those of the first camera, in 64 × 64 pixels.

Read from the files that its authors publish, unpacked: for training and for testing each a `-dat.mat`, a `-cat.mat` and
an `-info.mat` in a binary format of their own, which is not Matlab's (see `read_matrix`). Images of 96 × 96 pixels are
reduced with Pillow's Lanczos filter.

Factors as in disentanglement_lib: category (5), elevation (9), azimuth (18) and lighting (6). Each of their 4,860
combinations has ten images, of ten toys of the category; which toy it is, is no factor. So the images are not the full
grid of the factors. The authors' training and testing images are put together, and split anew by seed.
"""

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from study.data.cache import bar, cached, official_file, stamp
from study.data.dataset import Dataset, Description, Factors, Images, split
from study.system.errors import InputError
from study.system.files import regular

CHUNKS = ("smallnorb-5x46789x9x18x6x2x96x96-training", "smallnorb-5x01235x9x18x6x2x96x96-testing")
ROWS_OF_CHUNK = 24_300
"""Images in each of the two."""

NAMES = ("category", "elevation", "azimuth", "lighting")
SIZES = (5, 9, 18, 6)

FILE_SIDE = 96
PUBLISHED = "https://cs.nyu.edu/~ylclab/data/norb-v1.0-small/"
SHAPE = (1, 64, 64)
CACHE_VERSION = "1"
"""Version of the cache, to be raised whenever the reading changes: older caches are then made anew."""

TYPES: Mapping[int, str] = {0x1E3D4C55: "<u1", 0x1E3D4C54: "<i4", 0x1E3D4C51: "<f4", 0x1E3D4C53: "<f8"}
"""The types of values by the number that a file begins with."""


def load(root: Path | None = None, rows: int = ROWS_OF_CHUNK, sizes: tuple[int, ...] = SIZES) -> Dataset:
    """The dataset from the six files in `root` (or in `WAE_STUDY_DATA`), or in its folder `small_norb`.

    `checksum` is of the reduced images. `InputError` if a file is missing or is not as it should be.
    """
    names = [f"{chunk}-{kind}.mat" for chunk in CHUNKS for kind in ("dat", "cat", "info")]
    files = {name: official_file(root, "SmallNORB", (f"small_norb/{name}", name), PUBLISHED) for name in names}
    labels = np.concatenate([_labels(files, chunk, rows) for chunk in CHUNKS])
    factors = Factors.of(dict(zip(NAMES, labels.T, strict=True)))
    if factors.sizes != sizes:
        raise InputError(f"SmallNORB: expected {sizes} classes of {', '.join(NAMES)}; received {factors.sizes}")
    images = [files[f"{chunk}-dat.mat"] for chunk in CHUNKS]
    n, pixels = len(labels), int(np.prod(SHAPE))
    version = f"{CACHE_VERSION} {' '.join(map(stamp, images))}"
    path, checksum = cached("smallnorb.bytes", version, partial(_pack, images, rows), n * pixels)
    stored = np.memmap(path, dtype=np.uint8, mode="r", shape=(n, pixels))
    return Dataset("smallnorb", Images(stored, "uint8", SHAPE), split(n), "official", checksum, factors)


DESCRIPTION = Description(SHAPE, frozenset({"factors", "grey", "fid"}), load)


def read_matrix(file: Path, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """A matrix of the format of NORB, as a read-only memory map.

    A file begins with numbers of four bytes, the least significant one first: the type of its values, the number of
    dimensions, and the size of each, of which there are at least three. Then follow the values. `InputError` if the
    matrix has another type or shape, or the file another length.
    """
    wanted = f"{np.dtype(dtype)} of shape {shape}"
    header = np.fromfile(regular(file), "<i4", count=2 + max(3, len(shape)))
    start = 4 * (2 + max(3, len(shape)))
    if len(header) < 5 or TYPES.get(int(header[0])) != dtype or header[1] != len(shape):
        raise InputError(f"{file}: expected a matrix in the NORB format, {wanted}; received another file")
    found = tuple(header[2 : 2 + len(shape)].tolist())
    if found != shape or file.stat().st_size != start + math.prod(shape) * np.dtype(dtype).itemsize:
        raise InputError(
            f"{file}: expected a matrix in the NORB format, {wanted}; received shape {found} in a file of "
            f"{file.stat().st_size} bytes"
        )
    return np.memmap(file, dtype=dtype, mode="r", offset=start, shape=shape)


def _labels(files: Mapping[str, Path], chunk: str, rows: int) -> np.ndarray:
    """Category, elevation, azimuth and lighting of the images: (rows, 4)."""
    category = read_matrix(files[f"{chunk}-cat.mat"], (rows,), "<i4")
    info = read_matrix(files[f"{chunk}-info.mat"], (rows, 4), "<i4")  # toy, elevation, azimuth, lighting
    return np.column_stack([category, info[:, 1:]])


def _pack(files: list[Path], rows: int, path: Path) -> None:
    with path.open("wb") as out, bar("reading SmallNORB, once", rows * len(files)) as advance:
        for file in files:
            for image in read_matrix(file, (rows, 2, FILE_SIDE, FILE_SIDE), "<u1")[:, 0]:
                small = Image.fromarray(image).resize(SHAPE[1:], Image.Resampling.LANCZOS)
                out.write(np.asarray(small).tobytes())
                advance(1)
