"""dSprites (Matthey et al. 2017): 737,280 binary 64 × 64 images, the full grid of five factors.

The official file is read where the user has it; otherwise the images are rendered. Either way they end up as packed
bits in one memory-mapped file of 377 MB that all processes of a node share.
"""

import errno
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from study.data import rendering
from study.data.cache import bar, cached, sha256
from study.data.dataset import Dataset, Factors, Images, split
from study.data.root import official_folder
from study.system.errors import InputError, one_line
from study.system.files import regular

OFFICIAL_FILE = "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz"
FACTORS = Factors(("shape", "scale", "orientation", "pos_x", "pos_y"), rendering.FACTOR_SIZES)
RENDERING_VERSION = "2"
"""Version of the cache, to be raised whenever `rendering` gives other pixels: older caches are then made anew."""

SHAPE = (1, rendering.IMAGE_SIDE, rendering.IMAGE_SIDE)
ROW_BYTES = rendering.IMAGE_SIDE**2 // 8
_WITHOUT = "take it away, and the images are rendered"

IMAGES_AT_ONCE = 8192
"""Images of the official file in memory at a time: 34 MB."""


def load(root: Path | None = None) -> Dataset:
    """The dataset: from the official file in `root`, or in `WAE_STUDY_DATA` if it is there, else rendered.

    `checksum` is that of the official file, or of the rendered bits. `InputError` if `root` does not have the file, if
    that folder is none, or if the file is not what it should be.
    """
    folder = official_folder(root, OFFICIAL_FILE)
    official = folder / OFFICIAL_FILE if folder is not None else None
    n = int(np.prod(FACTORS.sizes))
    size = n * ROW_BYTES
    if root is not None and official is not None and not official.exists():
        raise InputError(f"--data-root: {root} has no {OFFICIAL_FILE}; without --data-root, the images are rendered")
    if official is not None and official.exists():
        source, checksum = "official", _identity(official)
        path, _ = cached("dsprites-official.bits", checksum, lambda path: pack_official(official, path, FACTORS), size)
    else:
        source = "rendered"
        path, checksum = cached("dsprites-rendered.bits", RENDERING_VERSION, _render, size)
    bits = np.memmap(path, dtype=np.uint8, mode="r", shape=(n, ROW_BYTES))
    return Dataset("dsprites", Images(bits, "bits", SHAPE), split(n), source, checksum, FACTORS)


def pack_official(source: Path, target: Path, factors: Factors) -> None:
    """Write the images of the official archive as packed bits, in the order of `factors`.

    Only the arrays `imgs` and `latents_classes` are opened, and nothing is unpickled. `InputError` if they are not the
    binary images of the full grid.
    """
    n = int(np.prod(factors.sizes))
    try:
        with zipfile.ZipFile(source) as archive:
            with archive.open("latents_classes.npy") as member:
                rows = 0
                for chunk in _chunks(member, source, "latents_classes", (n, 1 + len(factors.sizes))):
                    expected = factors.values(np.arange(rows, rows + len(chunk)))
                    if np.any(chunk[:, 0] != 0) or np.any(chunk[:, 1:] != expected):
                        raise InputError(f"{source}: latents_classes is not the official full grid; {_WITHOUT}")
                    rows += len(chunk)
            with archive.open("imgs.npy") as member, target.open("wb") as out:
                for chunk in _chunks(member, source, "imgs", (n, *SHAPE[1:])):
                    if chunk.max() > 1 or chunk.min() < 0:
                        raise InputError(f"{source}: imgs holds values other than 0 and 1; {_WITHOUT}")
                    np.packbits(chunk.reshape(len(chunk), -1).astype(bool), axis=1).tofile(out)
    except InputError:
        raise
    except Exception as error:  # there is no end to the ways in which a damaged archive fails to be read
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise  # of the disk; an archive may send its reader to a place before the file's beginning
        raise InputError(f"{source}: not the official dSprites file: {one_line(error, 300)}; {_WITHOUT}") from None


def _chunks(member: IO[bytes], source: Path, name: str, shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Rows of an array in NumPy's format, some at a time. `InputError` unless it has this shape and holds integers."""
    version = npy.read_magic(member)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    found, fortran, dtype = header(member)
    if found != shape or fortran or dtype.kind not in "bui":
        received = f"{dtype} of shape {found}{' in Fortran order' if fortran else ''}"
        raise InputError(f"{source}: {name} should be integers of shape {shape} in C order; received {received}")
    row = int(np.prod(shape[1:])) * dtype.itemsize
    for start in range(0, shape[0], IMAGES_AT_ONCE):
        rows = min(IMAGES_AT_ONCE, shape[0] - start)
        content = member.read(rows * row)
        if len(content) < rows * row:
            raise EOFError(f"{name} ends early")
        yield np.frombuffer(content, dtype).reshape(rows, *shape[1:])


def _identity(official: Path) -> str:
    """Identity of the official file that was packed. Its checksum takes a fraction of a second (27 MB)."""
    try:
        return sha256(regular(official))
    except OSError as error:
        raise InputError(f"{official}: cannot be read: {error.strerror or error}") from None


def _render(path: Path) -> None:
    n = int(np.prod(FACTORS.sizes))
    with path.open("wb") as file:
        # Room is taken beforehand: writing to the map of a file that finds the disk full would end the process.
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, n * ROW_BYTES)
        else:
            file.truncate(n * ROW_BYTES)
    out = np.memmap(path, dtype=np.uint8, mode="r+", shape=(n, ROW_BYTES))
    with bar("rendering dSprites, once", n) as advance:
        rendering.render_all(out, advance)
    out.flush()
