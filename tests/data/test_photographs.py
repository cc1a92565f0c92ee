"""Images of every kind: read as they are meant to be seen, or refused."""

import io
import re
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from study.data.photographs import as_rgb

NOISE = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
PHOTOGRAPH = Image.fromarray(NOISE)
PALETTE = PHOTOGRAPH.quantize(16)
LEVELS = np.arange(0, 65536, 109, dtype=np.uint16)[:600].reshape(20, 30)


def saved(image: Image.Image, kind: str, **options: Any) -> Image.Image:
    """The image as a file of this kind gives it."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return Image.open(stream)


def grey_16(order: str = "<") -> Image.Image:
    mode = "I;16" if order == "<" else "I;16B"
    return Image.frombytes(mode, (30, 20), LEVELS.astype(f"{order}u2").tobytes())


@pytest.mark.parametrize(
    "image", [saved(grey_16(), "PNG"), saved(grey_16(), "TIFF"), saved(grey_16(">"), "TIFF"), grey_16(">")]
)
def test_grey_of_16_bits_is_scaled(image: Image.Image) -> None:
    expected = np.repeat(np.rint(LEVELS / 257).astype(np.uint8)[..., None], 3, axis=2)
    assert (expected.min(), expected.max()) == (0, 254)
    np.testing.assert_array_equal(np.asarray(as_rgb(image)), expected)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_other_modes_without_transparent_pixels_are_as_pillow_has_them(mode: str) -> None:
    image = saved(PHOTOGRAPH.convert(mode), "PNG")
    np.testing.assert_array_equal(np.asarray(as_rgb(image)), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(10))
def test_a_photograph_is_put_upright(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = saved(PHOTOGRAPH, kind, exif=exif)
    assert image.getexif().get(0x0112) == orientation
    np.testing.assert_array_equal(np.asarray(as_rgb(image)), np.asarray(ImageOps.exif_transpose(image)))
    assert as_rgb(image).size == ((20, 30) if orientation in (5, 6, 7, 8) else (30, 20))


def test_of_a_photograph_with_a_preview_the_first_image_is_taken() -> None:
    image = saved(PHOTOGRAPH, "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))])
    np.testing.assert_array_equal(np.asarray(as_rgb(image)), np.asarray(saved(PHOTOGRAPH, "JPEG")))


def see_through() -> Image.Image:
    image = PHOTOGRAPH.convert("RGBA")
    image.putpixel((0, 0), (0, 0, 0, 254))
    return image


MODE = "its mode is {}; allowed are grey of 8 or 16 bits, RGB, and a palette"
TRANSPARENT = "it has transparent pixels; allowed are images without any"
REFUSED = {
    "cmyk": (saved(PHOTOGRAPH.convert("CMYK"), "JPEG"), MODE.format("CMYK")),
    "whole numbers of 32 bits": (saved(Image.fromarray(LEVELS.astype(np.int32)), "TIFF"), MODE.format("I")),
    "floating point": (saved(Image.fromarray((LEVELS / 65535).astype(np.float32)), "TIFF"), MODE.format("F")),
    "alpha": (saved(see_through(), "PNG"), TRANSPARENT),
    "alpha of a webp": (saved(see_through(), "WEBP", lossless=True), TRANSPARENT),
    "alpha of grey": (saved(see_through().convert("LA"), "PNG"), TRANSPARENT),
    "alpha of a palette": (saved(PALETTE, "PNG", transparency=PALETTE.getpixel((0, 0))), TRANSPARENT),
    "a transparent colour": (saved(PHOTOGRAPH, "PNG", transparency=tuple(NOISE[3, 4].tolist())), TRANSPARENT),
    "a transparent level": (saved(grey_16(), "PNG", transparency=109), TRANSPARENT),
    "an animated png": (
        saved(PHOTOGRAPH, "PNG", save_all=True, append_images=[see_through().convert("RGB")]),
        "it has 2 ",
    ),
    "an animated gif": (
        saved(PHOTOGRAPH, "GIF", save_all=True, append_images=[Image.new("RGB", (30, 20))]),
        "it has 2 ",
    ),
    "pages": (
        saved(PHOTOGRAPH, "TIFF", save_all=True, append_images=[PHOTOGRAPH]),
        "it has 2 frames, and one is needed",
    ),
}


@pytest.mark.parametrize(("image", "sentence"), REFUSED.values(), ids=list(REFUSED))
def test_what_has_no_certain_colours_is_refused(image: Image.Image, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        as_rgb(image)


def test_a_transparent_colour_that_no_pixel_has_is_none() -> None:
    unused = next(i for i in range(256) if i not in np.asarray(PALETTE))
    image = saved(PALETTE, "PNG", transparency=unused)
    assert as_rgb(image).mode == "RGB"
