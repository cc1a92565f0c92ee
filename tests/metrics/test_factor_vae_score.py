"""The FactorVAE score against votes drawn one by one, and what it does not depend on."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.metrics.factor_vae_score import factor_vae_score
from study.metrics.splits import Score

SIZES = (3, 6, 10)
SMALL = {"training": 600, "heldout": 600}


def table(n: int = 2000, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(size, size=n) for size in SIZES], axis=1)


def imperfect(factors: np.ndarray) -> np.ndarray:
    """Two dimensions that mix two factors, one that holds the third with noise, and one of noise."""
    x, y, z = (factors / factors.std(axis=0)).T
    noise = np.random.default_rng(1).normal(size=(len(factors), 2))
    return np.stack([2 * x + y, x - 1.5 * y + 1, z + noise[:, 0], noise[:, 1]], axis=1)


def test_against_votes_drawn_one_by_one() -> None:
    factors = table()
    codes = imperfect(factors)
    rng = np.random.default_rng(2)
    variance = [np.var(list(column), ddof=1) for column in codes.T]

    def vote() -> tuple[int, int]:
        k = int(rng.integers(3))
        value = factors[rng.integers(len(factors)), k]
        rows = rng.choice(np.flatnonzero(factors[:, k] == value), size=8)
        ratios = [np.var(list(codes[rows, i]), ddof=1) / variance[i] for i in range(4)]
        return ratios.index(min(ratios)), k

    def slow() -> tuple[float, float]:
        heard = [vote() for _ in range(2000)]
        stands_for = {i: max(range(3), key=[k for j, k in heard if j == i].count) for i, _ in heard}
        fresh = [vote() for _ in range(2000)]
        return (
            float(np.mean([stands_for[i] == k for i, k in heard])),
            float(np.mean([stands_for.get(i) == k for i, k in fresh])),
        )

    fast = factor_vae_score(codes, factors, np.random.default_rng(3), batch=8, training=10_000, heldout=10_000)
    assert 0.5 < fast.heldout < 0.9
    assert (fast.training, fast.heldout) == pytest.approx(slow(), abs=0.04)


@settings(max_examples=10)
@given(st.permutations(range(4)), st.lists(st.floats(0.1, 100), min_size=4, max_size=4), st.integers(0, 15))
def test_order_sign_scale_and_offset_do_not_matter(order: list[int], scales: list[float], signs: int) -> None:
    factors = table()
    codes = imperfect(factors)
    flip = np.array([-1 if signs >> bit & 1 else 1 for bit in range(4)])
    expected = factor_vae_score(codes, factors, np.random.default_rng(0), 16, **SMALL)
    changed = codes[:, order] * scales * flip + scales
    assert factor_vae_score(changed, factors, np.random.default_rng(0), 16, **SMALL) == expected


def test_what_classes_are_called_does_not_matter() -> None:
    factors = table()
    codes = imperfect(factors)
    renamed = np.stack([np.array([5, -2, 7])[factors[:, 0]], -factors[:, 1], 3 * factors[:, 2]], axis=1)
    received = factor_vae_score(codes, renamed, np.random.default_rng(0), 16, training=5000, heldout=5000)
    expected = factor_vae_score(codes, factors, np.random.default_rng(0), 16, training=5000, heldout=5000)
    assert received.heldout == pytest.approx(expected.heldout, abs=0.03)


def test_a_dimension_is_active_from_a_deviation_of_a_twentieth() -> None:
    factors = table()
    codes = (factors - factors.mean(axis=0)) / factors.std(axis=0, ddof=1)
    rng = np.random.default_rng
    assert factor_vae_score(codes * 0.0499, factors, rng(0), **SMALL) == Score(0.0, 0.0)
    assert factor_vae_score(codes * 0.0501, factors, rng(0), **SMALL) == Score(1.0, 1.0)
    two_of_three = factor_vae_score(codes * [0.0499, 1, 1], factors, rng(0), **SMALL)
    assert two_of_three.heldout == pytest.approx(2 / 3, abs=0.05)
    dead = np.hstack([codes, np.full((len(codes), 3), 0.1)])
    assert factor_vae_score(dead, factors, rng(0), **SMALL) == Score(1.0, 1.0)


def test_one_dimension_stands_for_one_factor() -> None:
    factors = table()
    received = factor_vae_score(factors[:, [2]].astype(float), factors, np.random.default_rng(0), **SMALL)
    assert received.heldout == pytest.approx(1 / 3, abs=0.05)


def test_chunks_only_bound_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    factors = table()
    codes = factors.astype(np.float32)
    monkeypatch.setattr(sys.modules["study.metrics.factor_vae_score"], "CHUNK", 1000)
    assert factor_vae_score(codes, factors, np.random.default_rng(0), **SMALL) == Score(1.0, 1.0)


@pytest.mark.parametrize("sizes", [{"batch": 1}, {"training": 0}, {"heldout": 0}])
def test_sizes_that_cannot_be(sizes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="batch at least 2, training and heldout at least 1; received"):
        factor_vae_score(np.zeros((2000, 2)), table(), np.random.default_rng(0), **sizes)
