"""Shapes3D from a small file in the layout of `3dshapes.h5`."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from study.data import DATASETS, load, shapes3d
from study.data.dataset import Factors
from tests.make import refused

SMALL = Factors(shapes3d.FACTORS.names, (2, 2, 3, 4, 4, 5))
N = 960


def write(path: Path, **other: np.ndarray) -> Path:
    """As its authors have it: hues from 0 to 0.9, scales from 0.75 to 1.25, orientations from -30 to 30 degrees."""
    ranges = ((0, 0.9), (0, 0.9), (0, 0.9), (0.75, 1.25), (0, 3), (-30, 30))
    axes = [np.linspace(*ends, size) for ends, size in zip(ranges, SMALL.sizes, strict=True)]
    labels = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    images = np.random.default_rng(0).integers(0, 256, (N, 64, 64, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for name, array in ({"images": images, "labels": labels} | other).items():
            file.create_dataset(name, data=array, compression="gzip", compression_opts=1)
    return path


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("place", ["3dshapes.h5", "3dshapes/3dshapes.h5"])
def test_images_and_factors_in_the_order_of_the_file(place: str, tmp_path: Path) -> None:
    path = write(tmp_path / "root" / place)
    data = shapes3d.load(tmp_path / "root", SMALL)
    assert (data.name, data.source, data.factors) == ("shapes3d", "official", SMALL)
    with h5py.File(path) as file:
        images, labels = file["images"][()], file["labels"][()]
    np.testing.assert_array_equal(data.images.array.reshape(-1, 3, 64, 64), images.transpose(0, 3, 1, 2))
    classes = SMALL.values(np.arange(N))
    for column in range(6):
        assert np.corrcoef(classes[:, column], labels[:, column])[0, 1] == pytest.approx(1)


def test_the_whole_dataset() -> None:
    assert dict(zip(shapes3d.FACTORS.names, shapes3d.FACTORS.sizes, strict=True)) == {
        "floor_hue": 10,
        "wall_hue": 10,
        "object_hue": 10,
        "scale": 8,
        "shape": 4,
        "orientation": 15,
    }
    assert np.prod(shapes3d.FACTORS.sizes) == 480_000
    assert DATASETS["shapes3d"].image_shape == (3, 64, 64)


def test_files_that_are_others(tmp_path: Path) -> None:
    path = write(tmp_path / "3dshapes.h5", labels=np.zeros((N, 6)))
    assert refused(shapes3d.load, tmp_path, SMALL) == (
        f"{path}: labels should be the full grid of floor_hue, wall_hue, object_hue, scale, shape, orientation, the "
        "last fastest"
    )
    needed = "expected uint8 images and labels of shapes"
    assert refused(load, "shapes3d", tmp_path).startswith(f"{path}: {needed} {{'images': (480000, 64, 64, 3), ")
    write(path, images=np.zeros((N, 64, 64, 3), np.float32))
    assert refused(shapes3d.load, tmp_path, SMALL).startswith(f"{path}: {needed}")
    path.write_bytes(b"text")
    assert refused(shapes3d.load, tmp_path, SMALL).startswith(f"{path}: cannot be read as an HDF5 file: ")


def test_without_the_file_it_is_said_what_to_put_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAE_STUDY_DATA", raising=False)
    address = "https://github.com/google-deepmind/3d-shapes"
    assert refused(load, "shapes3d") == (
        "Shapes3D was not found; set --data-root or WAE_STUDY_DATA to a folder with 3dshapes.h5, which its authors "
        f"publish at {address}"
    )
    needed = f"Shapes3D was not found; expected 3dshapes.h5, published at {address}"
    assert refused(load, "shapes3d", tmp_path) == f"{tmp_path}: {needed}"
