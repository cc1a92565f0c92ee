"""MIG against a slow computation."""

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from study.metrics.mig import mig
from study.metrics.modularity import modularity
from tests.metrics.tables import grid, random_table, slow_information


def test_mig_against_a_slow_computation() -> None:
    codes, factors = random_table(3)
    gaps = []
    for k, column in enumerate(slow_information(codes, factors, 20).T):
        best, second = sorted(column, reverse=True)[:2]
        gaps.append((best - second) / mutual_info_score(factors[:, k], factors[:, k]))
    assert 0.02 < mig(codes, factors) < 0.5
    assert mig(codes, factors) == pytest.approx(sum(gaps) / 3)


def test_one_dimension_has_no_second_best() -> None:
    factors = grid()
    assert mig(factors[:, [0]].astype(float), factors) == 0
    with pytest.raises(ValueError, match="finite"):
        mig(np.full((len(factors), 1), np.nan), factors)
    assert modularity(factors[:, [0]].astype(float), factors) == 1
