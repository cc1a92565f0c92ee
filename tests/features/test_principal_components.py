"""Principal components as features: how many, and that nothing outside of them is forgiven."""

import numpy as np
import pytest

from study.features.principal_components import PrincipalComponents
from study.metrics.frechet import FittedGaussian, accumulate, frechet_distance


def fading_squares() -> np.ndarray:
    images = np.zeros((1000, 32, 32), dtype=np.float32)
    images[:, 13:19, 13:19] = np.linspace(0, 1, 1000)[:, None, None]
    return images.reshape(1000, 1024)


def low_rank(n: int, d: int, rank: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, rank)) @ rng.normal(size=(rank, d)) + rng.normal(size=d)


def test_fading_squares_have_one_component() -> None:
    images = fading_squares()
    components = PrincipalComponents.of(images)
    features = components.features(images)
    assert features.shape == (1000, 2)
    levels = np.linspace(-0.5, 0.5, 1000) * 6  # 36 equal pixels are a vector of length 6 times their level
    np.testing.assert_allclose(np.abs(features[:, 0]), np.abs(levels), atol=1e-5)
    np.testing.assert_allclose(features[:, 1], 0, atol=1e-6)


def population(features: np.ndarray) -> FittedGaussian:
    """Statistics with the covariance divided by n, for which the two distances are equal exactly."""
    sample = accumulate([features])
    return FittedGaussian(sample.mean, sample.covariance * (sample.n - 1) / sample.n, sample.n)


@pytest.mark.parametrize("rank", [1, 3, 7])
def test_the_distance_is_that_of_the_pixels(rank: int) -> None:
    reference = low_rank(200, 12, rank)
    generated = np.random.default_rng(1).normal(size=(300, 12))
    components = PrincipalComponents.of(reference)
    assert components.directions.shape == (12, rank)
    expected = frechet_distance(population(generated), population(reference))
    received = frechet_distance(population(components.features(generated)), population(components.features(reference)))
    assert received == pytest.approx(expected, rel=1e-9)


def test_at_most_64() -> None:
    features = PrincipalComponents.of(np.random.default_rng(0).normal(size=(200, 100)))
    assert features.directions.shape == (100, 64)
    np.testing.assert_allclose(features.directions.T @ features.directions, np.eye(64), atol=1e-12)


@pytest.mark.parametrize(("pixels", "message"), [(np.ones((5, 3)), "differ"), (np.zeros((0, 3)), "non-empty")])
def test_references_that_cannot_be(pixels: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PrincipalComponents.of(pixels)
