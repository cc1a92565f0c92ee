"""DCI: its two entropies at known matrices and against loops, and the fit against scikit-learn's own."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import GradientBoostingClassifier

from study.metrics.dci import Dci, completeness, dci, disentanglement
from study.metrics.splits import split_rows

matrices = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.floats(0, 1, allow_subnormal=False), min_size=columns, max_size=columns), min_size=1, max_size=6
    )
)


def slow_disentanglement(importance: list[list[float]]) -> float:
    total = sum(map(sum, importance))
    n_factors = len(importance[0])
    result = 0.0
    for row in importance:
        if sum(row) > 0:
            shares = [entry / sum(row) for entry in row]
            entropy = -sum(p * math.log(p, n_factors) for p in shares if p > 0) if n_factors > 1 else 0.0
            result += sum(row) / total * (1 - entropy)
    return result


@settings(max_examples=50)
@given(matrices)
def test_against_a_slow_computation(importance: list[list[float]]) -> None:
    matrix = np.array(importance)
    assert disentanglement(matrix) == pytest.approx(slow_disentanglement(importance), abs=1e-9)
    several = len(matrix) > 1
    assert completeness(matrix) == pytest.approx(slow_disentanglement(matrix.T.tolist()) if several else 0, abs=1e-9)
    assert -1e-9 <= disentanglement(matrix) <= 1 + 1e-9


@pytest.mark.parametrize(
    ("importance", "d", "c"),
    [
        (np.eye(4), 1, 1),
        (np.eye(4)[[2, 0, 3, 1]], 1, 1),
        (np.vstack([np.eye(4), np.zeros((2, 4))]), 1, 1),  # unused dimensions do no harm
        (np.vstack([np.eye(4), np.eye(4)]) / 2, 1, 1 - math.log(2) / math.log(8)),  # every factor twice
        (np.full((3, 4), 1 / 3), 0, 0),
        (np.eye(4)[:, :3], 1, 1),
        (np.array([[1, 1, 0], [0, 0, 1]]), (2 * (1 - math.log(2) / math.log(3)) + 1) / 3, 1),  # one dimension, two
        (np.array([[3, 1], [0, 0]]), 1 + (3 / 4 * math.log(3 / 4) + math.log(1 / 4) / 4) / math.log(2), 1),
        (np.zeros((3, 2)), 0, 0),
        (np.ones((1, 2)), 0, 0),  # of a single dimension completeness is not defined
        (np.array([[1, 0]]), 1, 0),
        (np.ones((2, 1)), 1, 0),
        (np.zeros((1, 1)), 0, 0),
    ],
)
def test_known_matrices(importance: np.ndarray, d: float, c: float) -> None:
    assert disentanglement(importance) == pytest.approx(d, abs=1e-12)
    assert completeness(importance) == pytest.approx(c, abs=1e-12)


@settings(max_examples=30)
@given(matrices, st.randoms(use_true_random=False), st.integers(-3, 3))
def test_order_and_unit_do_not_matter(importance: list[list[float]], random: object, power: int) -> None:
    matrix = np.array(importance)
    rng = np.random.default_rng(abs(power))
    changed = matrix[rng.permutation(len(matrix))][:, rng.permutation(matrix.shape[1])] * 10.0**power
    assert disentanglement(changed) == pytest.approx(disentanglement(matrix), abs=1e-9)
    assert completeness(changed) == pytest.approx(completeness(matrix), abs=1e-9)


@pytest.mark.parametrize("function", [disentanglement, completeness])
def test_matrices_that_cannot_be(function: object) -> None:
    assert callable(function)
    with pytest.raises(ValueError, match=r"importance: no entry may be negative; received -0\.5"):
        function(np.array([[1.0, -0.5]]))
    with pytest.raises(ValueError, match="importance: every value must be finite"):
        function(np.array([[1.0, np.nan]]))
    with pytest.raises(ValueError, match="importance: a non-empty"):
        function(np.ones(3))


def table() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    factors = np.stack([rng.integers(size, size=400) for size in (2, 3, 5)], axis=1)
    return factors @ rng.normal(size=(3, 4)) + 0.3 * rng.normal(size=(400, 4)), factors


def test_fitted_as_the_definition_says() -> None:
    codes, factors = table()
    received = dci(codes, factors, np.random.default_rng(1), training=250, heldout=150, trees=5)
    rows, fresh = split_rows(400, 250, 150, np.random.default_rng(1))
    columns, right = [], []
    for k in range(3):
        classifier = GradientBoostingClassifier(n_estimators=5, random_state=0).fit(codes[rows], factors[rows, k])
        columns.append(classifier.feature_importances_.tolist())
        right.append(
            np.mean([a == b for a, b in zip(classifier.predict(codes[fresh]), factors[fresh, k], strict=True)])
        )
    expected = Dci(
        slow_disentanglement(np.transpose(columns).tolist()), slow_disentanglement(columns), float(np.mean(right))
    )
    assert 0.05 < expected.disentanglement < 0.95
    assert received.disentanglement == pytest.approx(expected.disentanglement, abs=0.01)
    assert received.completeness == pytest.approx(expected.completeness, abs=0.01)
    assert received.informativeness == pytest.approx(expected.informativeness, abs=0.01)


def test_number_of_trees() -> None:
    """More of them learn more; one alone already says which dimension is which factor."""
    codes, factors = table()
    few, many = (dci(codes, factors, np.random.default_rng(1), 250, 150, trees) for trees in (1, 20))
    assert many.informativeness > few.informativeness + 0.05
    one = dci(factors.astype(float), factors, np.random.default_rng(1), 250, 150, trees=1)
    assert (one.disentanglement, one.completeness) == pytest.approx((1, 1), abs=1e-6)


def test_monotone_maps_do_not_matter() -> None:
    """Values on a few levels: no held-out value lies between two that were learnt."""
    codes, factors = table()
    levels = np.round(codes)
    changed = -np.exp(levels / 2)[:, [2, 0, 3, 1]]
    expected = dci(levels, factors, np.random.default_rng(1), 250, 150, trees=5)
    received = dci(changed, factors, np.random.default_rng(1), 250, 150, trees=5)
    assert received.disentanglement == pytest.approx(expected.disentanglement, abs=0.03)
    assert received.completeness == pytest.approx(expected.completeness, abs=0.03)
    assert received.informativeness == pytest.approx(expected.informativeness, abs=0.02)
