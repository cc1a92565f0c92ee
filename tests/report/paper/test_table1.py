"""Table 1: its claims without the sweep."""

import numpy as np
import pandas as pd
import pytest

from study.report.paper.table1 import best_at_intrinsic_dimension, excess_below_intrinsic_dimension
from tests.report.paper.celeba import CASES, measure, published, table1_of
from tests.report.paper.standin import STANDIN_FLOOR, deterministic, gaussian, models, trial


def test_table_1_alone_says_its_own_claims_and_not_the_sweep_s() -> None:
    alone = table1_of(published())
    for claim, value, _, _ in CASES:
        found = measure(claim, alone)
        if claim.startswith(("table1-", "footnote4-")):
            assert found == pytest.approx(value, abs=1e-9)
        else:
            assert np.isnan(found)


def test_best_at_the_intrinsic_dimension() -> None:
    pairs = (4, 2.0), (4, 3.0), (8, 1.0), (8, 2.0), (32, 2.0), (128, 4.0)
    assert best_at_intrinsic_dimension(models(deterministic(*pairs))) == pytest.approx(1.5 / 2.0)
    worse = deterministic((4, 1.0), (8, 2.0), (32, 3.0))
    assert best_at_intrinsic_dimension(models(worse)) == 2.0


def test_reconstruction_below_the_intrinsic_dimension() -> None:
    trials = pd.DataFrame(
        [
            trial("wae-deterministic", 2, 1, above=900),
            trial("wae-deterministic", 4, 1, above=90),
            gaussian(4, 0.0, 1, 4) | {"reconstruction": STANDIN_FLOOR + 110},
            gaussian(4, 1.0, 1, 4) | {"reconstruction": STANDIN_FLOOR + 900},  # regularised: does not count
            trial("wae-deterministic", 8, 1, above=40),
            trial("wae-deterministic", 32, 1, above=20),
        ]
    )
    assert excess_below_intrinsic_dimension(models(trials)) == pytest.approx(100 / 40)
