"""The Fréchet distance at known answers, against pytorch-fid, and where covariances are singular."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.features.inception import import_torchvision
from study.metrics.frechet import FittedGaussian, accumulate, frechet_distance

seeds = st.integers(0, 2**32 - 1)


def gaussian(d: int, seed: int, rank: int | None = None) -> FittedGaussian:
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(d, d if rank is None else rank))
    return FittedGaussian(rng.normal(size=d), factor @ factor.T, n=10 * d)


def rotation(d: int, seed: int) -> np.ndarray:
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))
    return q


def test_shifted_means() -> None:
    a = gaussian(4, 0)
    assert frechet_distance(a, FittedGaussian(a.mean + np.array([3, 0, 4, 0]), a.covariance, 9)) == pytest.approx(25)


def test_diagonal_covariances() -> None:
    """Each axis is on its own: (m - m')² + (s - s')²."""
    a = FittedGaussian(np.array([0.0, 1.0, 2.0]), np.diag([1.0, 4.0, 0.0]), 9)
    b = FittedGaussian(np.array([0.0, 3.0, 2.0]), np.diag([9.0, 4.0, 25.0]), 9)
    assert frechet_distance(a, b) == pytest.approx(4 + (1 - 3) ** 2 + 25)


def test_ranks_that_do_not_overlap() -> None:
    a = FittedGaussian(np.zeros(2), np.diag([1.0, 0.0]), 9)
    b = FittedGaussian(np.zeros(2), np.diag([0.0, 1.0]), 9)
    assert frechet_distance(a, b) == pytest.approx(2)


def test_points() -> None:
    """No variance at all: the squared distance of the means."""
    a, b = (FittedGaussian(np.full(3, value), np.zeros((3, 3)), 9) for value in (0.0, 2.0))
    assert frechet_distance(a, b) == pytest.approx(12)
    assert frechet_distance(a, a) == 0


@settings(max_examples=20)
@given(st.integers(1, 12), seeds, seeds, st.integers(1, 12))
def test_a_distance(d: int, seed: int, other: int, rank: int) -> None:
    """Symmetric, never negative, 0 for equals, the same in rotated coordinates; full rank or not."""
    a, b = gaussian(d, seed), gaussian(d, other, min(rank, d))
    distance = frechet_distance(a, b)
    scale = np.trace(a.covariance) + np.trace(b.covariance)
    assert distance >= 0
    assert frechet_distance(b, a) == pytest.approx(distance, abs=1e-9 * scale)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-12 * scale)
    assert frechet_distance(b, b) == pytest.approx(0, abs=1e-12 * scale)
    q = rotation(d, seed)
    turned = [FittedGaussian(q @ g.mean, q @ g.covariance @ q.T, g.n) for g in (a, b)]
    assert frechet_distance(*turned) == pytest.approx(distance, abs=1e-6 * scale)


def by_pytorch_fid(a: FittedGaussian, b: FittedGaussian) -> float:
    import_torchvision()
    from pytorch_fid.fid_score import calculate_frechet_distance

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # scipy.linalg.sqrtm(disp=...), called by pytorch-fid
        return float(calculate_frechet_distance(a.mean, a.covariance, b.mean, b.covariance))


@settings(max_examples=10)
@given(st.integers(2, 40), seeds)
def test_against_pytorch_fid(d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = (accumulate([rng.normal(size=(5 * d, d)) @ rng.normal(size=(d, d)) + shift]) for shift in (0, 1))
    assert frechet_distance(a, b) == pytest.approx(by_pytorch_fid(a, b), rel=1e-4)


@pytest.mark.slow
def test_against_pytorch_fid_at_the_width_of_inception_features() -> None:
    """Variances over five orders of magnitude, and two sets near each other: most of the sum cancels."""
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(2048, 2048)) * np.exp(-np.arange(2048) / 350)
    a, b = (accumulate([rng.normal(size=(4 * 2048, 2048)) @ mixing.T + shift]) for shift in (0, 1))
    distance = frechet_distance(a, b)
    assert distance < 0.1 * np.trace(a.covariance)
    assert distance == pytest.approx(by_pytorch_fid(a, b), rel=1e-4)


@settings(max_examples=20)
@given(st.integers(2, 30), st.integers(1, 5), st.integers(1, 10), seeds)
def test_statistics_do_not_depend_on_batches(n: int, d: int, size: int, seed: int) -> None:
    """Also far from zero, where a sum of squares would lose all digits."""
    values = np.random.default_rng(seed).normal(size=(n, d)) + 1e6
    statistics = accumulate(values[start : start + size] for start in range(0, n, size))
    assert statistics.n == n
    np.testing.assert_allclose(statistics.mean, values.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(statistics.covariance, np.atleast_2d(np.cov(values.T)), rtol=1e-6, atol=1e-8)


def test_single_precision_features_are_accumulated_in_double() -> None:
    values = np.random.default_rng(0).random((5000, 3), dtype=np.float32)
    before = values.copy()
    statistics = accumulate(np.array_split(values, 50))
    assert statistics.covariance.dtype == np.float64
    np.testing.assert_allclose(statistics.covariance, np.cov(values.T.astype(np.float64)), rtol=1e-10)
    assert (values == before).all()


def test_too_few_samples_for_the_dimension_are_no_error() -> None:
    rng = np.random.default_rng(0)
    few, many = (accumulate([rng.normal(size=(n, 10))]) for n in (5, 500))
    assert np.isfinite(frechet_distance(few, many))
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize(
    ("batches", "message"),
    [
        ([], "at least 2 images"),
        ([np.zeros((1, 3))], "at least 2 images .* received 1"),
        ([np.zeros((2, 3)), np.zeros((2, 4))], "3 columns as in the first batch; received 4"),
        ([np.full((2, 3), np.inf)], "every value must be finite"),
        ([np.zeros((0, 3))], "non-empty"),
    ],
)
def test_features_that_cannot_be(batches: list[np.ndarray], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        accumulate(batches)


def test_statistics_of_different_features() -> None:
    with pytest.raises(ValueError, match="received 2 and 3 columns"):
        frechet_distance(gaussian(2, 0), gaussian(3, 0))


def test_features_are_taken_as_they_are() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(50, 3)), rng.normal(1, 2, size=(40, 3))
    expected = frechet_distance(accumulate([a]), accumulate([b]))
    assert frechet_distance(a, b) == frechet_distance(accumulate([a]), b) == expected > 1
    with pytest.raises(ValueError, match="at least 2 images"):
        frechet_distance(a, b[:1])
