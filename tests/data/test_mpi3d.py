"""MPI3D from small files in the layout of `mpi3d_toy.npz`."""

from pathlib import Path

import numpy as np
import pytest

from study.data import DATASETS, load, mpi3d
from tests.make import refused

GRIDS = ((2, 2, 2, 1, 3, 4, 5), (1, 2, 2, 1, 3, 4, 5))


def write(path: Path, n: int, **other: np.ndarray) -> np.ndarray:
    path.parent.mkdir(parents=True, exist_ok=True)
    images = np.random.default_rng(0).integers(0, 256, (n, 64, 64, 3), dtype=np.uint8)
    np.savez(path, **({"images": images} | other))  # type: ignore[arg-type]
    return images


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize("kind", ["toy", "realistic", "real"])
@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("place", ["", "mpi3d_{}/"])
def test_images_and_factors_in_the_order_of_the_file(
    kind: str, grid: tuple[int, ...], place: str, tmp_path: Path
) -> None:
    n = int(np.prod(grid))
    images = write(tmp_path / place.format(kind) / f"mpi3d_{kind}.npz", n)
    data = mpi3d.load(kind, tmp_path, GRIDS)
    assert (data.name, data.source) == (f"mpi3d_{kind}", "official")
    np.testing.assert_array_equal(data.images.array.reshape(n, 3, 64, 64), images.transpose(0, 3, 1, 2))
    assert data.factors is not None
    assert data.factors.sizes == grid
    assert data.factors.complete
    # the number of an image, by its authors' formula: the vertical axis first, then the horizontal one, …
    classes = data.factors.values(np.arange(n))
    np.testing.assert_array_equal(classes @ [*(int(np.prod(grid[k + 1 :])) for k in range(7))], np.arange(n))


def test_the_whole_datasets() -> None:
    assert [int(np.prod(grid)) for grid in mpi3d.GRIDS] == [1_036_800, 460_800]
    assert mpi3d.NAMES[-2:] == ("horizontal_axis", "vertical_axis")
    for kind in ("toy", "realistic", "real"):
        assert DATASETS[f"mpi3d_{kind}"].image_shape == (3, 64, 64)


def test_files_that_are_others_or_missing(tmp_path: Path) -> None:
    path = tmp_path / "mpi3d_toy.npz"
    write(path, 7)
    needed = f"{path}: expected images, uint8 of shape (n, 64, 64, 3), n 1036800 or 460800; received"
    assert refused(load, "mpi3d_toy", tmp_path) == f"{needed} uint8 of shape (7, 64, 64, 3)"
    np.savez(path, x=np.zeros(3))
    assert refused(load, "mpi3d_toy", tmp_path) == f"{needed} none"
    assert refused(load, "mpi3d_real", tmp_path) == (
        f"{tmp_path}: MPI3D (real) was not found; expected mpi3d_real.npz, published at "
        "https://github.com/rr-learning/disentanglement_dataset"
    )
