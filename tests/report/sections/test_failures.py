"""Trials without a result, by reason."""

import pytest

from study.records.folder import StudyFolder
from study.report.sections.failures import Failure, failures
from tests.report.made import Make, analysis_of


def test_lost_trials_by_reason(study: StudyFolder) -> None:
    assert failures(analysis_of(study)) == [
        Failure("failed", "OSError: no space left on device", 1, "1 wae-gaussian", "trial 7"),
        Failure("infeasible", "the loss is not finite at step 1,204", 1, "1 wae-gaussian", "trial 4"),
    ]


def test_reasons_that_differ_in_numbers_only_are_one(make: Make) -> None:
    lost = {number: ("infeasible", f"the loss is not finite at step 1,{number}04") for number in (1, 4, 5)}
    assert failures(analysis_of(make("diverged", lost=lost, pictures=False))) == [
        Failure(
            "infeasible",
            "the loss is not finite at step 1,104 (and 2 with other numbers)",
            3,
            "2 wae-gaussian and 1 wae-uniform",
            "trials 1, 4, 5",
        )
    ]


def test_the_commonest_reasons_are_shown(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = {number: ("infeasible", "the loss is not finite" + "!" * number) for number in range(9)}
    lost |= dict.fromkeys(range(9, 12), ("failed", "no space left"))
    analysis = analysis_of(make("lost", trials=24, lost=lost, pictures=False))
    everything = failures(analysis)
    assert len(everything) == 10
    monkeypatch.setattr("study.report.sections.failures.MOST_REASONS", 4)
    rows = failures(analysis)
    assert rows[:4] == everything[:4]
    assert (rows[0].state, rows[0].reason, rows[0].trials) == ("failed", "no space left", 3)
    assert rows[4:] == [Failure("others", "6 more reasons: see records.csv", 6, "", "")]
