"""Studies as a report reads them: each once, told apart, of the same objectives."""

from pathlib import Path

import pytest

from study.records.folder import StudyFolder
from study.report.read import studies as reader
from study.report.read.studies import load_studies
from study.system.errors import InputError
from study.system.files import write_json
from tests.report.made import Make


def test_the_same_folder_twice_is_one_study(study: StudyFolder) -> None:
    assert len(load_studies([study.path, study.path / "." / "figures" / ".."])) == 1


def test_studies_of_one_name_are_told_apart_by_folder(make: Make) -> None:
    first, second = make("a/same"), make("b/same")
    assert [s.label for s in load_studies([first.path, second.path])] == [str(first.path), str(second.path)]


def test_studies_without_common_objectives_are_refused(study: StudyFolder, make: Make, tmp_path: Path) -> None:
    squares = make("squares", space="fading_squares", trials=3)
    with pytest.raises(InputError, match=r"share dataset and objectives; received mean_pixel_deviation \(minimize\)"):
        load_studies([study.path, squares.path])
    with pytest.raises(InputError, match="no study there"):
        load_studies([tmp_path / "nothing"])
    with pytest.raises(InputError, match="received none"):
        load_studies([])


def test_mlflow_is_looked_up_once_for_the_whole_study(study: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    (loaded,) = load_studies([study.path])
    assert loaded.tracking_uris() == ["sqlite:///runs/mlflow.db"]
    write_json(study.mlflow, {"study_id": "1", "tracking_uri": "sqlite:///elsewhere.db"})
    read: list[Path] = []
    real = reader.read_note
    monkeypatch.setattr(reader, "read_note", lambda path: (read.append(path), real(path))[1])
    assert loaded.tracking_uris() == ["sqlite:///elsewhere.db"]
    assert read == [study.mlflow]
