"""Explicitness against pairs counted one by one on another solver's optimum, and what it does not depend on."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from study.metrics.explicitness import explicitness
from study.metrics.splits import Score, split_rows

SMALL = {"training": 200, "heldout": 150}


def table(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    factors = np.stack([rng.integers(size, size=400) for size in (2, 3, 6)], axis=1)
    return factors @ rng.normal(size=(3, 4)) + rng.normal(size=(400, 4)), factors


def slow_area(scores: np.ndarray, positive: np.ndarray) -> float:
    """How often one of the class ranks above one of the others; equal scores count half."""
    wins = [(a > b) + (a == b) / 2 for a in scores[positive].tolist() for b in scores[~positive].tolist()]
    return float(np.mean(wins))


def test_against_a_slow_computation() -> None:
    codes, factors = table()
    rows, fresh = split_rows(400, 200, 150, np.random.default_rng(1))
    mean, deviation = codes[rows].mean(axis=0), codes[rows].std(axis=0)
    areas: dict[str, list[float]] = {"training": [], "heldout": []}
    for k in range(3):
        classifier = LogisticRegression(solver="newton-cg", tol=1e-8, max_iter=1000)
        classifier.fit((codes[rows] - mean) / deviation, factors[rows, k])
        for name, part in {"training": rows, "heldout": fresh}.items():
            probability = classifier.predict_proba((codes[part] - mean) / deviation)
            each = [slow_area(probability[:, c], factors[part, k] == c) for c in range(factors[:, k].max() + 1)]
            areas[name].append(float(np.mean(each)))
    received = explicitness(codes, factors, np.random.default_rng(1), **SMALL)
    assert 0.6 < received.heldout < 0.95
    assert received.training == pytest.approx(np.mean(areas["training"]), abs=1e-3)
    assert received.heldout == pytest.approx(np.mean(areas["heldout"]), abs=1e-3)


def test_one_dimension_for_each_class_is_one() -> None:
    _, factors = table()
    codes = np.hstack([factors[:, [k]] == np.unique(factors[:, k]) for k in range(3)]).astype(float)
    assert explicitness(codes, factors, np.random.default_rng(1), **SMALL) == Score(1.0, 1.0)


def test_a_dead_dimension_changes_nothing() -> None:
    codes, factors = table()
    padded = np.column_stack([codes, np.full(400, 0.1)])
    expected = explicitness(codes, factors, np.random.default_rng(1), **SMALL)
    received = explicitness(padded, factors, np.random.default_rng(1), **SMALL)
    assert received.heldout == pytest.approx(expected.heldout, abs=1e-3)
    assert explicitness(padded[:, 4:], factors, np.random.default_rng(1), **SMALL) == Score(0.5, 0.5)


@settings(max_examples=8)
@given(st.permutations(range(4)), st.lists(st.floats(0.01, 100), min_size=4, max_size=4), st.integers(0, 15))
def test_order_sign_scale_offset_and_names_do_not_matter(order: list[int], scales: list[float], signs: int) -> None:
    codes, factors = table()
    flip = np.array([-1 if signs >> bit & 1 else 1 for bit in range(4)])
    renamed = np.array([4, -1, 9, 3, 70, 5])[factors]
    expected = explicitness(codes, factors, np.random.default_rng(1), **SMALL)
    received = explicitness(codes[:, order] * scales * flip + scales, renamed, np.random.default_rng(1), **SMALL)
    assert received.training == pytest.approx(expected.training, abs=1e-3)
    assert received.heldout == pytest.approx(expected.heldout, abs=1e-3)


def test_classes_that_no_heldout_row_has_are_left_out() -> None:
    """Of 6 held-out rows at most 6 of 20 classes have a curve; perfect codes are perfect on these."""
    factors = np.arange(400)[:, None] % 20
    codes = (factors == np.arange(20)).astype(float)
    assert explicitness(codes, factors, np.random.default_rng(1), training=390, heldout=6).heldout == 1
    with pytest.raises(ValueError, match=r"heldout: rows of at least 2 classes are needed; column 0 .* 1 in 1 rows"):
        explicitness(codes, factors, np.random.default_rng(1), training=390, heldout=1)


def test_a_solver_that_does_not_arrive_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings are errors in these tests; its last step is what is scored."""
    codes, factors = table()
    monkeypatch.setattr("sklearn.linear_model.LogisticRegression", partial(LogisticRegression, max_iter=1))
    assert 0.5 < explicitness(codes, factors, np.random.default_rng(1), **SMALL).heldout < 1
    with pytest.warns(ConvergenceWarning):
        LogisticRegression(max_iter=1).fit(codes, factors[:, 2])
