"""SAP against the optimum of its own convex problem, found by a general minimiser."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from study.metrics.sap import predictability, sap
from study.metrics.splits import split_rows

SMALL = {"training": 600, "heldout": 400}


def table(n: int = 1000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    factors = np.stack([rng.choice(3, size=n, p=[0.6, 0.3, 0.1]), rng.integers(2, size=n), rng.integers(5, size=n)], 1)
    return factors @ rng.normal(size=(3, 3)) + 0.5 * rng.normal(size=(n, 3)), factors


def slow_accuracy(codes: np.ndarray, classes: np.ndarray, fresh: np.ndarray, fresh_classes: np.ndarray) -> float:
    """Squared hinge, slope and intercept both penalised, one class against the rest; two classes share one line."""
    names = sorted(set(classes.tolist()))
    balanced = {name: len(classes) / len(names) / (classes == name).sum() for name in names}
    heights = []
    for name in names[1:] if len(names) == 2 else names:
        sign = np.where(classes == name, 1.0, -1.0)
        others = balanced[names[0]] if len(names) == 2 else 1.0  # of more than two, only the named class is weighed
        weight = np.where(classes == name, balanced[name], others)

        def loss(line: np.ndarray, sign: np.ndarray = sign, weight: np.ndarray = weight) -> float:
            lack = np.maximum(0, 1 - sign * (line[0] * codes + line[1]))
            return float(line @ line / 2 + 0.01 * 10_000 / 600 * (weight * lack**2).sum())

        slope, intercept = minimize(loss, np.zeros(2), method="BFGS", options={"gtol": 1e-6}).x
        heights.append(slope * fresh + intercept)
    best = (heights[0] > 0).astype(int) if len(names) == 2 else np.argmax(heights, axis=0)
    return float((np.array(names)[best] == fresh_classes).mean())


def test_against_a_slow_computation() -> None:
    codes, factors = table()
    rows, fresh = split_rows(1000, 600, 400, np.random.default_rng(1))
    slow = np.array(
        [
            [slow_accuracy(codes[rows, i], factors[rows, k], codes[fresh, i], factors[fresh, k]) for k in range(3)]
            for i in range(3)
        ]
    )
    fast = predictability(codes[rows], factors[rows], codes[fresh], factors[fresh], c=0.01 * 10_000 / 600)
    assert fast == pytest.approx(slow, abs=0.0026)  # one row of 400 on the other side of a line
    gaps = [sorted(column)[-1] - sorted(column)[-2] for column in slow.T]
    assert sap(codes, factors, np.random.default_rng(1), **SMALL) == pytest.approx(np.mean(gaps), abs=0.0026)
    assert np.mean(gaps) > 0.02


@settings(max_examples=8)
@given(st.permutations(range(3)), st.integers(0, 7), st.integers(0, 3))
def test_order_and_sign_do_not_matter(order: list[int], signs: int, seed: int) -> None:
    codes, factors = table(seed=seed)
    flip = np.array([-1 if signs >> bit & 1 else 1 for bit in range(3)])
    expected = sap(codes, factors, np.random.default_rng(2), **SMALL)
    assert 0 <= expected <= 1
    assert sap(codes[:, order] * flip, factors, np.random.default_rng(2), **SMALL) == pytest.approx(expected, abs=0.003)


def test_names_of_classes_do_not_matter() -> None:
    codes, factors = table()
    renamed = np.array([-3, 40, 7, 8, 1])[factors]
    expected = sap(codes, factors, np.random.default_rng(2), **SMALL)
    assert sap(codes, renamed, np.random.default_rng(2), **SMALL) == pytest.approx(expected, abs=0.003)


def test_the_penalty_sees_scale_and_offset() -> None:
    _, factors = table()
    codes = factors - factors.mean(axis=0)
    as_it_is = sap(codes, factors, np.random.default_rng(2), **SMALL)
    assert as_it_is - sap(codes * 1e-3, factors, np.random.default_rng(2), **SMALL) > 0.1
    assert as_it_is - sap(codes + 100, factors, np.random.default_rng(2), **SMALL) > 0.1


def test_fewer_rows_solve_the_same_problem() -> None:
    """Half of the rows, each counting twice, are the rows twice."""
    codes, factors = table()
    once = predictability(codes[:500], factors[:500], codes[500:], factors[500:], c=0.02)
    twice = predictability(np.tile(codes[:500], (2, 1)), np.tile(factors[:500], (2, 1)), codes[500:], factors[500:])
    assert once == pytest.approx(twice, abs=0.0041)  # two rows of 500
    sizes = [sap(*table(n=9000), np.random.default_rng(0), training=n, heldout=4000) for n in (500, 5000)]
    assert sizes[0] == pytest.approx(sizes[1], abs=0.03)


def test_one_dimension_has_no_second_best() -> None:
    """Whatever it holds: a constant, noise or a factor. Its accuracy is no gap."""
    codes, factors = table()
    for one in (np.ones((1000, 1)), codes[:, [0]], factors[:, [0]].astype(float)):
        assert sap(one, factors, np.random.default_rng(0), **SMALL) == 0
    assert sap(np.ones((1000, 2)), factors, np.random.default_rng(0), **SMALL) == 0
    with pytest.raises(ValueError, match="finite"):
        sap(np.full((1000, 1), np.nan), factors, np.random.default_rng(0), **SMALL)


def test_a_solver_that_does_not_arrive_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings are errors in these tests; its last step is what is scored."""
    codes, factors = table()
    monkeypatch.setattr("sklearn.svm.LinearSVC", partial(LinearSVC, max_iter=1))
    assert 0 <= sap(codes, factors, np.random.default_rng(0), **SMALL) <= 1
    with pytest.warns(ConvergenceWarning):
        LinearSVC(max_iter=1, dual=False).fit(codes, factors[:, 0])
