"""From models to settings: against a slow computation, and at known answers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study.report.paper.aggregation import all_seeds, kept
from study.report.paper.scores import own
from study.report.published.rules import best_half
from tests.report.paper.conftest import models_table


@pytest.mark.parametrize("seed", range(4))
def test_the_kept_half_is_that_of_a_slow_computation(seed: int) -> None:
    trials = models_table(seed)
    found = kept(own(trials), 5)
    assert list(found.strength) == [1.0, 2.0, 3.0]  # by strength, in whatever order the trials stand
    for place, strength in enumerate(found.strength):
        pairs = sorted(
            (
                (row[f"disentanglement_adagrad_run{run}"], row["reconstruction"])
                for _, row in trials[trials["lambda_1"] == strength].iterrows()
                for run in (1, 2, 3)
            ),
            reverse=True,
        )
        pairs = pairs[: math.ceil(len(pairs) / 2)]
        assert found.score[place] == pytest.approx(sum(score for score, _ in pairs) / len(pairs))
        assert found.reconstruction[place] == pytest.approx(sum(cost for _, cost in pairs) / len(pairs))
        assert found.score_deviation[place] == pytest.approx(np.std([score for score, _ in pairs]))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1)), max_size=30))
def test_half_of_every_group_is_kept_rounded_up_and_it_is_the_better_half(entries: list[tuple[int, float]]) -> None:
    groups = np.array([group for group, _ in entries], dtype=int)
    scores = np.array([score for _, score in entries])
    chosen = best_half(scores, groups)
    for group in set(groups.tolist()):
        mine = np.flatnonzero(groups == group)
        taken = [index for index in chosen if groups[index] == group]
        assert len(taken) == math.ceil(len(mine) / 2)
        left = [scores[index] for index in mine if index not in taken]
        assert not left or max(left) <= min(scores[index] for index in taken)


def test_scores_that_are_not_there_are_not_counted() -> None:
    chosen = best_half(np.array([0.5, np.nan, 0.7, 0.6]), np.array([0, 0, 0, 1]))
    assert sorted(chosen.tolist()) == [2, 3]
    trials = models_table(0).drop(columns=["disentanglement_adagrad_run2"])
    assert len(all_seeds(own(trials), 5)) == 0
    assert len(kept(own(trials.assign(reconstruction=np.nan)), 5)) == 0
