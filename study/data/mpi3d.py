"""MPI3D (Gondal et al. 2019): colour images of 64 × 64 pixels of a robot arm, the full grid of seven factors.

Three datasets of the same grid: simple renderings (`mpi3d_toy`), realistic ones (`mpi3d_realistic`) and photographs
(`mpi3d_real`). Each is read from the `.npz` file that its authors publish: `images`, uint8 (n, 64, 64, 3), in the order
of the grid, its last factor fastest. n is 1,036,800, or 460,800 in the files of the challenge of 2019, which have four
colours and four shapes of the object. The images are unpacked once into a memory-mapped file of bytes in the cache
(12.7 GB, or 5.7 GB).
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from study.data.array_files import open_npz, pack_arrays
from study.data.cache import cached, official_file, stamp
from study.data.dataset import Dataset, Description, Factors, Images, split
from study.system.errors import InputError

NAMES = (
    *("object_color", "object_shape", "object_size", "camera_height", "background_color"),
    *("horizontal_axis", "vertical_axis"),
)
GRIDS = ((6, 6, 2, 3, 3, 40, 40), (4, 4, 2, 3, 3, 40, 40))
"""Numbers of classes: of the whole dataset, and of the files of the challenge."""

PUBLISHED = "https://github.com/rr-learning/disentanglement_dataset"
SHAPE = (3, 64, 64)
CACHE_VERSION = "1"
"""Version of the cache, to be raised whenever the reading changes: older caches are then made anew."""


def load(kind: str, root: Path | None = None, grids: Sequence[tuple[int, ...]] = GRIDS) -> Dataset:
    """The dataset of `kind` (`toy`, `realistic` or `real`) from `mpi3d_KIND.npz` in `root` (or in `WAE_STUDY_DATA`).

    The file may also be in its folder `mpi3d_KIND`. `checksum` is of the images. `InputError` if it is missing or has
    images of no such grid.
    """
    name = f"mpi3d_{kind}"
    file = official_file(root, f"MPI3D ({kind})", (f"{name}.npz", f"{name}/{name}.npz"), PUBLISHED)
    factors = Factors(NAMES, _grid(file, grids))
    n = int(np.prod(factors.sizes))
    pixels = int(np.prod(SHAPE))
    version = f"{CACHE_VERSION} {stamp(file)}"
    path, checksum = cached(f"{name}.bytes", version, partial(_pack, file, kind), n * pixels)
    rows = np.memmap(path, dtype=np.uint8, mode="r", shape=(n, pixels))
    return Dataset(name, Images(rows, "uint8", SHAPE), split(n), "official", checksum, factors)


DESCRIPTIONS = {
    f"mpi3d_{kind}": Description(SHAPE, frozenset({"factors", "factor_grid", "grey", "fid"}), partial(load, kind))
    for kind in ("toy", "realistic", "real")
}


def _grid(file: Path, grids: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The grid that has as many images as the file."""
    by_number = {int(np.prod(sizes)): sizes for sizes in grids}
    with open_npz(file) as arrays:
        found = arrays.get("images")
        if (
            found is None
            or found.shape[1:] != (64, 64, 3)
            or found.shape[0] not in by_number
            or found.dtype != np.uint8
        ):
            received = f"{found.dtype} of shape {found.shape}" if found is not None else "none"
            numbers = " or ".join(map(str, by_number))
            raise InputError(
                f"{file}: expected images, uint8 of shape (n, 64, 64, 3), n {numbers}; received {received}"
            )
        return by_number[found.shape[0]]


def _pack(file: Path, kind: str, path: Path) -> None:
    with open_npz(file) as arrays:
        pack_arrays(arrays["images"], path, f"reading MPI3D ({kind}), once")
