"""What the report of a large study reads and shows: of curves a sample, of reasons the commonest; and it says so."""

import json

import pytest

from study.records.folder import StudyFolder, TrialFolder
from study.report.analysis.analysis import Analysis, analyse
from study.report.read.studies import load_studies
from study.report.text import format
from tests.report.made import Make, analysis_of
from tests.report.read_page import rendered


def shown(analysis: Analysis) -> set[int]:
    return set(analysis.curves["trial"].astype(int))


@pytest.mark.usefixtures("few_curves")
def test_curves_are_read_of_a_sample_only(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    study = make("large", trials=50, pictures=False)
    opened: list[int] = []
    parsed: list[str] = []
    real, loads = TrialFolder.read_metrics, json.loads

    def counting(trial: TrialFolder, having: str = "") -> object:
        opened.append(int(trial.path.name))
        return real(trial, having)

    monkeypatch.setattr(TrialFolder, "read_metrics", counting)
    studies = load_studies([study.path])
    monkeypatch.setattr(json, "loads", lambda text: (parsed.append(text), loads(text))[1])
    analysis = analyse(studies)
    front = set(analysis.front["trial"])
    assert len(opened) == min(len(front), 6) + 6
    assert len(parsed) == 8 * len(opened)  # of the 24 lines of each, those with validation metrics
    assert shown(analysis) == set(opened)
    assert len(shown(analysis) & front) == min(len(front), 6)
    assert shown(analysis_of(study)) == shown(analysis)


def test_of_a_small_study_all_curves_are_read(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    assert shown(analysis) == set(range(12))
    assert "chosen at random" not in rendered(analysis)
    assert format.sampled(400, 400) == "all 400"
