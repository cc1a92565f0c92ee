"""dSprites (Matthey et al. 2017): 737,280 binary 64 × 64 images, the full grid of five factors.

The official file is read where the user has it; otherwise the images are rendered. Either way they end up as packed
bits in one memory-mapped file of 377 MB that all processes of a node share.

Rendering: coordinates are in pixels; the centre of pixel i is at i + 0.5, and a pixel is on when its centre lies
inside. The centre of a sprite is at 16 + 32·position from the left and from the top, and it turns counter-clockwise as
one sees it. Sizes were fitted to 25 official images of unknown factors, pixels off being minimised over all poses.
Seven squares are 0 pixels off but for one with 1, six hearts 0, twelve ellipses 1.2 on average (one is 6 off, the
others 2 at most). The official mean pixel, 0.04249, was not fitted; here it is 0.04254. All three shapes are symmetric
under reflection, so that such images cannot show the sense of rotation: it is that of the animation published with the
dataset, which runs through the factors in order. 97 of its frames, none of them used in the fit, are off by 0 pixels
(squares), 0.6 (hearts) and 2.2 (ellipses) on average, by 4 at most.
"""

import errno
import os
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from study.data.array_files import npy_header, npy_rows
from study.data.cache import bar, cached, official_folder, sha256
from study.data.dataset import Dataset, Description, Factors, Images, split
from study.system.errors import InputError, one_line
from study.system.files import regular

SHAPES = ("square", "ellipse", "heart")
SCALES = np.linspace(0.5, 1, 6)
ORIENTATIONS = np.linspace(0, 2 * np.pi, 40)
POSITIONS = np.linspace(0, 1, 32)
FACTOR_SIZES = (len(SHAPES), len(SCALES), len(ORIENTATIONS), len(POSITIONS), len(POSITIONS))

IMAGE_SIDE = 64
REACH = 15
"""Pixels to either side of a sprite's centre that it may cover: the largest, a square's diagonal, needs 13.6."""

Lengths = NDArray[np.float64]
Mask = NDArray[np.bool_]


def square(across: Lengths, along: Lengths, scale: float) -> Mask:
    """Sides of 19.2 times the scale. Here as below: across and along the sprite from its centre, in pixels."""
    half = 9.6 * scale
    return (np.abs(across) <= half) & (np.abs(along) <= half)


def ellipse(across: Lengths, along: Lengths, scale: float) -> Mask:
    """Semi-axes of 12.8 and 7.2: 14 pixels off in all. The next best in steps of 0.1, 12.7 and 7.2, is 19 off."""
    return (across / (12.8 * scale)) ** 2 + (along / (7.2 * scale)) ** 2 <= 1


def heart(across: Lengths, along: Lengths, scale: float) -> Mask:
    """The curve x = 16 sin³t, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t, stretched to the square's width and height.

    `along` points to the tip, y away from it. The curve is 32 wide and 28.92 high; its origin lies 1.43 pixels above
    the sprite's centre, which is where no pixel of the six official hearts is off: 1.42 to 1.44 in steps of 0.02, with
    widths and heights in steps of 0.3 %. Each x is that of two points, cos t ≥ 0 above and cos t ≤ 0 below.
    """
    x = np.abs(across) / (19.2 / 32 * scale)
    y = -(along / scale + 1.43) / (19.2 / 28.92)
    square = 1 - np.cbrt(np.minimum(x / 16, 1)) ** 2  # cos²t
    even = 4 - square * (2 + 8 * square)  # -5 cos 2t - cos 4t
    odd = np.sqrt(square) * (19 - 8 * square)  # 13 cos t - 2 cos 3t, at cos t ≥ 0
    return (x <= 16) & (y <= even + odd) & (y >= even - odd)


INSIDE: dict[str, Callable[[Lengths, Lengths, float], Mask]] = {"square": square, "ellipse": ellipse, "heart": heart}


def render(factors: NDArray[np.integer]) -> Mask:
    """Images of factor classes (n, 5), in the order shape, scale, orientation, position x, position y: (n, 64, 64)."""
    images = np.empty((len(factors), IMAGE_SIDE, IMAGE_SIDE), dtype=bool)
    pixels = np.arange(IMAGE_SIDE) + 0.5
    for image, (shape, scale, orientation, x, y) in zip(images, factors, strict=True):
        across, along = _rotate(pixels - _centre(POSITIONS[x]), pixels - _centre(POSITIONS[y]), orientation)
        image[:] = INSIDE[SHAPES[shape]](across, along, float(SCALES[scale]))
    return images


def render_all(out: NDArray[np.uint8], advance: Callable[[int], None] = lambda images: None) -> None:
    """All 737,280 images into `out` (737280, 512): bits packed, the last factor (position y) fastest.

    `advance` is called with the number of images done since the last call.
    """
    positions = len(POSITIONS) ** 2
    groups = [(shape, scale, turn) for shape in range(3) for scale in range(6) for turn in range(40)]

    def render_group(number: int) -> None:
        out[number * positions : (number + 1) * positions] = _all_positions(*groups[number])
        advance(positions)

    with ThreadPoolExecutor() as pool:  # NumPy lets go of the interpreter while it computes
        list(pool.map(render_group, range(len(groups))))


def _all_positions(shape: int, scale: int, orientation: int) -> NDArray[np.uint8]:
    """One sprite at every position: (1024, 512) packed bits, position x slower, position y faster.

    What a pixel shows depends on its offset from the centre alone, and the offsets that matter are few: the sprite is
    drawn once at all of them, then cut into windows.
    """
    centres = _centre(POSITIONS)
    starts = np.floor(centres).astype(int) - REACH
    width = 2 * REACH + 1
    offsets = (starts[:, None] + np.arange(width) + 0.5 - centres[:, None]).ravel()
    drawn = INSIDE[SHAPES[shape]](*_rotate(offsets, offsets, orientation), float(SCALES[scale]))
    windows = drawn.reshape(len(centres), width, len(centres), width)
    images = np.zeros((len(centres), len(centres), IMAGE_SIDE, IMAGE_SIDE), dtype=bool)
    for y, top in enumerate(starts):
        for x, left in enumerate(starts):
            images[x, y, top : top + width, left : left + width] = windows[y, :, x]
    return np.packbits(images.reshape(len(centres) ** 2, -1), axis=1)


def _centre(position: Lengths) -> Lengths:
    return 16 + 32 * position


def _rotate(x: Lengths, y: Lengths, orientation: int) -> tuple[Lengths, Lengths]:
    """Offsets from the centre, x (m,) and y (n,), in the sprite's own axes: two arrays (n, m)."""
    cosine, sine = np.cos(ORIENTATIONS[orientation]), np.sin(ORIENTATIONS[orientation])
    return cosine * x[None, :] - sine * y[:, None], sine * x[None, :] + cosine * y[:, None]


OFFICIAL_FILE = "dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz"
FACTORS = Factors(("shape", "scale", "orientation", "pos_x", "pos_y"), FACTOR_SIZES)
RENDERING_VERSION = "2"
"""Version of the cache, to be raised whenever `render_all` gives other pixels: older caches are then made anew."""

SHAPE = (1, IMAGE_SIDE, IMAGE_SIDE)
ROW_BYTES = IMAGE_SIDE**2 // 8
_WITHOUT = "remove it to have the images rendered"

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


DESCRIPTION = Description(
    SHAPE, frozenset({"factors", "factor_grid", "dsprites_factors", "factor_network", "fid"}), load
)


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
    found, fortran, dtype = npy_header(member)
    if found != shape or fortran or dtype.kind not in "bui":
        received = f"{dtype} of shape {found}{' in Fortran order' if fortran else ''}"
        raise InputError(f"{source}: {name} should be integers of shape {shape} in C order; received {received}")
    yield from npy_rows(member, name, shape, dtype, IMAGES_AT_ONCE)


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
        render_all(out, advance)
    out.flush()
