"""Times that trials logged: what can be read, what is left out, and the length of their union."""

import json
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from study.records.folder import TrialFolder
from study.report.read.times import LONGEST_GAP, covered, intervals, logged_times

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda pair: (pair[0], sum(pair))), max_size=12)


def test_lines_up_to_the_first_that_cannot_be_read(tmp_path: Path) -> None:
    trial = TrialFolder(tmp_path)
    assert logged_times(trial).shape == (0, 2)
    good = [json.dumps({"step": n, "seconds": 2 * n, "time": 1000 + n}) for n in range(3)]
    trial.metrics.write_text("\n".join([*good, '{"seconds": "x", "time": 3}', good[0], ""]))
    assert logged_times(trial).tolist() == [[0, 1000], [2, 1001], [4, 1002]]
    trial.metrics.write_text("\n".join(['{"seconds": NaN, "time": 3}', *good[:1], ""]))
    assert logged_times(trial).tolist() == [[0, 1000]]


def test_an_interruption_is_no_interval() -> None:
    times = np.array([0.0, 60.0, 60.0 + LONGEST_GAP, 61.5 + 2 * LONGEST_GAP, 70.0 + 2 * LONGEST_GAP])
    assert intervals(times) == [(0.0, 60.0), (60.0, 660.0), (1261.5, 1270.0)]


@given(SPANS)
def test_the_union_has_as_many_seconds_as_lie_in_an_interval(spans: list[tuple[int, int]]) -> None:
    assert covered(spans) == len({second for begin, end in spans for second in range(begin, end)})
