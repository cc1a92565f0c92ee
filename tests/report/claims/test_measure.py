"""Measures: which trials one is about, and means of families at known answers."""

import numpy as np
import pandas as pd
import pytest

from study.report.claims.measure import Measure, families, mean_measure, ratio_measure

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
