"""SmallNORB from small files in its own binary format."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from study.data import DATASETS, load, smallnorb
from tests.make import refused

SIZES = (2, 3, 2, 2)
ROWS = 48
"""Of each chunk: two toys of each combination."""


def write_matrix(path: Path, magic: int, values: np.ndarray) -> None:
    """As its authors describe it: little-endian, and at least three sizes."""
    sizes = [*values.shape, *[1] * (3 - values.ndim)]
    path.write_bytes(struct.pack(f"<{2 + len(sizes)}i", magic, values.ndim, *sizes) + values.tobytes())


def write(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (96, 2, 96, 96) and labels (96, 5) of both chunks: category, toy, elevation, azimuth, lighting."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2 * ROWS, 2, 96, 96), dtype=np.uint8)
    category, elevation, azimuth, lighting, toy = np.unravel_index(np.arange(ROWS), (*SIZES, 2))
    labels = np.concatenate(
        [
            rng.permutation(np.stack([category, toy + first, elevation, 2 * azimuth, lighting], axis=1))
            for first in (4, 0)
        ]
    ).astype("<i4")
    for at, chunk in enumerate(smallnorb.CHUNKS):
        rows = slice(at * ROWS, (at + 1) * ROWS)
        write_matrix(folder / f"{chunk}-dat.mat", 507333717, images[rows])
        write_matrix(folder / f"{chunk}-cat.mat", 507333716, labels[rows, 0])
        write_matrix(folder / f"{chunk}-info.mat", 507333716, labels[rows, 1:])
    return images, labels


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("place", ["small_norb", "."])
def test_the_first_camera_s_images_and_four_factors(place: str, tmp_path: Path) -> None:
    images, labels = write(tmp_path / "root" / place)
    data = smallnorb.load(tmp_path / "root", ROWS, SIZES)
    assert (data.name, data.source, len(data.images)) == ("smallnorb", "official", 2 * ROWS)
    assert data.factors is not None
    assert data.factors.names == ("category", "elevation", "azimuth", "lighting")
    assert data.factors.sizes == SIZES
    assert not data.factors.complete
    expected = labels[:, [0, 2, 3, 4]] // [1, 1, 2, 1]
    np.testing.assert_array_equal(data.factors.values(np.arange(2 * ROWS)), expected)
    for row in (0, 47, 48, 95):
        small = Image.fromarray(images[row, 0]).resize((64, 64), Image.Resampling.LANCZOS)
        np.testing.assert_array_equal(data.images.array[row].reshape(64, 64), np.asarray(small))


def test_the_whole_dataset() -> None:
    assert (smallnorb.SIZES, 2 * smallnorb.ROWS_OF_CHUNK) == ((5, 9, 18, 6), 48_600)
    assert DATASETS["smallnorb"].image_shape == (1, 64, 64)
    assert "factor_grid" not in DATASETS["smallnorb"].offers


def test_files_that_are_others_or_missing(tmp_path: Path) -> None:
    name = smallnorb.CHUNKS[0]
    assert refused(load, "smallnorb", tmp_path) == (
        f"{tmp_path}: SmallNORB was not found; expected small_norb/{name}-dat.mat, published at "
        "https://cs.nyu.edu/~ylclab/data/norb-v1.0-small/"
    )
    write(tmp_path)
    file = tmp_path / f"{name}-cat.mat"
    needed = f"{file}: expected a matrix in the NORB format, int32 of shape"
    size = 20 + 4 * ROWS
    assert refused(load, "smallnorb", tmp_path) == f"{needed} (24300,); received shape (48,) in a file of {size} bytes"
    assert refused(smallnorb.load, tmp_path, ROWS, (9, 9, 9, 9)) == (
        "SmallNORB: expected (9, 9, 9, 9) classes of category, elevation, azimuth, lighting; received (2, 3, 2, 2)"
    )
    content = file.read_bytes()
    for wrong in (content[:-1], content + b"1"):
        file.write_bytes(wrong)
        said = refused(smallnorb.load, tmp_path, ROWS, SIZES)
        assert said == f"{needed} (48,); received shape (48,) in a file of {len(wrong)} bytes"
    for other in (b"", b"MATLAB 5.0 MAT-file, not this one", content[:16]):
        file.write_bytes(other)
        assert refused(smallnorb.load, tmp_path, ROWS, SIZES) == f"{needed} (48,); received another file"
