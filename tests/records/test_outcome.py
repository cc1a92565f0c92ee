"""Outcome: it comes back as it was written, and a damaged one has failed."""

import json
from pathlib import Path

import pytest

from study.records.folder import TrialFolder
from study.records.outcome import Outcome

WHOLE = Outcome("complete", metrics={"reconstruction": 1.5}, seconds={"train": 2.0}, provenance={"data": "made"})


def test_it_comes_back_as_it_was_written(tmp_path: Path) -> None:
    folder = TrialFolder(tmp_path)
    assert Outcome.read(folder) is None
    assert WHOLE.write(folder) is WHOLE
    assert Outcome.read(folder) == WHOLE
    assert Outcome.from_attributes({**WHOLE.attributes(), "of a later version": 1}) == WHOLE


OUTCOMES = {
    "cut": b'{"state": "comp',
    "empty": b"",
    "of bytes": b"\x80\x04\x00",
    "a list": b"[1]",
    "deep": b"[" * 100_000,
    "another state": b'{"state": "done"}',
    "a number as reason": b'{"state": "failed", "reason": 7}',
    "words as values": b'{"state": "complete", "metrics": {"reconstruction": "low"}}',
    "a list of metrics": b'{"state": "complete", "metrics": [1]}',
    "values of the provenance": b'{"state": "failed", "provenance": {"device": 1}}',
}


@pytest.mark.parametrize("content", OUTCOMES.values(), ids=list(OUTCOMES))
def test_a_damaged_outcome_is_a_failed_trial_with_that_reason(tmp_path: Path, content: bytes) -> None:
    folder = TrialFolder(tmp_path)
    folder.outcome.write_bytes(content)
    outcome = Outcome.read(folder)
    assert outcome is not None
    assert outcome.state == "failed"
    assert outcome.reason.startswith("outcome.json cannot be read: ")
    assert not outcome.metrics
    json.dumps(outcome.attributes())
