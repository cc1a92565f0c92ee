"""The kernel distance against its definition in slow loops, and whether its standard error is what it says."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.metrics.kernel_distance import kernel_distance, mmd2

seeds = st.integers(0, 2**32 - 1)


def k(x: np.ndarray, y: np.ndarray) -> float:
    return float((sum(float(i) * float(j) for i, j in zip(x, y, strict=True)) / len(x) + 1) ** 3)


def mean_over_pairs(x: np.ndarray, y: np.ndarray, same: bool) -> float:
    pairs = [(i, j) for i in range(len(x)) for j in range(len(y)) if not (same and i == j)]
    return sum(k(x[i], y[j]) for i, j in pairs) / len(pairs)


@settings(max_examples=20)
@given(st.integers(2, 7), st.integers(2, 7), st.integers(1, 4), seeds)
def test_the_definition(n: int, m: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(n, d)), rng.normal(size=(m, d)) + 1
    within = mean_over_pairs(x, x, same=True) + mean_over_pairs(y, y, same=True)
    assert mmd2(x, y) == pytest.approx(within - 2 * mean_over_pairs(x, y, same=False), rel=1e-9, abs=1e-9)


def test_by_hand() -> None:
    """k is 1 between (0, 0) and anything, and 8 between two (1, 1)."""
    assert mmd2(np.zeros((2, 2)), np.ones((3, 2))) == pytest.approx(1 + 8 - 2)


def test_mean_and_spread_of_disjoint_blocks() -> None:
    """Blocks are consecutive, and of nearly equal size where they cannot be equal."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(10, 3)), rng.normal(size=(7, 3))
    values = [mmd2(a[:4], b[:3]), mmd2(a[4:7], b[3:5]), mmd2(a[7:], b[5:])]
    estimate = kernel_distance(a, b, blocks=3)
    assert estimate.value == pytest.approx(np.mean(values))
    assert estimate.standard_error == pytest.approx(np.std(values, ddof=1) / np.sqrt(3))


def test_blocks_larger_than_what_is_computed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(23, 3)), rng.normal(size=(17, 3))
    expected = mmd2(x, y)
    monkeypatch.setattr(sys.modules["study.metrics.kernel_distance"], "CHUNK", 5)
    assert mmd2(x, y) == pytest.approx(expected, rel=1e-10)


def test_unbiased_and_its_standard_error_is_the_spread_of_repeated_draws() -> None:
    """Few rows, so that a bias would show: with i = j in its sums the estimate would be off by about 3.

    400 repetitions: their mean is 0 within three of its errors, and their spread is known to 4 %.
    """
    rng = np.random.default_rng(0)
    estimates = [kernel_distance(*rng.normal(size=(2, 60, 4))) for _ in range(400)]
    values = np.array([estimate.value for estimate in estimates])
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(400)
    assert 3 * values.std() / np.sqrt(400) < 0.1
    assert (values < 0).mean() > 0.3
    typical = np.sqrt(np.mean([estimate.standard_error**2 for estimate in estimates]))
    assert typical == pytest.approx(values.std(), rel=0.15)


def test_the_distance_of_known_distributions() -> None:
    """In one dimension, N(0, 1) and N(s, 1): k's expectation in closed form, from the moments 1, s, 1 + s², s³ + 3s."""
    s = 0.5
    zero, shifted = np.array([1, 0, 1, 0]), np.array([1, s, 1 + s**2, s**3 + 3 * s])
    expected = np.array([1, 3, 3, 1]) @ (zero - shifted) ** 2  # (xy + 1)³ = 1 + 3 xy + 3 x²y² + x³y³
    rng = np.random.default_rng(0)
    estimate = kernel_distance(rng.normal(size=(20_000, 1)), rng.normal(size=(10_000, 1)) + s)
    assert estimate.value == pytest.approx(expected, abs=3 * estimate.standard_error)
    assert estimate.standard_error < 0.1 * expected


@settings(max_examples=20)
@given(st.integers(4, 15), st.integers(4, 15), st.integers(1, 4), seeds)
def test_symmetric_and_blind_to_the_order_of_features(n: int, m: int, d: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(n, d)), rng.normal(size=(m, d)) + 1
    order = rng.permutation(d)
    estimate = kernel_distance(a, b, blocks=2)
    for other in (kernel_distance(b, a, blocks=2), kernel_distance(a[:, order], b[:, order], blocks=2)):
        assert other.value == pytest.approx(estimate.value, rel=1e-9, abs=1e-9)
        assert other.standard_error == pytest.approx(estimate.standard_error, rel=1e-9, abs=1e-9)


def test_single_precision_features_are_summed_in_double() -> None:
    values = np.random.default_rng(0).random((2, 400, 8), dtype=np.float32) + np.float32(30)
    exact = kernel_distance(*values.astype(np.float64))
    assert kernel_distance(*values) == exact


@pytest.mark.parametrize(
    ("a", "b", "blocks", "message"),
    [
        (np.zeros((4, 2)), np.zeros((4, 3)), 2, "received 2 and 3 columns"),
        (np.zeros((0, 2)), np.zeros((4, 2)), 2, "non-empty"),
        (np.zeros((4, 2)), np.full((4, 2), np.nan), 2, "every value must be finite; 4 of 4 rows"),
        (np.zeros((30, 2)), np.zeros((19, 2)), 10, "at least 2 rows for each of 10 blocks; received 30 and 19"),
        (np.zeros((2, 2)), np.zeros((3, 2)), 2, "at least 2 rows for each of 2 blocks; received 2 and 3"),
        (np.zeros((9, 2)), np.zeros((9, 2)), 1, "blocks: at least 2, .* received 1"),
    ],
)
def test_features_that_cannot_be(a: np.ndarray, b: np.ndarray, blocks: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kernel_distance(a, b, blocks)
