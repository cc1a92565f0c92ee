"""The shipped regressor: it is the file this code means, it reads the factors, and distances on its features grow."""

import hashlib
from itertools import groupby

import numpy as np
import pytest
import torch

from benchmarks.spoiled_faces import by_chance, spoilt
from study.data import faces as faces_module
from study.data import load
from study.data.dataset import Dataset, Images, split
from study.data.faces import FACTORS, render
from study.features import factor_regressor, network
from study.features.factor_regressor import N_FACTORS, WEIGHTS, WEIGHTS_SHA256, WIDTH
from tests.features.conftest import faces


def test_the_shipped_file_is_small_and_known() -> None:
    content = WEIGHTS.read_bytes()
    assert len(content) < 400_000
    assert hashlib.sha256(content).hexdigest() == WEIGHTS_SHA256
    assert len(FACTORS) == N_FACTORS


def test_it_reads_all_factors() -> None:
    images, factors = faces(500)
    with torch.inference_mode():
        predicted = factor_regressor.load_regressor()(images).numpy()
    explained = 1 - ((predicted - factors) ** 2).mean(axis=0) / factors.var(axis=0)
    assert explained.min() > 0.95


def test_larger_images_are_averaged_down() -> None:
    regressor = factor_regressor.load_regressor()
    small, large = regressor.features(faces(50)[0]), regressor.features(faces(50, side=64)[0])
    assert small.shape == large.shape == (50, WIDTH)
    assert small.dtype == np.float32
    # nearer to the same face than to another
    own = np.linalg.norm(small - large, axis=1)
    other = np.linalg.norm(small - np.roll(large, 1, axis=0), axis=1)
    assert (own < 0.5 * other).all()


def test_features_feed_the_head_and_do_not_depend_on_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    regressor = factor_regressor.load_regressor()
    images, _ = faces(7)
    features = regressor.features(images)
    with torch.inference_mode():
        np.testing.assert_allclose(regressor.head(torch.from_numpy(features)), regressor(images), rtol=1e-4, atol=1e-4)
    monkeypatch.setattr(network, "NETWORK_BATCH", 3)
    np.testing.assert_allclose(regressor.features(images), features, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("shape", [(2, 1, 32, 32), (2, 3, 48, 48), (0, 3, 32, 32), (3, 32, 32)])
def test_other_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"images: \(n, 3, 32, 32\) is needed; received shape"):
        factor_regressor.load_regressor().features(torch.zeros(shape))


@pytest.fixture(scope="module")
def few() -> Dataset:
    """As `faces-8`, with 1,000 test images."""
    factors = faces_module.factor_values(8)[:10_000]
    array = render(factors).reshape(len(factors), -1)
    return Dataset("faces-8", Images(array, "uint8", (3, 32, 32)), split(len(factors)), "made", "")


def check_growth(data: Dataset, n: int) -> None:
    """Blur, noise, shifts and missing backgrounds: more of it is further away, and the worst far beyond chance."""
    for fault, group in groupby(spoilt(data, n), key=lambda each: each.fault):
        none, *others = group
        assert len(others) == 3, fault
        frechet = [each.frechet for each in (none, *others)]
        assert frechet == sorted(frechet), fault
        assert frechet[2] > 3 * frechet[0] or fault == "noise", fault
        assert frechet[3] > 4 * frechet[0], fault
        assert abs(none.kernel.value) < 3 * none.kernel.standard_error, fault
        assert others[-1].kernel.value > 3 * others[-1].kernel.standard_error, fault


def test_the_distances_grow_with_what_is_wrong(few: Dataset) -> None:
    check_growth(few, 500)


@pytest.mark.slow
def test_the_figures_of_the_documentation() -> None:
    """Of the dataset as it is: spoilt images, and real ones against others, ever more."""
    data = load("faces-8")
    check_growth(data, 2500)
    found = list(by_chance(data))
    assert [n for n, _, _ in found] == [1000, 2500, 5000]
    np.testing.assert_allclose([frechet for _, frechet, _ in found], [0.038, 0.020, 0.008], rtol=0.1)
    assert all(abs(kernel.value) < 3 * kernel.standard_error for _, _, kernel in found)
