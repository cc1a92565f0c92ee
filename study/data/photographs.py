"""Image files of users: which of a folder's files are images, how each is decoded, and how all are packed as bytes.

Pillow decodes. See `as_rgb` for the kinds of images that are read.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from study.data.cache import bar
from study.system.errors import InputError, one_line

SUFFIXES = (".jpg", ".jpeg", ".png")

PHOTOGRAPHS_AT_ONCE = 1024
"""Images in memory at a time: 13 MB for those of 64 × 64 pixels."""

Fit = Literal["crop", "pad", "stretch"]
"""How an image becomes a square: its centre is cut out, its shorter side is padded, or each side is scaled alone."""

BackgroundColour = Literal["white", "black"]


def entries(folder: Path) -> list["os.DirEntry[str]"]:
    """The entries of a folder, in no order; nothing if there is no such folder. `InputError` if it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise InputError(f"{folder}: cannot be read: {error.strerror or error}") from None


def is_image(entry: "os.DirEntry[str]") -> bool:
    """Whether it is an image by its name. A hidden file is none: macOS keeps a file's attributes in `._NAME`."""
    try:
        return not entry.name.startswith(".") and entry.name.lower().endswith(SUFFIXES) and entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def pack(folder: Path, names: Sequence[str], path: Path, read: Callable[[Image.Image], np.ndarray], text: str) -> None:
    """Write the images of a folder as rows of bytes, each as `read` (called in threads) gives it: uint8 (C, H, W).

    `text` is shown next to the progress bar. `InputError` if an image cannot be read, or if `read` raises.
    """

    def read_file(name: str) -> np.ndarray:
        try:
            with Image.open(folder / name) as image:
                return read(image)
        except InputError as error:
            raise InputError(f"{folder / name}: {error}") from None
        except Exception as error:  # there is no end to the ways in which a damaged image fails to be read
            raise InputError(
                f"{folder / name}: cannot be read as an image: {one_line(error)}; remove the file, or replace it"
            ) from None

    # Pillow lets go of the interpreter while it decodes and reduces.
    with path.open("wb") as file, ThreadPoolExecutor() as pool, bar(text, len(names)) as advance:
        for start in range(0, len(names), PHOTOGRAPHS_AT_ONCE):
            images = list(pool.map(read_file, names[start : start + PHOTOGRAPHS_AT_ONCE]))
            file.write(np.stack(images).tobytes())
            advance(len(images))


def as_square(image: Image.Image, side: int, fit: Fit, background: BackgroundColour = "white") -> Image.Image:
    """The image as a square of `side` pixels, scaled with Lanczos' filter; `background` is the colour of a margin."""
    size, filtered = (side, side), Image.Resampling.LANCZOS
    match fit:
        case "crop":
            return ImageOps.fit(image, size, filtered)
        case "pad":
            return ImageOps.pad(image, size, filtered, color=background)
        case "stretch":
            return image.resize(size, filtered)


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Width and height of a file's image when it is put upright. Nothing is decoded."""
    on_its_side = image.getexif().get(ORIENTATION, 1) in (5, 6, 7, 8)
    return image.size[::-1] if on_its_side else image.size


def is_grey(image: Image.Image) -> bool:
    """Whether a file's image has levels of grey only, by its mode: black and white, or 8 or 16 bits of grey."""
    return image.mode in ("1", "L", "LA", *GREY_16)


GREY_16 = ("I;16", "I;16L", "I;16B", "I;16N")
READ = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", *GREY_16)
"""Modes of Pillow that are read. Others have no certain colours: CMYK depends on inks, 32-bit levels on their range."""

ORIENTATION = 0x0112
"""The EXIF tag of the camera's orientation."""

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Operations that put an image of each orientation upright; 1 is upright."""

LEVELS_16 = {None: 0, "black": 0, "white": 65535}
"""Backgrounds as 16 bits of grey."""


def as_rgb(image: Image.Image, background: BackgroundColour | None = None) -> Image.Image:
    """The image as it is meant to be seen: RGB, upright. `ValueError` if that is not certain.

    16 bits of grey are reduced to 8. Refused are modes that are not in `READ`, and animations. Of a photograph with a
    preview or a depth map in the same file (MPO) the first image is taken. With a `background`, transparent pixels are
    laid over it, and CMYK is read by Pillow's formula, without a profile of inks; otherwise both are refused.
    """
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise ValueError(f"it has {getattr(image, 'n_frames', 2)} frames, and one is needed")
    if image.mode not in READ and not (background and image.mode == "CMYK"):
        raise ValueError(f"its mode is {image.mode}; allowed: grey of 8 or 16 bits, RGB, and a palette")
    image.load()  # puts a TIFF upright, with a warning
    turn = UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
    opaque = True
    if image.mode in GREY_16:
        levels = np.asarray(image)
        clear = levels == image.info.get("transparency", -1)
        opaque = not clear.any()
        image = Image.fromarray(np.rint(np.where(clear, LEVELS_16[background], levels) / 257).astype(np.uint8))
    elif image.has_transparency_data:
        image = image.convert("RGBA")
        opaque = np.asarray(image)[..., 3].min() == 255
        if background is not None:
            image = Image.alpha_composite(Image.new("RGBA", image.size, background), image)
    if background is None and not opaque:
        raise ValueError("it has transparent pixels; allowed: images without any")
    image = image.convert("RGB")
    return image if turn is None else image.transpose(turn)
