"""Cars3D from a few small files in the layout of its `.mat` files."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from study.data import DATASETS, cars3d, load
from study.data.dataset import Factors
from tests.make import refused

SMALL = Factors(cars3d.FACTORS.names, (4, 24, 3))


def write(folder: Path, cars: int = 3) -> np.ndarray:
    """Images (car, side, side, 3, azimuth, elevation), which savemat stores as Matlab does."""
    folder.mkdir(parents=True)
    images = np.random.default_rng(0).integers(0, 256, (cars, 128, 128, 3, 24, 4), dtype=np.uint8)
    for car in reversed(range(cars)):
        savemat(folder / f"car_{car:03d}_mesh.mat", {"im": images[car]})
    (folder / "._car_000_mesh.mat").write_bytes(b"attributes")
    (folder / "list.txt").touch()
    return images


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))


def test_every_view_of_every_car_is_where_its_factors_say(tmp_path: Path) -> None:
    images = write(tmp_path / "root" / "cars")
    data = cars3d.load(tmp_path / "root", SMALL)
    assert (data.name, data.source, len(data.images)) == ("cars3d", "official", 288)
    assert data.factors is not None
    for index in (0, 1, 3, 72, 150, 287):
        elevation, azimuth, car = data.factors.values(np.array([index]))[0]
        view = Image.fromarray(np.ascontiguousarray(images[car, ..., azimuth, elevation]))
        view.thumbnail((64, 64), Image.Resampling.LANCZOS)
        np.testing.assert_array_equal(data.images.array[index].reshape(3, 64, 64), np.asarray(view).transpose(2, 0, 1))


def test_the_whole_dataset() -> None:
    assert dict(zip(cars3d.FACTORS.names, cars3d.FACTORS.sizes, strict=True)) == {
        "elevation": 4,
        "azimuth": 24,
        "object_type": 183,
    }
    assert DATASETS["cars3d"].image_shape == (3, 64, 64)


def test_files_that_are_others_or_missing(tmp_path: Path) -> None:
    assert refused(load, "cars3d", tmp_path) == (
        f"{tmp_path}: Cars3D was not found; expected cars, published at "
        "http://www.scottreed.info/files/nips2015-analogy-data.tar.gz"
    )
    folder = tmp_path / "cars"
    write(folder, 2)
    needed = f"{folder}: expected 183 .mat files, one for each car; received 2"
    assert refused(load, "cars3d", tmp_path) == needed
    file = folder / "car_002_mesh.mat"
    file.write_bytes(b"text")
    assert refused(cars3d.load, tmp_path, SMALL).startswith(f"{file}: cannot be read as a .mat file: ")
    for image, received in (
        ({"im": np.zeros((8, 8, 3, 24, 4))}, "float64 of shape (8, 8, 3, 24, 4)"),
        ({"im": np.zeros((8, 8, 3, 4, 24), np.uint8)}, "uint8 of shape (8, 8, 3, 4, 24)"),
        ({"x": np.zeros(3)}, "none"),
    ):
        savemat(file, image)
        assert refused(cars3d.load, tmp_path, SMALL) == (
            f"{file}: im should be uint8 of shape (side, side, 3, 24, 4); received {received}"
        )
