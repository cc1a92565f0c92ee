"""Faces: a stand-in for CelebA whose intrinsic dimension is known, because the images are rendered here.

50,000 colour images of a cartoon head, of 32 × 32 or 64 × 64 pixels. Of the twelve factors `FACTORS` the first d_I are
independent and uniform on [0, 1], the others stay at their middle, 0.5: the images lie on a smooth manifold of d_I
dimensions, the image of a cube (but for their 8 bits). The name states d_I: `faces-8` has d_I = 8 and 32 × 32 pixels,
`faces-8-64` has 64 × 64. Datasets of different d_I have the draws of their common factors in common.

Rendering: coordinates are in units of a 32nd of the image's side, x to the right and y down. Every part of the picture
is a shape given by its distance function (negative inside, roughly in units), painted over what lies behind it with a
coverage that goes smoothly from 1 to 0 within `SOFT` pixels around the outline. So an image is a differentiable
function of its factors. No factor hides another: enough of each part is visible, whatever is in front of it. Pixels
are computed with additions, products, quotients and square roots only, in float32 and element by element: IEEE 754
rounds these in one way, so that every machine draws the same images.
"""

from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from study.data.cache import bar, cached
from study.data.dataset import Dataset, Description, Images, split

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
    images = Images(pixels, "uint8", (3, side, side))
    return Dataset(name, images, split(N_IMAGES), "rendered", checksum)


DESCRIPTIONS = {
    name: Description((3, side, side), frozenset({"grey", "factor_network", "fid"}), partial(load, name))
    for side, suffix in ((32, ""), (64, "-64"))
    for name in (f"faces-{intrinsic_dimension}{suffix}" for intrinsic_dimension in (2, 4, 8, 12))
}


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


FACTORS = (
    *("position_x", "position_y", "background", "skin", "hair_colour", "hair_length", "face_width", "shirt"),
    *("smile", "fringe", "eye_size", "eye_distance"),
)
"""The factors in the order in which they begin to vary: the first eight do so in a dataset of eight."""

UNITS = 32
SOFT = 1.5
"""Pixels over which an outline fades: with less, a step of a factor could leave all pixels as they are."""

RENDERED_AT_ONCE = 2**18
"""Pixels drawn together: their arrays of 1 MB stay in a processor's cache."""

Floats = NDArray[np.float32]
Colour = tuple[Floats, Floats, Floats]

# Corners of the colours' Bézier curves, red green blue: a factor goes from the first to the last.
BACKGROUND = ((1.0, 0.78, 0.30), (0.20, 1.0, 0.25), (0.0, 0.75, 1.0), (0.62, 0.40, 0.95))
SKIN = ((0.30, 0.17, 0.11), (0.82, 0.52, 0.34), (1.0, 0.86, 0.76))
HAIR = ((0.05, 0.04, 0.08), (0.62, 0.06, 0.02), (1.0, 0.86, 0.35))
SHIRT = ((0.90, 0.15, 0.20), (0.95, 0.95, 0.90), (0.10, 0.25, 0.75))
WHITE, DARK, LIPS = (0.97, 0.97, 0.97), (0.06, 0.06, 0.12), (0.85, 0.08, 0.16)


def render(factors: NDArray[np.floating], side: int = UNITS) -> NDArray[np.uint8]:
    """Images of factors (n, 12) in [0, 1]: (n, 3, side, side), 255 for white."""
    images = np.empty((len(factors), 3, side, side), dtype=np.uint8)
    size = max(1, RENDERED_AT_ONCE // side**2)
    for start in range(0, len(factors), size):
        drawn = draw_faces(factors[start : start + size], side)
        images[start : start + size] = drawn * np.float32(255) + np.float32(0.5)
    return images


def draw_faces(factors: NDArray[np.floating], side: int) -> Floats:
    """Images of factors (n, 12) before rounding: (n, 3, side, side) in [0, 1]."""
    values = dict(zip(FACTORS, np.asarray(factors, dtype=np.float32).T[:, :, None, None], strict=True))
    pixels = (np.arange(side, dtype=np.float32) + np.float32(0.5)) * np.float32(UNITS / side)
    picture = _Picture(len(factors), side)

    # Coordinates relative to the middle of the face; its half-axes.
    x = pixels[None, None, :] - _between(12, 20, values["position_x"])
    y = pixels[None, :, None] - _between(11.5, 17.5, values["position_y"])
    width, height = _between(5.6, 8.8, values["face_width"]), 8.6
    skin, hair = _colour(SKIN, values["skin"]), _colour(HAIR, values["hair_colour"])

    picture.fill(_colour(BACKGROUND, values["background"]))
    picture.paint(_colour(SHIRT, values["shirt"]), ellipse(x, y - 18.5, 12, 9))
    picture.paint(hair, ellipse(x, y + 1.6, width + 2.4, height + 1.2))
    ends, half = _between(2.5, 13, values["hair_length"]), np.float32(0.5)
    picture.paint(hair, box(x, y - (ends - 4) * half, width + 2, (ends + 4) * half, 1.5))
    picture.paint(_darker(skin, 0.85), box(x, y - 9, 2.6, 4, 1.5))
    picture.paint(skin, ellipse(x, y, width, height))

    above = y + _between(7.4, 2.8, values["fringe"]) - x * x * np.float32(0.03)
    picture.paint(hair, np.maximum(ellipse(x, y, width + 1.2, height + 0.6), above))
    apart, eye = width * _between(0.36, 0.56, values["eye_distance"]), _between(1.0, 2.3, values["eye_size"])
    for sign in (-1, 1):
        from_eye = x - sign * apart
        picture.paint(_constant(WHITE), ellipse(from_eye, y + 0.6, eye, eye))
        picture.paint(_constant(DARK), ellipse(from_eye, y + 0.6, eye * 0.55, eye * 0.55))
    picture.paint(_darker(skin, 0.72), ellipse(x, y - 2.3, 0.8, 1.1))
    bend = _between(-0.09, 0.20, values["smile"])  # of the parabola that the mouth is
    slope = 2 * bend * x
    from_lips = (y - 5.2 + bend * (x * x - 4)) / np.sqrt(1 + slope * slope)
    picture.paint(_constant(LIPS), np.maximum(np.abs(from_lips) - 0.95, np.abs(x) - 3.7))
    return picture.channels


class _Picture:
    """Images under work: what is painted covers what was there."""

    def __init__(self, n: int, side: int):
        self.channels: Floats = np.empty((n, 3, side, side), dtype=np.float32)
        self.per_unit = np.float32(side / UNITS)

    def fill(self, colour: Colour) -> None:
        for channel, value in enumerate(colour):
            self.channels[:, channel] = value

    def paint(self, colour: Colour, distance: Floats) -> None:
        """`distance` (n, side, side) in units, negative where the colour is to be."""
        inside = np.clip(np.float32(0.5) - distance * (self.per_unit / np.float32(SOFT)), 0, 1)
        coverage = inside * inside * (3 - 2 * inside)
        for channel, value in enumerate(colour):
            self.channels[:, channel] += coverage * (value - self.channels[:, channel])


def ellipse(x: Floats, y: Floats, half_width: Floats | float, half_height: Floats | float) -> Floats:
    """About the distance to an ellipse, exact on it: with f = |(x/a, y/b)|, it is f (f - 1) / |∇(f²/2)|."""
    a, b, tiny = np.float32(half_width), np.float32(half_height), np.float32(1e-12)  # at the centre it is -b, not 0 / 0
    across, along = x / a, y / b
    f = np.sqrt(across * across + along * along + tiny)
    across, along = across / a, along / b
    return f * (f - 1) / np.sqrt(across * across + along * along + tiny / (b * b))


def box(x: Floats, y: Floats, half_width: Floats | float, half_height: Floats | float, radius: float) -> Floats:
    """The distance to a box with rounded corners."""
    across = np.abs(x) - np.maximum(np.float32(half_width) - np.float32(radius), 0)
    along = np.abs(y) - np.maximum(np.float32(half_height) - np.float32(radius), 0)
    beyond_x, beyond_y = np.maximum(across, 0), np.maximum(along, 0)
    outside = np.sqrt(beyond_x * beyond_x + beyond_y * beyond_y)
    return outside + np.minimum(np.maximum(across, along), 0) - np.float32(radius)


def _between(low: float, high: float, t: Floats) -> Floats:
    return np.float32(low) + np.float32(high - low) * t


def _colour(corners: tuple[tuple[float, float, float], ...], t: Floats) -> Colour:
    """The point at `t` of the Bézier curve with these corners (de Casteljau)."""
    points = [tuple(np.float32(channel) + 0 * t for channel in corner) for corner in corners]
    while len(points) > 1:
        points = [tuple(p + t * (q - p) for p, q in zip(a, b, strict=True)) for a, b in pairwise(points)]
    red, green, blue = points[0]
    return red, green, blue


def _constant(colour: tuple[float, float, float]) -> Colour:
    red, green, blue = (np.full((1, 1, 1), channel, dtype=np.float32) for channel in colour)
    return red, green, blue


def _darker(colour: Colour, share: float) -> Colour:
    red, green, blue = (channel * np.float32(share) for channel in colour)
    return red, green, blue
