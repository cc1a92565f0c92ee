"""Shapes3D (Burgess and Kim 2018): 480,000 colour images of 64 × 64 pixels, the full grid of six factors.

Read from `3dshapes.h5` as its authors publish it: `images`, uint8 (480000, 64, 64, 3), and `labels`, float64
(480000, 6), in the order of the grid, its last factor fastest. The labels are checked, and the images unpacked once
into a memory-mapped file of bytes in the cache (5.9 GB).
"""

from functools import partial
from pathlib import Path

import numpy as np

from study.data.array_files import open_h5, pack_arrays
from study.data.cache import cached, official_file, stamp
from study.data.dataset import Dataset, Description, Factors, Images, split
from study.system.errors import InputError

FACTORS = Factors(
    ("floor_hue", "wall_hue", "object_hue", "scale", "shape", "orientation"),
    (10, 10, 10, 8, 4, 15),
)
FILE = "3dshapes.h5"
PUBLISHED = "https://github.com/google-deepmind/3d-shapes"
SHAPE = (3, 64, 64)
CACHE_VERSION = "1"
"""Version of the cache, to be raised whenever the reading changes: older caches are then made anew."""


def load(root: Path | None = None, factors: Factors = FACTORS) -> Dataset:
    """The dataset from `3dshapes.h5` in `root` (or in `WAE_STUDY_DATA`), or in its folder `3dshapes`.

    `checksum` is of the images. `InputError` if the file is missing or is not the full grid of these factors.
    """
    file = official_file(root, "Shapes3D", (FILE, f"3dshapes/{FILE}"), PUBLISHED)
    n = int(np.prod(factors.sizes))
    pixels = int(np.prod(SHAPE))
    version = f"{CACHE_VERSION} {stamp(file)}"
    path, checksum = cached("shapes3d.bytes", version, partial(_pack, file, factors), n * pixels)
    rows = np.memmap(path, dtype=np.uint8, mode="r", shape=(n, pixels))
    return Dataset("shapes3d", Images(rows, "uint8", SHAPE), split(n), "official", checksum, factors)


DESCRIPTION = Description(SHAPE, frozenset({"factors", "factor_grid", "grey", "fid"}), load)


def _pack(file: Path, factors: Factors, path: Path) -> None:
    n, k = int(np.prod(factors.sizes)), len(factors.sizes)
    with open_h5(file) as arrays:
        wanted = {"images": (n, *SHAPE[1:], SHAPE[0]), "labels": (n, k)}
        found = {name: arrays[name].shape for name in wanted if name in arrays}
        if found != wanted or arrays["images"].dtype != np.uint8:
            raise InputError(f"{file}: expected uint8 images and labels of shapes {wanted}; received {found}")
        labels = arrays["labels"].whole()
        classes = np.stack([np.unique(column, return_inverse=True)[1] for column in labels.T], axis=1)
        if not np.array_equal(classes, factors.values(np.arange(n))):
            raise InputError(f"{file}: labels should be the full grid of {', '.join(factors.names)}, the last fastest")
        pack_arrays(arrays["images"], path, "reading Shapes3D, once")
