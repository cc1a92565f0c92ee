"""Outcome: it comes back as it was written, and a damaged one has failed."""

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


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"state": "great"}',
        '{"state": "complete", "metrics": {"fid": "low"}}',
        '{"state": "complete", "metrics": []}',
    ],
)
def test_a_damaged_one_has_failed(tmp_path: Path, content: str) -> None:
    folder = TrialFolder(tmp_path)
    folder.outcome.write_text(content)
    read = Outcome.read(folder)
    assert read is not None
    assert read.state == "failed"
    assert read.reason.startswith(f"{folder.outcome.name} cannot be read: ")
