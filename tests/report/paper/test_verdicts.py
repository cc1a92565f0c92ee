"""When a claim agrees, disagrees, is undecided or not measured."""

import numpy as np
import pandas as pd
import pytest

from study.report.paper.claims import Claim
from study.report.paper.verdicts import Verdict, judge

CLAIM = Claim("a", "figure4", "It is more than 1.", "2", "mean", "above", 1.0)
BELOW = Claim("a", "figure4", "It is less than 1.", "0", "mean", "below", 1.0)


def trials(*values: list[float]) -> pd.DataFrame:
    """One configuration for each list, whose seeds measured these values."""
    rows = [
        {"config_id": f"c{index}", "replicate": replicate, "value": value}
        for index, own in enumerate(values)
        for replicate, value in enumerate(own)
    ]
    return pd.DataFrame(rows, columns=["config_id", "replicate", "value"])


def mean(table: pd.DataFrame) -> float:
    return float(table["value"].mean())


def verdict(table: pd.DataFrame, claim: Claim = CLAIM, unfinished: str = "") -> Verdict:
    (found,) = judge([claim], {"a": mean}, table, unfinished, resamples=200)
    return found


@pytest.mark.parametrize(
    ("values", "word", "opposite"),
    [
        ([2.0, 2.1, 1.9], "agrees", "disagrees"),
        ([0.5, 0.6, 0.7], "disagrees", "agrees"),
        ([0.5, 2.0, 2.0], "undecided", "undecided"),
        ([2.0], "agrees", "disagrees"),
        ([1.0], "disagrees", "disagrees"),
    ],
)
def test_below_five_seeds_every_replicate_decides(values: list[float], word: str, opposite: str) -> None:
    found = verdict(trials(values))
    assert (found.word, found.interval, found.singles) == (word, None, tuple(values))
    assert (found.seeds, found.trials) == (len(values), len(values))
    assert verdict(trials(values), BELOW).word == opposite


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([2.0, 2.1, 1.9, 2.0, 2.2], "agrees"),
        ([0.5, 0.6, 0.7, 0.4, 0.5], "disagrees"),
        ([0.5, 0.6, 2.0, 1.9, 1.2], "undecided"),
    ],
)
def test_from_five_seeds_on_the_interval_decides(values: list[float], word: str) -> None:
    found = verdict(trials(values))
    assert found.word == word
    assert found.singles == ()
    assert found.interval is not None
    low, high = found.interval
    assert min(values) <= low < found.value < high <= max(values)


def test_the_configuration_with_the_fewest_seeds_says_how_many_there_are() -> None:
    found = verdict(trials([2.0] * 6, [2.0, 0.0]))
    assert found.seeds == 2
    assert found.interval is None
    # The third and later of the first would be compared with nothing, be it alone or together with the others.
    assert (found.value, found.singles, found.trials) == (1.5, (2.0, 1.0), 4)
    assert found.word == "undecided"


def test_below_five_seeds_all_replicates_together_have_their_say() -> None:
    """The best of all trials may be another configuration than the best of any replicate."""

    def spread(table: pd.DataFrame) -> float:
        return float(table["value"].max() - table["value"].min())

    (found,) = judge([BELOW], {"a": spread}, trials([0.0, 5.0], [0.5, 5.5]))
    assert (found.value, found.singles) == (5.5, (0.5, 0.5))
    assert found.word == "undecided"


def test_what_cannot_be_said_is_not_measured() -> None:
    for table in (trials(), trials([np.nan, np.nan])):
        found = verdict(table)
        assert found.word == "not measured"
        assert np.isnan(found.value)
        assert found.why
    assert verdict(trials([2.0, np.nan])).word == "undecided"


def test_a_measure_may_ask_for_a_column_that_no_trial_has() -> None:
    def missing(table: pd.DataFrame) -> float:
        return float(table["half_side"].mean())

    (found,) = judge([CLAIM], {"a": missing}, trials([2.0, 2.0]))
    assert found.word == "not measured"


def test_infinite_values_decide() -> None:
    assert verdict(trials([np.inf, np.inf])).word == "agrees"
    assert verdict(trials([-np.inf] * 5)).word == "disagrees"


def test_a_grid_that_was_not_run_whole_is_undecided() -> None:
    found = verdict(trials([2.0, 2.0]), unfinished="3 of the 27 configurations have run")
    assert (found.word, found.why) == ("undecided", "3 of the 27 configurations have run")
    assert found.value == 2.0
