"""Mutual information, MIG and modularity against loops and scikit-learn, and at answers that are exact on a grid."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mutual_info_score

from study.metrics.mig import mig
from study.metrics.modularity import modularity
from study.metrics.mutual_information import entropies, mutual_information

SIZES = (3, 40, 32)


def grid() -> np.ndarray:
    """Three factors of dSprites in full: shape, orientation, one position; 3,840 rows."""
    return np.stack(np.unravel_index(np.arange(np.prod(SIZES)), SIZES), axis=1)


def random_table(seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    factors = np.stack([rng.integers(size, size=n) for size in (2, 5, 9)], axis=1)
    codes = np.column_stack([factors @ rng.normal(size=(3, 4)) + rng.normal(size=(n, 4)), np.full(n, 0.1)])
    return codes, factors


def slow_information(codes: np.ndarray, factors: np.ndarray, bins: int) -> np.ndarray:
    """Bin by comparing, one value at a time; scikit-learn then counts."""
    result = np.zeros((codes.shape[1], factors.shape[1]))
    for i, values in enumerate(codes.T):
        low, high = values.min(), values.max()
        width = (high - low) / bins
        binned = [sum(value >= low + b * width for b in range(1, bins)) if high > low else 0 for value in values]
        for k, classes in enumerate(factors.T):
            result[i, k] = mutual_info_score(classes, binned)
    return result


@pytest.mark.parametrize(("seed", "bins"), [(0, 20), (1, 7), (2, 1)])
def test_information_against_a_slow_computation(seed: int, bins: int) -> None:
    codes, factors = random_table(seed)
    assert mutual_information(codes, factors, bins) == pytest.approx(slow_information(codes, factors, bins), abs=1e-12)


def test_a_value_on_an_edge_belongs_to_the_bin_above() -> None:
    """Of 0, 1, … 20 in 20 bins, the two greatest share the last one."""
    values = np.repeat(np.arange(21), [40, 1, *[7] * 17, 5, 30])
    factors = np.stack([values >= 20, values >= 1], axis=1).astype(int)
    information = mutual_information(values[:, None].astype(float), factors)
    assert information[0, 0] < entropies(factors)[0] - 0.01
    assert information[0, 1] == pytest.approx(entropies(factors)[1])


def test_entropies_against_a_slow_computation() -> None:
    _, factors = random_table(0)
    for received, classes in zip(entropies(factors), factors.T.tolist(), strict=True):
        shares = [classes.count(value) / len(classes) for value in set(classes)]
        assert received == pytest.approx(-sum(p * math.log(p) for p in shares))


def test_mig_against_a_slow_computation() -> None:
    codes, factors = random_table(3)
    gaps = []
    for k, column in enumerate(slow_information(codes, factors, 20).T):
        best, second = sorted(column, reverse=True)[:2]
        gaps.append((best - second) / mutual_info_score(factors[:, k], factors[:, k]))
    assert 0.02 < mig(codes, factors) < 0.5
    assert mig(codes, factors) == pytest.approx(sum(gaps) / 3)


def test_modularity_against_a_slow_computation() -> None:
    codes, factors = random_table(4)
    scores = []
    for known in slow_information(codes, factors, 20).tolist():
        template = max(known)
        if template < 1e-12:
            scores.append(0.0)
            continue
        others = list(known)
        others.remove(template)
        scores.append(1 - sum(value**2 for value in others) / (template**2 * 2))
    assert scores[-1] == 0  # the dead dimension
    assert modularity(codes, factors) == pytest.approx(sum(scores) / 5)


def test_a_full_grid_is_exact() -> None:
    """20 bins hold 40 values two by two, and 32 values as 8 single ones and 12 pairs: the information that is lost."""
    factors = grid()
    information = mutual_information(factors.astype(float), factors)
    of_32 = -(8 * 1 / 32 * math.log(1 / 32) + 12 * 2 / 32 * math.log(2 / 32))
    assert information == pytest.approx(np.diag([math.log(3), math.log(20), of_32]), abs=1e-12)
    assert (information[~np.eye(3, dtype=bool)] == 0).all()
    assert entropies(factors) == pytest.approx(np.log(SIZES))
    expected = (1 + math.log(20) / math.log(40) + of_32 / math.log(32)) / 3
    assert expected < 0.9
    assert mig(factors.astype(float), factors) == pytest.approx(expected, abs=1e-12)
    assert mig(factors.astype(float), factors, bins=40) == pytest.approx(1, abs=1e-12)
    assert modularity(factors.astype(float), factors) == 1


def test_dead_dimensions_know_exactly_nothing() -> None:
    factors = grid()
    dead = np.column_stack([factors.astype(float), np.full(len(factors), 0.1)])
    assert (mutual_information(dead, factors)[3] == 0).all()
    assert modularity(dead, factors) == 3 / 4
    assert mig(dead, factors) == mig(factors.astype(float), factors)
    assert mig(dead[:, 3:], factors) == modularity(dead[:, 3:], factors) == 0


def test_one_dimension_has_no_second_best() -> None:
    factors = grid()
    assert mig(factors[:, [0]].astype(float), factors) == 0
    with pytest.raises(ValueError, match="finite"):
        mig(np.full((len(factors), 1), np.nan), factors)
    assert modularity(factors[:, [0]].astype(float), factors) == 1


def test_a_sum_of_two_factors_is_half_modular() -> None:
    """One dimension that shows the sum of two alike factors of three knows both equally: 1 - m² / 2m²."""
    factors = np.stack(np.unravel_index(np.arange(150), (5, 5, 6)), axis=1)
    assert modularity((factors[:, [0]] + factors[:, [1]]).astype(float), factors) == pytest.approx(1 / 2)


@settings(deadline=None, max_examples=20)
@given(
    st.permutations(range(5)),
    st.lists(st.integers(-6, 6), min_size=5, max_size=5),
    st.lists(st.integers(-8, 8), min_size=5, max_size=5),
    st.integers(0, 9),
)
def test_order_scale_offset_and_names_do_not_matter(
    order: list[int], powers: list[int], offsets: list[int], seed: int
) -> None:
    """Powers of two and codes in sixty-fourths keep the edges of bins exact."""
    codes, factors = random_table(seed)
    codes = np.round(codes * 64) / 64
    changed = codes[:, order] * 2.0 ** np.array(powers) + offsets
    renamed = np.array([7, -3, 12, 0, 5, 99, 1, 2, 4])[factors]
    expected = mutual_information(codes, factors)[order]
    assert mutual_information(changed, renamed) == pytest.approx(expected, abs=0.01)
    assert mig(changed, renamed) == pytest.approx(mig(codes, factors), abs=0.01)
    assert modularity(changed, renamed) == pytest.approx(modularity(codes, factors), abs=0.02)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 999), st.integers(1, 30))
def test_ranges(seed: int, bins: int) -> None:
    codes, factors = random_table(seed, n=60)
    information = mutual_information(codes, factors, bins)
    assert (information >= 0).all()
    assert (information <= np.minimum(entropies(factors), np.log(bins)) + 1e-12).all()
    assert mutual_information(-codes, factors, 1).max() == 0
    assert 0 <= mig(codes, factors, bins) <= 1
    assert 0 <= modularity(codes, factors, bins) <= 1


def test_modularity_needs_two_factors() -> None:
    with pytest.raises(ValueError, match="factors: at least 2 columns"):
        modularity(np.zeros((9, 2)), np.arange(9)[:, None] % 3)


@pytest.mark.parametrize("bins", [0, -1])
def test_bins_that_cannot_be(bins: int) -> None:
    codes, factors = random_table(0)
    with pytest.raises(ValueError, match=f"bins: at least 1; received {bins}"):
        mutual_information(codes, factors, bins)
