"""Curves of codes: the curl over batch sizes, and footnote 3."""

import numpy as np
import pytest

from study.report.paper import ROWS
from tests.report.paper.fading import Made, measured


def test_the_slope_of_the_curl_is_that_of_least_squares(made: Made) -> None:
    evidence = made("figure2_batch_size", ("wae-deterministic",), (25, 100, 400))
    trials = evidence.trials.assign(
        curl=3 + 0.5 * np.log2(evidence.trials["batch_size"]) + 0.1 * evidence.trials["replicate"]
    )
    assert ROWS["figure2_batch_size"].measures["figure2-batch-size"](trials) == pytest.approx(0.5)
    assert measured(evidence, "figure2_batch_size")["figure2-batch-size"] > 0
    one_size = trials[trials["batch_size"] == 25]
    assert np.isnan(ROWS["figure2_batch_size"].measures["figure2-batch-size"](one_size))


def test_footnote_3_in_numbers(made: Made) -> None:
    found = measured(made("footnote3", ("wae-deterministic", "wae-gan")), "footnote3")
    assert found == pytest.approx({"footnote3-keeps-moving": 10}, rel=0.05)
