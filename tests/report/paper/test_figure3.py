"""Figure 3: its claims without Table 1, and its columns."""

import numpy as np
import pandas as pd
import pytest

from study.report.paper import ROWS
from tests.report.paper.celeba import CASES, DETERMINISTIC, RAND, measure, published, where
from tests.report.paper.standin import MEASURES, deterministic, gaussian


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
    columns = ROWS["figure3"].columns
    assert columns is not None
    assert columns({"log_spread_quantiles": quantiles})["collapsed_share"] == 0.5
    assert columns({"code_variance": np.ones(4)}) == {}


def test_active_dimensions_of_a_trial() -> None:
    """The median over images decides; the quantiles are least, quartiles, largest."""
    medians = np.array([-12.0, -4.0, -1.01, -0.99, 0.0, 0.1])
    quantiles = np.stack([medians - 5, medians - 1, medians, medians + 1, medians + 5])
    columns = ROWS["figure3"].columns
    assert columns is not None
    assert columns({"log_spread_quantiles": quantiles, "code_variance": np.ones(6)})["active_dimensions"] == 3.0
    assert columns({"code_variance": np.ones(6)}) == {}


def test_active_dimensions_at_the_best_penalty_of_the_largest_latent_space() -> None:
    trials = pd.DataFrame(
        [
            *deterministic((8, 0.1), (128, 2.0)),
            gaussian(128, 0.0, 0.2, 128),  # no penalty: not asked about
            gaussian(128, 0.1, 1.0, 30),
            gaussian(128, 0.3, 0.5, 9),
            gaussian(128, 0.3, 0.7, 12),
            gaussian(128, 1.0, 0.9, 5),
            gaussian(4, 0.3, 0.1, 4),
            gaussian(128, 0.0, 0.05, 99, lambda_2=0.1),
        ]
    )
    assert MEASURES[2](trials) == pytest.approx(abs((9 + 12) / 2 - 8))
