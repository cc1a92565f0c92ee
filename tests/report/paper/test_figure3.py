"""Figure 3: the sweep of both penalties, measured on made-up tables."""

import numpy as np
import pytest

from study.report.paper.figure3 import columns
from tests.report.paper.celeba import CASES, DETERMINISTIC, RAND, measure, published, where


def test_the_sweep_alone_says_nothing_of_deterministic_encoders() -> None:
    whole = published()
    alone = whole[~whole.index.isin(whole[where(whole, **DETERMINISTIC) | where(whole, **RAND)].index)]
    for claim, value, _, _ in CASES:
        found = measure(claim, alone.reset_index(drop=True))
        if claim in ("figure3-too-much", "figure3-l1-better-than-l2"):
            assert found == pytest.approx(value, abs=1e-9)
        else:
            assert np.isnan(found)


def test_columns_are_the_share_of_dimensions_that_have_collapsed_for_every_image() -> None:
    quantiles = np.full((5, 4), -30, dtype=np.float32)
    quantiles[4] = [-20, -10.5, -9.5, 0]
    assert columns({"log_spread_quantiles": quantiles})["collapsed_share"] == 0.5
    assert columns({"code_variance": np.ones(4)}) == {}
