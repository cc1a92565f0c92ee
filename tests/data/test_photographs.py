"""Image files of every kind as Pillow has them, on a background, as squares, and what is refused."""

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from study.data.photographs import BackgroundColour, Fit, as_rgb, as_square, is_grey, pack
from tests.make import refused

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


MODE = "its mode is {}; allowed: grey of 8 or 16 bits, RGB, and a palette"
TRANSPARENT = "it has transparent pixels; allowed: images without any"
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


@pytest.mark.parametrize(("background", "level"), [("white", 255), ("black", 0)])
def test_transparent_pixels_are_laid_over_a_background(background: BackgroundColour, level: int) -> None:
    """Half of a pixel's colour where it is half transparent; a colour or a level that is transparent is gone."""
    image = PHOTOGRAPH.convert("RGBA")
    image.putpixel((0, 0), (200, 100, 0, 0))
    image.putpixel((1, 0), (200, 100, 0, 128))
    seen = np.asarray(as_rgb(saved(image, "PNG"), background))
    assert seen[0, 0].tolist() == [level] * 3
    np.testing.assert_allclose(seen[0, 1], (np.array([200, 100, 0]) * 128 + level * 127) / 255, atol=1)
    np.testing.assert_array_equal(seen[1:], NOISE[1:])
    clear = as_rgb(saved(PHOTOGRAPH, "PNG", transparency=tuple(NOISE[3, 4].tolist())), background)
    assert clear.getpixel((4, 3)) == (level,) * 3
    grey = as_rgb(saved(grey_16(), "PNG", transparency=int(LEVELS[2, 5])), background)
    assert grey.getpixel((5, 2)) == (level,) * 3
    assert grey.getpixel((6, 2)) == (round(LEVELS[2, 6] / 257),) * 3


def test_inks_are_read_by_pillow_s_formula_where_there_is_a_background() -> None:
    image = saved(PHOTOGRAPH.convert("CMYK"), "TIFF")
    np.testing.assert_array_equal(np.asarray(as_rgb(image, "white")), NOISE)


@pytest.mark.parametrize(
    ("mode", "grey"), [("1", True), ("L", True), ("LA", True), ("P", False), ("RGB", False), ("RGBA", False)]
)
def test_grey_files_are_known_by_their_mode(mode: str, grey: bool) -> None:
    assert is_grey(saved(PHOTOGRAPH.convert(mode), "PNG")) is grey
    assert is_grey(saved(grey_16(), "PNG"))


@pytest.mark.parametrize(
    ("fit", "columns"),
    [("crop", [1, 1, 1, 1]), ("pad", [0, 1, 1, 2]), ("stretch", [0, 1, 1, 2])],
)
def test_a_square_is_cut_out_padded_or_stretched(fit: Fit, columns: list[int]) -> None:
    """Three fields of 8 × 8 pixels side by side: black, red, and blue."""
    fields = np.zeros((8, 24, 3), np.uint8)
    fields[:, 8:16, 0], fields[:, 16:, 2] = 255, 255
    square = np.asarray(as_square(Image.fromarray(fields), 24, fit))
    assert square.shape == (24, 24, 3)
    colours = [(0, 0, 0), (255, 0, 0), (0, 0, 255)]
    for at, colour in zip((2, 10, 13, 21), columns, strict=True):
        np.testing.assert_allclose(square[12, at], colours[colour], atol=16)
    assert (square[0] == 255).all() == (fit == "pad")


def test_packed_in_order_with_the_file_s_name_in_an_error(tmp_path: Path) -> None:
    for number in range(3):
        Image.new("L", (2, 2), number).save(tmp_path / f"{number}.png")
    names = ["2.png", "0.png", "1.png"]
    pack(tmp_path, names, tmp_path / "packed", np.asarray, "reading")
    assert (tmp_path / "packed").read_bytes() == bytes([2] * 4 + [0] * 4 + [1] * 4)
    (tmp_path / "0.png").write_bytes(b"")
    sentence = refused(pack, tmp_path, names, tmp_path / "packed", np.asarray, "reading")
    assert sentence.startswith(f"{tmp_path / '0.png'}: cannot be read as an image: ")
