"""CelebA (Liu et al. 2015): 202,599 colour photographs of faces, cropped and reduced to 64 × 64 pixels.

The images are the user's: the aligned ones of 178 × 218 pixels, in the layout of torchvision or in a plain folder. They
are read once into one memory-mapped file of bytes (2.5 GB for all of CelebA) that all processes of a node share. Of
each the central square of 140 × 140 pixels is taken (box 19, 39, 159, 179), as in the original code of the WAE; of an
image of another size the central square of the same share, 140 / 178, of its shorter side. It is reduced with Pillow's
Lanczos filter. See `as_rgb` for the kinds of images that are read, and how.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from study.data.cache import DATA_VARIABLE, bar, cached, official_folder
from study.data.dataset import Dataset, Description, Images, Part, Split, split
from study.system.errors import InputError, one_line
from study.system.files import regular

IMAGE_SIDE = 64
SHAPE = (3, IMAGE_SIDE, IMAGE_SIDE)
CROP = 140 / 178
"""Side of the square that is kept, as a share of the shorter side."""

FOLDERS = ("celeba/img_align_celeba", "img_align_celeba", ".")
"""Folders in which images are looked for, in this order: as torchvision has them, that folder alone, a plain one."""

SUFFIXES = (".jpg", ".jpeg", ".png")
PARTITION_FILE = "list_eval_partition.txt"
PARTS: tuple[Part, ...] = ("train", "validation", "test")
"""The parts by their numbers in the partition file."""

LEAST_IMAGES = 20
"""Images that each part must have: distances between images need that many."""

CACHE_VERSION = "2"
"""Version of the cache, to be raised whenever cropping or reducing changes: older caches are then made anew."""

PHOTOGRAPHS_AT_ONCE = 1024
"""Images in memory at a time: 13 MB."""


def load(root: Path | None = None) -> Dataset:
    """The dataset from the images in `root` (or in `WAE_STUDY_DATA`).

    The split is CelebA's own if its partition file is next to the folder `img_align_celeba` (or among the images of
    a plain folder), else that of `split`, the authors' 90/10; `source` names it. `checksum` is of the reduced images.
    Cached images are identified by their names and sizes: a file that changes and keeps both is not noticed.
    `InputError` if there are no images, too few or broken ones, or if the partition is not of these images.
    """
    folder = _images_folder(root)
    names, identity = _listed(folder)
    partition = (folder.parent if folder.name == "img_align_celeba" else folder) / PARTITION_FILE
    official = partition.exists()
    parts = read_partition(partition, names) if official else split(len(names))
    for part in PARTS:
        if len(parts[part]) < LEAST_IMAGES:
            raise InputError(
                f"{folder}: too few images: {len(names)}, of them {len(parts[part])} for {part}; "
                f"each of {', '.join(PARTS)} needs {LEAST_IMAGES}"
            )
    size = len(names) * int(np.prod(SHAPE))
    path, checksum = cached(
        f"celeba-{identity[:16]}.bytes", CACHE_VERSION, lambda path: _pack(folder, names, path), size
    )
    rows = np.memmap(path, dtype=np.uint8, mode="r", shape=(len(names), int(np.prod(SHAPE))))
    source = "official partition" if official else "split by seed"
    return Dataset("celeba", Images(rows, "uint8", SHAPE), parts, source, checksum)


DESCRIPTION = Description(SHAPE, frozenset({"grey", "fid"}), load)


def reduced(image: Image.Image) -> np.ndarray:
    """The central square of a photograph, reduced: uint8 (3, 64, 64). `ValueError` if its colours are not certain."""
    image = as_rgb(image)
    width, height = image.size
    side = max(1, round(CROP * min(width, height)))
    left, top = (width - side) // 2, (height - side) // 2
    square = image.crop((left, top, left + side, top + side))
    return np.asarray(square.resize((IMAGE_SIDE, IMAGE_SIDE), Image.Resampling.LANCZOS)).transpose(2, 0, 1)


def read_partition(file: Path, names: Sequence[str]) -> Split:
    """CelebA's own parts, as indices of the sorted `names`. `InputError` unless it has one line for each, and no other.

    A line is a name and 0 (training), 1 (validation) or 2 (test).
    """
    try:
        lines = regular(file).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read: {one_line(error)}") from None
    numbers: dict[str, int] = {}
    for at, line in enumerate(lines, start=1):
        words = line.split()
        if not words:
            continue
        if len(words) != 2 or words[1] not in ("0", "1", "2"):
            raise InputError(f"{file}, line {at}: needed is a name and 0, 1 or 2; received {line[:60]!r}")
        if numbers.setdefault(words[0], int(words[1])) != int(words[1]):
            raise InputError(
                f"{file}, line {at}: needed is one part for each image; received {words[0]} in another before"
            )
    unlisted = [name for name in names if name not in numbers]
    if unlisted:
        raise InputError(f"{file}: has no line for {len(unlisted)} of {len(names)} images, such as {unlisted[0]}")
    if len(numbers) > len(names):
        absent = sorted(numbers.keys() - set(names))
        raise InputError(
            f"{file}: lists {len(absent)} images that are not there, such as {absent[0]}; take the file away to split "
            f"the images that are"
        )
    of = np.array([numbers[name] for name in names])
    return Split(*(np.flatnonzero(of == number) for number in range(len(PARTS))))


def _images_folder(root: Path | None) -> Path:
    wanted = "celeba/img_align_celeba/*.jpg (torchvision's layout), img_align_celeba/*.jpg, or .jpg or .png files"
    folder = official_folder(root, "CelebA")
    if folder is None:
        raise InputError(f"CelebA is not here: --data-root or {DATA_VARIABLE} is to name a folder with {wanted}")
    for place in FOLDERS:
        if any(map(_is_image, _entries(folder / place))):
            return folder / place
    raise InputError(f"{folder}: CelebA is not here; needed is a folder with {wanted}")


def _listed(folder: Path) -> tuple[list[str], str]:
    """Names of all images in order, and a checksum of names and sizes, which takes a second for all of CelebA."""
    sizes = {entry.name: entry.stat().st_size for entry in _entries(folder) if _is_image(entry)}
    names = sorted(sizes)
    return names, hashlib.sha256("".join(f"{name} {sizes[name]}\n" for name in names).encode()).hexdigest()


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise InputError(f"{folder}: cannot be read: {error.strerror or error}") from None


def _is_image(entry: "os.DirEntry[str]") -> bool:
    """Whether it is an image by its name. A hidden file is none: macOS keeps a file's attributes in `._NAME`."""
    try:
        return not entry.name.startswith(".") and entry.name.lower().endswith(SUFFIXES) and entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def _pack(folder: Path, names: Sequence[str], path: Path) -> None:
    def read(name: str) -> np.ndarray:
        try:
            with Image.open(folder / name) as image:
                return reduced(image)
        except Exception as error:  # there is no end to the ways in which a damaged image fails to be read
            raise InputError(
                f"{folder / name}: not an image that can be read: {one_line(error)}; "
                "take it away, or put it there again"
            ) from None

    # Pillow lets go of the interpreter while it decodes and reduces.
    with path.open("wb") as file, ThreadPoolExecutor() as pool, bar("reading CelebA, once", len(names)) as advance:
        for start in range(0, len(names), PHOTOGRAPHS_AT_ONCE):
            images = list(pool.map(read, names[start : start + PHOTOGRAPHS_AT_ONCE]))
            file.write(np.stack(images).tobytes())
            advance(len(images))


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
