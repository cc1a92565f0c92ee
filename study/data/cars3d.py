"""Cars3D (Reed et al. 2015): 17,568 colour images of 64 × 64 pixels, 183 cars from 4 elevations and 24 azimuths.

Read from the `.mat` files of the data of "Deep Visual Analogy-Making" (`nips2015-analogy-data.tar.gz`, unpacked: its
folder `data/cars`). Each has one car: `im`, uint8 (side, side, 3, 24, 4), azimuths before elevations. Images are
reduced to 64 × 64 with Pillow's Lanczos filter, and are in the order of the grid of elevation, azimuth and car, as
disentanglement_lib orders these factors; cars are numbered in the order of their files' names.
"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from study.data.cache import bar, cached, official_file, stamp
from study.data.dataset import Dataset, Description, Factors, Images, split
from study.system.errors import InputError, one_line

FACTORS = Factors(("elevation", "azimuth", "object_type"), (4, 24, 183))
FOLDERS = ("cars", "cars3d", "data/cars")
PUBLISHED = "http://www.scottreed.info/files/nips2015-analogy-data.tar.gz"
SHAPE = (3, 64, 64)
CACHE_VERSION = "1"
"""Version of the cache, to be raised whenever the reading changes: older caches are then made anew."""


def load(root: Path | None = None, factors: Factors = FACTORS) -> Dataset:
    """The dataset from the `.mat` files in the folder `cars` of `root` (or of `WAE_STUDY_DATA`).

    `checksum` is of the reduced images. `InputError` if there are more or fewer files than cars, or others.
    """
    folder = official_file(root, "Cars3D", FOLDERS, PUBLISHED)
    files = sorted(file for file in folder.glob("*.mat") if not file.name.startswith("."))
    if len(files) != factors.sizes[2]:
        raise InputError(f"{folder}: expected {factors.sizes[2]} .mat files, one for each car; received {len(files)}")
    n, pixels = int(np.prod(factors.sizes)), int(np.prod(SHAPE))
    identity = hashlib.sha256(repr([(file.name, stamp(file)) for file in files]).encode()).hexdigest()
    version = f"{CACHE_VERSION} {identity}"
    path, checksum = cached("cars3d.bytes", version, partial(_pack, files, factors.sizes), n * pixels)
    rows = np.memmap(path, dtype=np.uint8, mode="r", shape=(n, pixels))
    return Dataset("cars3d", Images(rows, "uint8", SHAPE), split(n), "official", checksum, factors)


DESCRIPTION = Description(SHAPE, frozenset({"factors", "factor_grid", "grey", "fid"}), load)


def read_car(file: Path, elevations: int, azimuths: int) -> np.ndarray:
    """The images of one car, reduced: uint8 (elevations, azimuths, 3, 64, 64). `InputError` if there are none."""
    from scipy.io import loadmat

    try:
        images = loadmat(file, variable_names=["im"]).get("im")
    except Exception as error:  # there is no end to the ways in which a damaged file fails to be read
        raise InputError(f"{file}: cannot be read as a .mat file: {one_line(error, 300)}") from None
    views = (3, azimuths, elevations)
    if images is None or images.dtype != np.uint8 or images.shape != (len(images), len(images), *views):
        received = "none" if images is None else f"{images.dtype} of shape {images.shape}"
        raise InputError(
            f"{file}: im should be uint8 of shape (side, side, 3, {azimuths}, {elevations}); received {received}"
        )
    reduced = np.empty((elevations, azimuths, *SHAPE), np.uint8)
    for elevation, azimuth in np.ndindex(elevations, azimuths):
        image = Image.fromarray(np.ascontiguousarray(images[..., azimuth, elevation]))
        small = image.resize(SHAPE[1:], Image.Resampling.LANCZOS)
        reduced[elevation, azimuth] = np.asarray(small).transpose(2, 0, 1)
    return reduced


def _pack(files: Sequence[Path], sizes: tuple[int, ...], path: Path) -> None:
    elevations, azimuths, cars = sizes
    grid = np.empty((elevations, azimuths, cars, *SHAPE), np.uint8)  # 216 MB
    with ThreadPoolExecutor() as pool, bar("reading Cars3D, once", cars) as advance:
        for car, images in enumerate(pool.map(lambda file: read_car(file, elevations, azimuths), files)):
            grid[:, :, car] = images
            advance(1)
    path.write_bytes(grid.data)
