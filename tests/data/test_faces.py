"""The faces datasets: which images they have, which factors vary, and the file in the cache."""

from pathlib import Path

import numpy as np
import pytest

from study.data import DATASETS, faces, load
from study.data.face_rendering import render
from study.metrics import offered

NAMES = [name for name in DATASETS if name.startswith("faces-")]


@pytest.fixture(autouse=True)
def few_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WAE_STUDY_CACHE", str(tmp_path))
    monkeypatch.setattr(faces, "N_IMAGES", 400)
    return tmp_path


def test_names() -> None:
    assert {"faces-2", "faces-8", "faces-12", "faces-8-64"} < set(NAMES)
    for name in NAMES:
        metrics = offered(DATASETS[name].offers)
        assert {"frechet_factors", "kernel_factors", "reconstruction_floor", "fid"} <= set(metrics)
        assert not {"disentanglement", "frechet_pca", "mean_pixel_deviation"} & set(metrics)
    with pytest.raises(KeyError):
        load("faces-3")


@pytest.mark.parametrize(("name", "free", "side"), [("faces-8", 8, 32), ("faces-2", 2, 32), ("faces-12-64", 12, 64)])
def test_images_are_those_of_the_factors(name: str, free: int, side: int) -> None:
    data = load(name)
    assert (data.name, data.source, data.factors) == (name, "rendered", None)
    assert data.images.shape == DATASETS[name].image_shape == (3, side, side)
    assert len(data.images) == 400
    values = faces.factor_values(free)
    expected = render(values, side)
    assert np.array_equal(data.images.array.reshape(expected.shape), expected)
    assert not data.images.array.flags.writeable
    batch = data.images.batch(np.array([3, 1])).numpy()
    np.testing.assert_allclose(batch, expected[[3, 1]] / 255, atol=1e-6)
    assert [len(data.split[part]) for part in ("train", "validation", "test")] == [342, 18, 40]


def test_draws() -> None:
    """The first factors are uniform and independent, the others at their middle; a draw is common to all datasets."""
    values = faces.factor_values(8)
    assert (values[:, 8:] == 0.5).all()
    assert np.array_equal(faces.factor_values(2)[:, :2], values[:, :2])
    free = values[:, :8]
    assert np.abs(free.mean(axis=0) - 0.5).max() < 0.06
    assert np.abs(free.std(axis=0) - np.sqrt(1 / 12)).max() < 0.03
    assert np.abs(np.corrcoef(free.T) - np.eye(8)).max() < 0.2
    np.testing.assert_allclose(values[0, :3], [0.63696169, 0.26978671, 0.04097352], atol=1e-8)


def test_rendered_once_and_again_for_another_version(few_images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load("faces-8")
    path = few_images / "faces-8.bytes"
    written = path.stat().st_mtime_ns
    assert load("faces-8").checksum == first.checksum
    assert path.stat().st_mtime_ns == written
    monkeypatch.setattr(faces, "CACHE_VERSION", "of tomorrow")
    monkeypatch.setattr(faces, "FACTORS_SEED", 1)
    assert load("faces-8").checksum != first.checksum


@pytest.mark.slow
def test_all_machines_have_the_same_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "N_IMAGES", 50_000)
    assert load("faces-8").checksum == "b47584042a8ad097774de646485e8c4566eb88b48cbb82f37afe7cdd62de5c3f"
