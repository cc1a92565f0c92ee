"""Arrays in `.npz` and HDF5 files: read some rows at a time, brought to bytes, and nothing is unpickled.

Images are (n, H, W), (n, H, W, C) or (n, C, H, W) with C = 1 or 3. If both the second and the last axis could be
channels, the last one is. Values are bytes from 0 to 255, booleans, or floating-point numbers from 0 to 1. Bytes that
are all 0 or 1 are black and white.
"""

import contextlib
import errno
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from study.data.cache import bar
from study.system.errors import InputError, one_line
from study.system.files import regular

BYTES_AT_ONCE = 2**25
"""Bytes of an array in memory at a time."""


@dataclass(frozen=True)
class StoredArray:
    """An array in an open file, (n, …), that is read in order of its rows. `chunks` gives some rows at a time."""

    shape: tuple[int, ...]
    dtype: np.dtype
    chunks: Callable[[], Iterator[np.ndarray]]

    def whole(self) -> np.ndarray:
        """All rows. Texts are of NumPy's kind `U`."""
        array = np.concatenate([*self.chunks()]) if self.shape[0] else np.empty(self.shape, self.dtype)
        return np.char.decode(array, "utf-8") if array.dtype.kind == "S" else array


@contextlib.contextmanager
def open_npz(path: Path) -> Iterator[Mapping[str, StoredArray]]:
    """The arrays of an `.npz` file by name, while it is open. `InputError` if it cannot be read, then or later."""
    with _one_sentence(path, "an .npz file"), zipfile.ZipFile(regular(path)) as archive:
        members = [name for name in archive.namelist() if name.endswith(".npy")]
        yield {name.removesuffix(".npy"): _npz_array(archive, name) for name in members}


@contextlib.contextmanager
def open_h5(path: Path) -> Iterator[Mapping[str, StoredArray]]:
    """The arrays of an HDF5 file by their paths in it. `InputError` if it cannot be read, while it is open or later."""
    import h5py

    arrays: dict[str, StoredArray] = {}

    def visit(name: str, node: Any) -> None:
        if isinstance(node, h5py.Dataset) and node.ndim:
            arrays[name] = _h5_array(node)

    with _one_sentence(path, "an HDF5 file"), h5py.File(regular(path), "r") as file:
        file.visititems(visit)
        yield arrays


@contextlib.contextmanager
def _one_sentence(path: Path, kind: str) -> Iterator[None]:
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # there is no end to the ways in which a damaged file fails to be read
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise  # of the disk; a damaged file may send its reader to a place before its beginning
        raise InputError(f"{path}: cannot be read as {kind}: {one_line(error, 300)}") from None


def npy_header(member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, whether it is in Fortran order, and type of an array in NumPy's format, which is read up to its values."""
    version = npy.read_magic(member)
    header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, fortran, dtype = header(member)
    return shape, fortran, dtype


def npy_rows(
    member: IO[bytes], name: str, shape: tuple[int, ...], dtype: np.dtype, at_once: int
) -> Iterator[np.ndarray]:
    """The rows that follow a header, in C order, `at_once` at a time. `EOFError` if there are fewer."""
    row = int(np.prod(shape[1:])) * dtype.itemsize
    for start in range(0, shape[0], at_once):
        rows = min(at_once, shape[0] - start)
        content = member.read(rows * row)
        if len(content) < rows * row:
            raise EOFError(f"{name} ends early")
        yield np.frombuffer(content, dtype).reshape(rows, *shape[1:])


def _at_once(shape: tuple[int, ...], dtype: np.dtype) -> int:
    return max(1, BYTES_AT_ONCE // max(1, int(np.prod(shape[1:])) * dtype.itemsize))


def _npz_array(archive: zipfile.ZipFile, member: str) -> StoredArray:
    with archive.open(member) as file:
        shape, fortran, dtype = npy_header(file)

    def chunks() -> Iterator[np.ndarray]:
        if dtype.hasobject:
            raise ValueError(f"{member.removesuffix('.npy')} holds Python objects; expected numbers or texts")
        with archive.open(member) as file:
            if fortran:  # its rows are not together
                yield npy.read_array(file, allow_pickle=False)
            else:
                npy_header(file)
                yield from npy_rows(file, member, shape, dtype, _at_once(shape, dtype))

    return StoredArray(shape, dtype, chunks)


def _h5_array(node: Any) -> StoredArray:
    text = node.dtype.kind == "O"
    shape, dtype = tuple(node.shape), np.dtype("U") if text else node.dtype

    def chunks() -> Iterator[np.ndarray]:
        rows = _at_once(shape, node.dtype)
        stored = node.chunks[0] if node.chunks else 1
        rows = -(-rows // stored) * stored  # whole chunks of the file, each of which is unpacked once
        for start in range(0, shape[0], rows):
            part = node.asstr()[start : start + rows] if text else node[start : start + rows]
            yield part.astype(str) if text else part

    return StoredArray(shape, dtype, chunks)


def image_layout(shape: tuple[int, ...]) -> tuple[tuple[int, int, int], tuple[int, ...]]:
    """Of images (n, …) the shape of one (C, H, W), and the axes of a chunk in the order (n, C, H, W) or (n, H, W).

    `ValueError` if they are in no layout that is read.
    """
    empty = 0 in shape[1:]
    if len(shape) == 3 and not empty:
        return (1, shape[1], shape[2]), (0, 1, 2)
    if len(shape) == 4 and shape[3] in (1, 3) and not empty:
        return (shape[3], shape[1], shape[2]), (0, 3, 1, 2)
    if len(shape) == 4 and shape[1] in (1, 3) and not empty:
        return (shape[1], shape[2], shape[3]), (0, 1, 2, 3)
    raise ValueError(f"images should be (n, H, W), (n, H, W, C) or (n, C, H, W) with 1 or 3 channels; received {shape}")


def as_bytes(values: np.ndarray, unit: int) -> np.ndarray:
    """Values of images as bytes, uint8 of the same shape. `unit`: the byte that means white, 255 or 1.

    `ValueError` if they are not of a type that is read, or beyond their range.
    """
    match values.dtype.kind, values.dtype.itemsize:
        case "b", _:
            return values.astype(np.uint8) * np.uint8(255)
        case "u", 1:
            return values * np.uint8(255 // unit)
        case "f", _:
            if not ((values >= 0) & (values <= 1)).all():
                raise ValueError(
                    f"floating-point images should be from 0 to 1; received {values.min():g} to {values.max():g}"
                )
            levels: np.ndarray = np.rint(values.astype(np.float64) * 255).astype(np.uint8)
            return levels
    raise ValueError(f"images should be uint8, bool or floating-point numbers; received {values.dtype}")


def white(images: StoredArray) -> int:
    """The byte that means white: 1 if no byte is larger, else 255."""
    if images.dtype != np.uint8:
        return 255
    return 255 if any(chunk.max(initial=0) > 1 for chunk in images.chunks()) else 1


def pack_arrays(
    images: StoredArray, path: Path, text: str, convert: Callable[[np.ndarray], np.ndarray] = lambda rows: rows
) -> None:
    """Write images as rows of bytes (C, H, W); `convert` is given each chunk as uint8 (n, C, H, W).

    `ValueError` if they are in no layout or of no type that is read.
    """
    (channels, height, width), axes = image_layout(images.shape)
    unit = white(images)
    with path.open("wb") as file, bar(text, images.shape[0]) as advance:
        for chunk in images.chunks():
            rows = as_bytes(chunk, unit).transpose(axes).reshape(len(chunk), channels, height, width)
            file.write(np.ascontiguousarray(convert(rows)).data)
            advance(len(chunk))
