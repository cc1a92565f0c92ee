"""Arrays of a trial that cannot be read cost it its columns, never the report."""

import numpy as np
import pytest

from study.report.paper.evidence import read_arrays
from tests.report.made import Make
from tests.report.paper.conftest import gathered


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 cut", b"no archive", "no such array", "pickled", "npy"])
def test_arrays_that_cannot_be_read_cost_their_trial_its_columns(figure4: Make, content: bytes | str | None) -> None:
    study = figure4(seeds=1)
    path = study.trial(2).arrays
    if content is None:
        path.unlink()
    elif content == "no such array":
        np.savez(path, other=np.zeros(3))
    elif content == "pickled":
        np.savez(path, code_variance=np.array([{}], dtype=object))
    elif content == "npy":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    else:
        assert isinstance(content, bytes)
        path.write_bytes(content)
    evidence, notes = gathered(study)
    assert notes == ("No arrays of trial 2: arrays.npz is not there, or cannot be read.",)
    assert evidence.trials["used"].isna().tolist() == [number == 2 for number in range(27)]
    if content != "no such array":
        assert dict(evidence.arrays("paper-figure4", 2)) == {}


def test_a_cut_archive_is_no_archive(figure4: Make) -> None:
    path = figure4(seeds=1).trial(0).arrays
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert dict(read_arrays(path)) == {}
