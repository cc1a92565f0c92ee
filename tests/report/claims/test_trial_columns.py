"""Columns of a table of trials, and their rank correlation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.report.claims.trial_columns import spearman


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=3, max_size=12))
def test_rank_correlation_is_that_of_pandas(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, dtype=float).T
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert np.isnan(spearman(x, y))
    else:
        expected = pd.Series(x).rank().corr(pd.Series(y).rank())
        assert spearman(x, y) == pytest.approx(expected, abs=1e-9)
