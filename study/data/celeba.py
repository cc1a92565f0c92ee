"""CelebA (Liu et al. 2015): 202,599 colour photographs of faces, cropped and reduced to 64 × 64 pixels.

The images are the user's: the aligned ones of 178 × 218 pixels, in the layout of torchvision or in a plain folder. They
are read once into one memory-mapped file of bytes (2.5 GB for all of CelebA) that all processes of a node share. Of
each the central square of 140 × 140 pixels is taken (box 19, 39, 159, 179), as in the original code of the WAE; of an
image of another size the central square of the same share, 140 / 178, of its shorter side. It is reduced with Pillow's
Lanczos filter. See `as_rgb` for the kinds of images that are read, and how.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from study.data.cache import DATA_VARIABLE, cached, official_folder
from study.data.dataset import PARTS, Dataset, Description, Images, Split, check_parts, split
from study.data.photographs import as_rgb, entries, is_image, pack
from study.system.errors import InputError, one_line
from study.system.files import regular

IMAGE_SIDE = 64
SHAPE = (3, IMAGE_SIDE, IMAGE_SIDE)
CROP = 140 / 178
"""Side of the square that is kept, as a share of the shorter side."""

FOLDERS = ("celeba/img_align_celeba", "img_align_celeba", ".")
"""Folders in which images are looked for, in this order: as torchvision has them, that folder alone, a plain one."""

PARTITION_FILE = "list_eval_partition.txt"
CACHE_VERSION = "2"
"""Version of the cache, to be raised whenever cropping or reducing changes: older caches are then made anew."""


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
    check_parts(folder, parts)
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
            raise InputError(f"{file}, line {at}: expected a name and 0, 1 or 2, received {line[:60]!r}")
        if numbers.setdefault(words[0], int(words[1])) != int(words[1]):
            raise InputError(f"{file}, line {at}: expected one part for each image; {words[0]} is also in another part")
    unlisted = [name for name in names if name not in numbers]
    if unlisted:
        raise InputError(f"{file}: has no line for {len(unlisted)} of {len(names)} images, such as {unlisted[0]}")
    if len(numbers) > len(names):
        absent = sorted(numbers.keys() - set(names))
        raise InputError(
            f"{file}: lists {len(absent)} images that are not there, such as {absent[0]}; remove the file to split "
            "the images that are there"
        )
    of = np.array([numbers[name] for name in names])
    return Split(*(np.flatnonzero(of == number) for number in range(len(PARTS))))


def _images_folder(root: Path | None) -> Path:
    wanted = "celeba/img_align_celeba/*.jpg (torchvision's layout), img_align_celeba/*.jpg, or .jpg or .png files"
    folder = official_folder(root, "CelebA")
    if folder is None:
        raise InputError(f"CelebA was not found; set --data-root or {DATA_VARIABLE} to a folder with {wanted}")
    for place in FOLDERS:
        if any(map(is_image, entries(folder / place))):
            return folder / place
    raise InputError(f"{folder}: CelebA was not found; expected a folder with {wanted}")


def _listed(folder: Path) -> tuple[list[str], str]:
    """Names of all images in order, and a checksum of names and sizes, which takes a second for all of CelebA."""
    sizes = {entry.name: entry.stat().st_size for entry in entries(folder) if is_image(entry)}
    names = sorted(sizes)
    return names, hashlib.sha256("".join(f"{name} {sizes[name]}\n" for name in names).encode()).hexdigest()


def _pack(folder: Path, names: Sequence[str], path: Path) -> None:
    pack(folder, names, path, reduced, "reading CelebA, once")
