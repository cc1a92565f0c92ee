"""Measures: which trials one is about, and means of families at known answers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.report.claims.measure import Measure, families, mean_measure, ratio_measure, spearman

TRIALS = pd.DataFrame({"family": ["vae", "vae", "wae-gan", "beta-vae"], "pace": [1.0, 3.0, 8.0, 100.0]}).assign(
    config_id=list("abcd")
)


def test_means_and_their_ratio_are_over_the_named_families() -> None:
    assert mean_measure("pace", "vae")(TRIALS) == 2
    assert ratio_measure("pace", "wae-gan", "vae")(TRIALS) == 4
    assert np.isnan(mean_measure("pace", "wae-uniform")(TRIALS))
    assert np.isnan(mean_measure("curl", "vae")(TRIALS))


def test_a_measure_sees_the_trials_of_its_sides_alone_and_shares_their_view() -> None:
    measure = Measure(float, families("vae", "beta-vae"), view=len)
    assert measure(TRIALS) == pytest.approx(3)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=3, max_size=12))
def test_rank_correlation_is_that_of_pandas(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, dtype=float).T
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert np.isnan(spearman(x, y))
    else:
        expected = pd.Series(x).rank().corr(pd.Series(y).rank())
        assert spearman(x, y) == pytest.approx(expected, abs=1e-9)
