"""Mutual information, MIG and modularity against loops and scikit-learn, and at answers that are exact on a grid."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.metrics.mig import mig
from study.metrics.modularity import modularity
from study.metrics.mutual_information import entropies, mutual_information
from tests.metrics.tables import SIZES, grid, random_table, slow_information


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


@settings(max_examples=20)
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


@settings(max_examples=20)
@given(st.integers(0, 999), st.integers(1, 30))
def test_ranges(seed: int, bins: int) -> None:
    codes, factors = random_table(seed, n=60)
    information = mutual_information(codes, factors, bins)
    assert (information >= 0).all()
    assert (information <= np.minimum(entropies(factors), np.log(bins)) + 1e-12).all()
    assert mutual_information(-codes, factors, 1).max() == 0
    assert 0 <= mig(codes, factors, bins) <= 1
    assert 0 <= modularity(codes, factors, bins) <= 1


@pytest.mark.parametrize("bins", [0, -1])
def test_bins_that_cannot_be(bins: int) -> None:
    codes, factors = random_table(0)
    with pytest.raises(ValueError, match=f"bins: at least 1; received {bins}"):
        mutual_information(codes, factors, bins)
