"""Rendering dSprites: squares, ellipses and hearts in 64 × 64 pixels, as close to the official images as is known.

Coordinates are in pixels; the centre of pixel i is at i + 0.5, and a pixel is on when its centre lies inside. Read off
25 official images of unknown factors: a sprite's centre is at 16 + 32·position in both directions, and the square has
side 19.2·scale (0 pixels off in six of seven squares, 1 in the other). The ellipse's semi-axes and the heart's outline
were fitted to the same images by search, pixels off being minimised over all poses: 4.1 on average for 12 ellipses
(one of them alone is 14 off, whatever the axes), 2.3 for 6 hearts. The official mean pixel, 0.04249, was not fitted.
All three shapes are symmetric under reflection, so that the sense of rotation cannot be read off: here from +y to +x.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

SHAPES = ("square", "ellipse", "heart")
SCALES = np.linspace(0.5, 1, 6)
ORIENTATIONS = np.linspace(0, 2 * np.pi, 40)
POSITIONS = np.linspace(0, 1, 32)
SIZES = (len(SHAPES), len(SCALES), len(ORIENTATIONS), len(POSITIONS), len(POSITIONS))

SIDE = 64
REACH = 15
"""Pixels to either side of a sprite's centre that it may cover: the largest, a square's diagonal, needs 13.6."""

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def square(across: Array, along: Array, scale: float) -> Mask:
    half = 9.6 * scale
    return (np.abs(across) <= half) & (np.abs(along) <= half)


def ellipse(across: Array, along: Array, scale: float) -> Mask:
    return (across / (7.24 * scale)) ** 2 + (along / (12.6 * scale)) ** 2 <= 1


def heart(across: Array, along: Array, scale: float) -> Mask:
    """A diamond with two discs on its upper sides, all shrunk by a rim; `along` points to the tip."""
    rim = 0.292
    diamond = (
        np.abs(across) / (8.745 * scale - np.sqrt(2) * rim)
        + np.abs(along - 0.152 * scale) / (8.869 * scale - np.sqrt(2) * rim)
        <= 1
    )
    discs = (np.abs(across) - 4.801 * scale) ** 2 + (along + 4.198 * scale) ** 2 <= (5.309 * scale - rim) ** 2
    return diamond | discs


INSIDE: dict[str, Callable[[Array, Array, float], Mask]] = {"square": square, "ellipse": ellipse, "heart": heart}


def render(factors: NDArray[np.integer]) -> Mask:
    """Images of factor classes (n, 5), in the order shape, scale, orientation, position x, position y: (n, 64, 64)."""
    images = np.empty((len(factors), SIDE, SIDE), dtype=bool)
    pixels = np.arange(SIDE) + 0.5
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
    images = np.zeros((len(centres), len(centres), SIDE, SIDE), dtype=bool)
    for y, top in enumerate(starts):
        for x, left in enumerate(starts):
            images[x, y, top : top + width, left : left + width] = windows[y, :, x]
    return np.packbits(images.reshape(len(centres) ** 2, -1), axis=1)


def _centre(position: Array) -> Array:
    return 16 + 32 * position


def _rotate(x: Array, y: Array, orientation: int) -> tuple[Array, Array]:
    """Offsets from the centre, x (m,) and y (n,), in the sprite's own axes: two arrays (n, m)."""
    cosine, sine = np.cos(ORIENTATIONS[orientation]), np.sin(ORIENTATIONS[orientation])
    return cosine * x[None, :] - sine * y[:, None], sine * x[None, :] + cosine * y[:, None]
