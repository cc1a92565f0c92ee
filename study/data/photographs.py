"""Photographs as files hold them, made images of three 8-bit colours: converted where that is certain, else refused."""

import numpy as np
from PIL import Image

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


def as_rgb(image: Image.Image) -> Image.Image:
    """The image as it is meant to be seen: RGB, upright. `ValueError` if that is not certain.

    16 bits of grey are reduced to 8. Refused are modes that are not in `READ`, transparent pixels, whose colour is
    that of a background, and animations. Of a photograph with a preview or a depth map in the same file (MPO) the
    first image is taken.
    """
    if getattr(image, "is_animated", False) and image.format != "MPO":
        raise ValueError(f"it has {getattr(image, 'n_frames', 2)} frames, and one is needed")
    if image.mode not in READ:
        raise ValueError(f"its mode is {image.mode}; allowed are grey of 8 or 16 bits, RGB, and a palette")
    image.load()  # puts a TIFF upright, with a warning
    turn = UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
    transparent = False
    if image.mode in GREY_16:
        levels = np.asarray(image)
        transparent = (levels == image.info.get("transparency", -1)).any()
        image = Image.fromarray(np.rint(levels / 257).astype(np.uint8))
    elif image.has_transparency_data:
        image = image.convert("RGBA")
        transparent = np.asarray(image)[..., 3].min() < 255
    if transparent:
        raise ValueError("it has transparent pixels; allowed are images without any")
    image = image.convert("RGB")
    return image if turn is None else image.transpose(turn)
