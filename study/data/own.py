"""A user's own images, described without code: a folder of PNG and JPEG files, an `.npz` file, or an HDF5 file.

The images are decoded once into a memory-mapped file of bytes in the cache, which all processes of a node share. They
are decoded again when the name, size or modification time of a file changes. Pixels of floating-point numbers are
rounded to 256 levels. Factors and parts are read from their files each time.
"""

import contextlib
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, model_validator

from study.data.array_files import StoredArray, image_layout, open_h5, open_npz, pack_arrays
from study.data.cache import cached, stamp
from study.data.columns import named_parts, read_table, typed
from study.data.dataset import (
    PARTS,
    Dataset,
    Description,
    Factors,
    Images,
    Split,
    check_parts,
    factor_offers,
    split,
)
from study.data.photographs import (
    SUFFIXES,
    BackgroundColour,
    Fit,
    as_rgb,
    as_square,
    entries,
    is_grey,
    is_image,
    pack,
    upright_size,
)
from study.system.errors import InputError, one_line

CACHE_VERSION = "1"
"""Version of the cache, to be raised whenever decoding changes: older caches are then made anew."""

IMAGE_ARRAYS = ("imgs", "images", "image", "x", "X", "data")
FACTOR_ARRAYS = ("latents_classes", "factors", "labels", "label", "y", "targets")
"""Names under which arrays are looked for, in this order."""

NAME = r"\w[\w.-]{0,59}"
"""Names of a dataset: letters, digits, underscores, dots and hyphens."""

MOST_FACTORS = 100

Kind = Literal["images", "npz", "h5"]
KINDS: tuple[Kind, ...] = ("images", "npz", "h5")


class Shares(BaseModel):
    """The shares of images in the three parts, which are drawn with a fixed seed. They add up to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    train: float = Field(gt=0, lt=1)
    validation: float = Field(gt=0, lt=1)
    test: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _are_all(self) -> Self:
        total = self.train + self.validation + self.test
        if abs(total - 1) > 1e-6:
            raise ValueError(f"the shares of train, validation and test add up to 1; received {total:g}")
        return self


class OwnData(BaseModel):
    """The description of a user's images, as a space has it: exactly one of `images`, `npz` and `h5`.

    Relative paths are those from the current folder, until `at` makes them absolute.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    images: Path | None = None
    """A folder of `.png`, `.jpg` and `.jpeg` files, in folders inside it too, in the order of their names. Hidden files
    and folders are not looked at."""

    npz: Path | None = None
    h5: Path | None = None

    name: str = Field(default="", pattern=f"^({NAME})$")
    """The dataset's name in records and reports; by default that of the folder or file."""

    side: int | None = Field(default=None, ge=4, le=1024)
    """Images are made squares of this many pixels, as `fit` says. By default they keep their size, and all have one."""

    fit: Fit = "crop"
    """`crop` cuts out the central square, `pad` fills up with `background`, `stretch` scales each side alone."""

    colour: Literal["grey", "rgb"] | None = None
    """By default that of the first image."""

    background: BackgroundColour = "white"
    """The colour behind transparent pixels, and of the margins of `fit: pad`."""

    array: str | None = None
    """The array of images in an `.npz` or HDF5 file; by default the first of `IMAGE_ARRAYS`."""

    factors: str | tuple[str, ...] | None = None
    """Of a folder: a CSV file with a row for each image, its first column the file's name. Of an `.npz` or HDF5 file:
    the arrays (n,) or (n, K) of factors, by default the first of `FACTOR_ARRAYS`; an empty list means none."""

    factor_names: tuple[str, ...] = ()
    """Names of the factors in an `.npz` or HDF5 file, by default after their arrays."""

    split: Shares | str | None = None
    """The shares of the parts, or the column of the CSV file, or the array, that has each image's part: `train`,
    `validation` or `test`. By default 90 % are for training and 10 % for the test; a twentieth of the training part is
    for validation."""

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("name") is None:
            given = [data[kind] for kind in KINDS if isinstance(data.get(kind), str | Path)]
            if len(given) == 1:
                return {**data, "name": name_after(Path(given[0]))}
        return data

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"exactly one of {', '.join(KINDS)} is needed; received {', '.join(given) or 'none'}")
        of_arrays = [name for name in ("array", "factor_names") if getattr(self, name)]
        if self.images is not None and of_arrays:
            raise ValueError(f"{of_arrays[0]} goes with npz or h5; received images")
        if self.images is not None and isinstance(self.factors, tuple):
            raise ValueError(f"factors of a folder of images is a CSV file; received {list(self.factors)}")
        if self.images is not None and isinstance(self.split, str) and self.factors is None:
            raise ValueError(f"split: {self.split} is a column of factors: FILE.csv, which is not given")
        return self

    @property
    def kind(self) -> Kind:
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def path(self) -> Path:
        """The folder or file of the images."""
        path: Path = getattr(self, self.kind)
        return path.expanduser()

    @property
    def table(self) -> Path | None:
        """The CSV file of a folder's factors, if one is given."""
        return Path(self.factors).expanduser() if self.images is not None and isinstance(self.factors, str) else None

    def at(self, folder: Path) -> "OwnData":
        """The same with absolute paths; relative ones are those from `folder`."""
        absolute: dict[str, Any] = {self.kind: (folder / self.path).absolute()}
        if self.table is not None:
            absolute["factors"] = str((folder / self.table).absolute())
        return self.model_copy(update=absolute)

    def describe(self) -> Description:
        """The description of the files. Only the first image is decoded, for its size and colours.

        `InputError` if something is not there or not as it should be. Offered are `grey` and `fid`, and with two or
        more factors that can be scored `factors`, with the full grid of them `factor_grid` too.
        """
        found = self._found()
        offers = {"grey", "fid"}
        if found.factors is not None:
            offers |= factor_offers(found.factors, found.split)
        return Description(found.shape, frozenset(offers), lambda root: self.load())

    def load(self) -> Dataset:
        """The dataset, its images decoded on first use. `InputError` as for `describe`, or if an image is broken."""
        found = self._found()
        options = (self.kind, str(self.path.resolve()), self.side, self.fit, self.colour, self.background, self.array)
        name = f"own-{hashlib.sha256(repr(options).encode()).hexdigest()[:16]}.bytes"
        pixels = int(np.prod(found.shape))
        version = f"{CACHE_VERSION} {found.identity}"
        path, images = cached(name, version, lambda path: self._pack(found, path), found.n * pixels)
        rows = np.memmap(path, dtype=np.uint8, mode="r", shape=(found.n, pixels))
        checksum = _checksum(images, found)
        return Dataset(
            self.name, Images(rows, "uint8", found.shape), found.split, f"own {self.kind}", checksum, found.factors
        )

    def checksum(self) -> str:
        """The SHA-256 of pixels, factors and parts, wherever the files are. Images are decoded on first use."""
        return self.load().checksum

    def _found(self) -> "_Found":
        return _found_in_folder(self) if self.images is not None else _found_in_file(self)

    def _pack(self, found: "_Found", path: Path) -> None:
        if self.images is not None:
            pack(self.path, found.names, path, lambda image: self._decoded(image, found), f"reading {self.name}, once")
            return
        with _open(self) as arrays, _said_of(self.path):
            images = arrays[found.names[0]]
            pack_arrays(images, path, f"reading {self.name}, once", lambda rows: self._converted(rows, found.shape))

    def _decoded(self, image: Image.Image, found: "_Found") -> np.ndarray:
        """An image file's pixels (C, H, W)."""
        if found.shape[0] == 1 and self.colour is None and not is_grey(image):
            raise InputError(f"this image is in colour, and the first, {found.names[0]}, is grey; set colour")
        pixels = self._prepared(as_rgb(image, self.background), found.shape)
        if pixels.shape != found.shape:
            raise InputError(
                f"all images should have one size, or side is to be set; received {_size(pixels.shape)}, and "
                f"{found.names[0]} has {_size(found.shape)}"
            )
        return pixels

    def _converted(self, rows: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
        """Pixels of a chunk of an array (n, C, H, W) in the shape that is wanted."""
        if rows.shape[1:] == shape:
            return rows
        images = (Image.fromarray(row[0] if len(row) == 1 else row.transpose(1, 2, 0)) for row in rows)
        return np.stack([self._prepared(image, shape) for image in images])

    def _prepared(self, image: Image.Image, shape: tuple[int, int, int]) -> np.ndarray:
        image = image.convert("L" if shape[0] == 1 else "RGB")
        if self.side is not None:
            image = as_square(image, self.side, self.fit, self.background)
        pixels = np.asarray(image)
        return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)

    def _shape(self, channels: int, height: int, width: int) -> tuple[int, int, int]:
        if self.colour is not None:
            channels = 1 if self.colour == "grey" else 3
        return (channels, self.side or height, self.side or width)


@dataclass(frozen=True)
class _Found:
    """A user's files, without the images: the image files, or the array of images, and their factors and split."""

    names: Sequence[str]
    n: int
    shape: tuple[int, int, int]
    identity: str
    """Changes with the images."""

    factors: Factors | None
    split: Split


def name_after(path: Path) -> str:
    """A dataset's name after a folder or file: its stem, with hyphens for all but letters, digits and underscores."""
    stem = unicodedata.normalize("NFC", path.expanduser().absolute().stem)
    return re.sub(r"[^\w.]+", "-", stem).strip("-.")[:60] or "own"


@contextlib.contextmanager
def _said_of(path: Path) -> Iterator[None]:
    """Make an error of values one of the user's, with the file's name."""
    try:
        yield
    except ValueError as error:
        raise InputError(f"{path}: {one_line(error)}") from None


def _checksum(images: str, found: _Found) -> str:
    state = hashlib.sha256(images.encode())
    for part in PARTS:
        state.update(found.split[part].astype("<i8").tobytes() + b"|")
    if found.factors is not None:
        measured = found.factors.measured(np.arange(found.n)).astype("<f8")
        state.update(repr((found.factors.names, measured.shape)).encode() + measured.tobytes())
    return state.hexdigest()


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[2]} × {shape[1]} pixels"


# A folder of images


def _found_in_folder(own: OwnData) -> _Found:
    folder = own.path
    if not folder.is_dir():
        raise InputError(f"images: expected a folder, received {folder}")
    stamps = dict(sorted(_listed(folder, "")))
    names = list(stamps)
    if not names:
        raise InputError(f"{folder}: expected images, files that end in {', '.join(SUFFIXES)}; there are none")
    try:
        with Image.open(folder / names[0]) as first:
            width, height = upright_size(first)
            shape = own._shape(1 if is_grey(first) else 3, height, width)
    except Exception as error:  # there is no end to the ways in which a damaged image fails to be read
        raise InputError(f"{folder / names[0]}: cannot be read as an image: {one_line(error)}") from None
    columns = read_table(own.table, names) if own.table is not None else {}
    if isinstance(own.split, str) and own.split not in columns:
        raise InputError(f"split: expected a column of {own.table}: {', '.join(columns)}; received {own.split}")
    parts = named_parts(columns.pop(own.split), own.split) if isinstance(own.split, str) else _drawn(own, len(names))
    check_parts(folder, parts)
    identity = hashlib.sha256(repr(stamps).encode()).hexdigest()
    return _Found(names, len(names), shape, identity, _factors(own, typed(columns)), parts)


def _listed(folder: Path, inside: str) -> Iterator[tuple[str, str]]:
    """The images of a folder and of those in it: names from the outer folder, with sizes and times."""
    for entry in entries(folder):
        if is_image(entry):
            status = entry.stat()
            yield inside + entry.name, f"{status.st_size} {status.st_mtime_ns}"
        elif not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False):
            yield from _listed(folder / entry.name, f"{inside}{entry.name}/")


# A file of arrays


def _open(own: OwnData) -> contextlib.AbstractContextManager[Mapping[str, StoredArray]]:
    return open_npz(own.path) if own.npz is not None else open_h5(own.path)


def _found_in_file(own: OwnData) -> _Found:
    file = own.path
    if not file.is_file():
        raise InputError(f"{own.kind}: expected a file, received {file}")
    identity = stamp(file)
    with _open(own) as arrays, _said_of(file):
        wanted = (own.array,) if own.array is not None else IMAGE_ARRAYS
        name = next((name for name in wanted if name in arrays), None)
        if name is None:
            raise InputError(
                f"{file}: an array of images is needed, called {' or '.join(wanted)}; "
                f"there are {', '.join(sorted(arrays)[:9]) or 'none'}; set array"
            )
        images = arrays[name]
        shape = own._shape(*image_layout(images.shape)[0])
        if images.dtype.kind not in "bf" and images.dtype != np.uint8:
            raise InputError(f"{file}: {name} should be uint8, bool or floating-point; received {images.dtype}")
        n = images.shape[0]
        columns = _read_columns(own, arrays, n)
        parts = (
            named_parts(_column(own, arrays, own.split, n), own.split) if isinstance(own.split, str) else _drawn(own, n)
        )
        check_parts(file, parts)
        return _Found([name], n, shape, identity, _factors(own, columns), parts)


def _read_columns(own: OwnData, arrays: Mapping[str, StoredArray], n: int) -> dict[str, np.ndarray]:
    if own.factors is None:
        wanted = [name for name in FACTOR_ARRAYS if name in arrays][:1]
    else:
        wanted = [own.factors] if isinstance(own.factors, str) else list(own.factors)
    columns: list[tuple[str, np.ndarray]] = []
    for name in wanted:
        values = _column(own, arrays, name, n)
        if values.ndim == 1:
            columns.append((name, values))
        else:
            columns += [(f"{name}_{at}", column) for at, column in enumerate(values.T)]
    names = own.factor_names or tuple(name for name, _ in columns)
    if len(names) != len(columns) or len(set(names)) < len(names) or len(columns) > MOST_FACTORS:
        raise InputError(
            f"{own.path}: every factor needs a name of its own, and {MOST_FACTORS} is the most; "
            f"received {len(names)} names of {len(columns)} factors"
        )
    return dict(zip(names, (values for _, values in columns), strict=True))


def _column(own: OwnData, arrays: Mapping[str, StoredArray], name: str, n: int) -> np.ndarray:
    """An array (n,) or (n, K) of numbers, booleans or texts."""
    if name not in arrays:
        raise InputError(f"{own.path}: there is no array {name}; there are {', '.join(sorted(arrays)[:9])}")
    shape = arrays[name].shape
    if len(shape) not in (1, 2) or shape[0] != n or 0 in shape:
        raise InputError(f"{own.path}: {name} should have a row for each of {n} images; received shape {shape}")
    values = arrays[name].whole()
    if values.dtype.kind not in "biufU":
        raise InputError(f"{own.path}: {name} should be numbers, booleans or texts; received {values.dtype}")
    return values


def _drawn(own: OwnData, n: int) -> Split:
    shares = own.split
    return split(n, (shares.train, shares.validation, shares.test) if isinstance(shares, Shares) else None)


def _factors(own: OwnData, columns: Mapping[str, np.ndarray]) -> Factors | None:
    with _said_of(own.table or own.path):
        return Factors.of(columns) if columns else None
