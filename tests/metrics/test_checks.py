"""Splitting a table, and what all disentanglement metrics say of arrays that they cannot use."""

from collections.abc import Callable

import numpy as np
import pytest

from study.metrics.dci import Dci, dci
from study.metrics.explicitness import explicitness
from study.metrics.factor_vae_score import factor_vae_score
from study.metrics.mig import mig
from study.metrics.modularity import modularity
from study.metrics.sap import sap
from study.metrics.splits import Score

SPLIT = {"training": 30, "heldout": 10}
TRAINED: dict[str, Callable[[np.ndarray, np.ndarray], object]] = {
    "sap": lambda codes, factors: sap(codes, factors, np.random.default_rng(0), **SPLIT),
    "dci": lambda codes, factors: dci(codes, factors, np.random.default_rng(0), **SPLIT, trees=2),
    "explicitness": lambda codes, factors: explicitness(codes, factors, np.random.default_rng(0), **SPLIT),
}
ALL: dict[str, Callable[[np.ndarray, np.ndarray], object]] = {
    "mig": mig,
    "modularity": modularity,
    "factor_vae": lambda codes, factors: factor_vae_score(codes, factors, np.random.default_rng(0), 8, **SPLIT),
    **TRAINED,
}


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize(
    ("codes", "factors", "message"),
    [
        (np.zeros((0, 3)), np.zeros((0, 2), int), r"codes: a non-empty .* shape \(0, 3\)"),
        (np.full((50, 3), np.nan), np.zeros((50, 2), int), "codes: every value must be finite; 50 of 50 rows"),
        (np.zeros((50, 3)), np.zeros((40, 2), int), r"factors: one row for each .* shape \(40, 2\)"),
        (np.zeros((50, 3)), np.zeros((50, 0), int), r"factors: one row for each .* shape \(50, 0\)"),
        (np.zeros((50, 3)), np.zeros((50, 2)), "factors: classes are whole numbers; received float64"),
        (
            np.zeros((50, 3)),
            np.stack([np.arange(50) % 2, np.full(50, 7)], axis=1),
            "factors: every factor needs at least 2 classes .* column 1 has 1 in 50 rows",
        ),
        (
            np.zeros((50, 3)),
            np.stack([np.arange(50), np.arange(50) % 2], axis=1),
            "more rows than classes; column 0 has 50 in 50 rows",
        ),
    ],
)
def test_arrays_that_no_metric_can_use(metric: str, codes: np.ndarray, factors: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ALL[metric](codes, factors)


@pytest.mark.parametrize("metric", TRAINED)
def test_two_classes_must_be_seen_to_be_learnt(metric: str) -> None:
    held_out = np.random.default_rng(0).permutation(50)[35]
    factors = np.stack([np.arange(50) % 2, np.arange(50) == held_out], axis=1).astype(int)
    message = "at least 2 classes are needed; the 30 training rows hold 1 of the 2 classes in column 1 of factors"
    with pytest.raises(ValueError, match=message):
        TRAINED[metric](np.zeros((50, 2)), factors)


@pytest.mark.parametrize("metric", TRAINED)
def test_a_class_that_is_not_seen_is_not_learnt(metric: str) -> None:
    """Of 15 classes five have one row each, and not all of these are among the 30 that are trained on."""
    factors = np.stack(
        [np.arange(50) % 2, np.where(np.arange(50) < 45, np.arange(50) % 10, np.arange(50) - 35)], axis=1
    )
    result = TRAINED[metric](factors.astype(float), factors)
    if isinstance(result, Dci):
        assert 0.5 <= result.informativeness < 1
    elif isinstance(result, Score):
        assert 0.5 < result.heldout <= 1
    else:
        assert isinstance(result, float)
        assert 0 <= result < 1


@pytest.mark.parametrize("metric", TRAINED)
def test_a_table_must_be_large_enough_to_split(metric: str) -> None:
    factors = np.stack([np.arange(39) % 2, np.arange(39) % 3], axis=1)
    with pytest.raises(ValueError, match="at least 40; received 39"):
        TRAINED[metric](np.zeros((39, 2)), factors)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_dimension_and_dead_ones_are_no_error(metric: str, dtype: type) -> None:
    """And neither is what a class is called, nor that the input may not be written to."""
    factors = np.stack([np.arange(60) % 2 * 9 - 5, np.arange(60) % 3], axis=1)
    codes = np.random.default_rng(1).normal(size=(60, 1)).astype(dtype)
    padded = np.hstack([codes, np.full((60, 2), 0.1, dtype)])
    for array in (factors, codes, padded):
        array.flags.writeable = False
    ALL[metric](codes, factors)
    ALL[metric](padded, factors)


@pytest.mark.parametrize("metric", ["factor_vae", *TRAINED])
def test_same_generator_same_value(metric: str) -> None:
    factors = np.stack([np.arange(60) % 2, np.arange(60) % 3], axis=1)
    codes = np.random.default_rng(1).normal(size=(60, 3)) + factors[:, [0, 1, 1]]
    assert ALL[metric](codes, factors) == ALL[metric](codes, factors)
