"""Columns of a table of trials: kept for one table, and their rank correlation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.report.paper.columns import per_table, spearman


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=3, max_size=12))
def test_rank_correlation_is_that_of_pandas(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, dtype=float).T
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert np.isnan(spearman(x, y))
    else:
        expected = pd.Series(x).rank().corr(pd.Series(y).rank())
        assert spearman(x, y) == pytest.approx(expected, abs=1e-9)


def test_results_are_remembered_for_one_table_only() -> None:
    calls = []

    @per_table
    def count(trials: pd.DataFrame, factor: int) -> int:
        calls.append(factor)
        return factor * len(trials)

    one, other = pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1, 2]})
    assert [count(one, 2), count(one, 2), count(one, 3), count(other, 2), count(one, 2)] == [2, 2, 3, 4, 2]
    assert calls == [2, 3, 2, 2]
