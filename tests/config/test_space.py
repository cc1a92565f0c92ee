"""What is derived from a space's objectives, at known answers."""

import numpy as np
import pandas as pd

from study.config.space import Objective, minimised

OBJECTIVES = (Objective(name="reconstruction", direction="minimize"), Objective(name="mig", direction="maximize"))


def test_values_are_turned_so_that_less_is_better() -> None:
    assert minimised({"mig": 0.5, "reconstruction": 100.0}, OBJECTIVES).tolist() == [100.0, -0.5]
    assert minimised({"validation_mig": 1, "validation_reconstruction": 2}, OBJECTIVES, "validation_").tolist() == [
        2,
        -1,
    ]


def test_of_a_table_a_row_stays_a_row() -> None:
    table = pd.DataFrame({"trial": [0, 1], "mig": [0.5, np.nan], "reconstruction": [100.0, 90.0]})
    np.testing.assert_array_equal(minimised(table, OBJECTIVES), [[100.0, -0.5], [90.0, np.nan]])
    assert minimised(table[:0], OBJECTIVES).shape == (0, 2)
