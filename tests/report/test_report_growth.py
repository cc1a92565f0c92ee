"""What the report of a large study reads and shows: of curves a sample, of reasons the commonest; and it says so."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from study.records.folder import StudyFolder, TrialFolder
from study.report.analysis import analysis as analysis_module
from study.report.analysis.analysis import Analysis, analyse
from study.report.analysis.axes import Range
from study.report.drawing.style import LOOKS
from study.report.page import render
from study.report.read import curves
from study.report.read import studies as reader
from study.report.read.album import Album
from study.report.read.studies import load_studies
from study.report.sections import failures, objectives
from study.report.sections.curves import curves_figure
from study.report.sections.objectives_figure import objectives_figure
from study.report.sections.section import Contents
from study.report.text import format
from study.system.files import write_json

Make = Callable[..., StudyFolder]


@pytest.fixture
def few_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if up to six curves of the front were read, and six beside it."""
    monkeypatch.setattr(curves, "CURVES", 6)
    monkeypatch.setattr("study.report.sections.curves.CURVES", 6)


def analysis_of(study: StudyFolder) -> Analysis:
    return analyse(load_studies([study.path]))


def page_of(analysis: Analysis) -> str:
    figure = {look.name: b"" for look in LOOKS}
    album = Album(analysis.studies[0].folder.report)
    return render(Contents(analysis, album, images={"curves": figure}))


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


@pytest.mark.usefixtures("few_curves")
def test_the_page_says_that_curves_are_left_out(make: Make) -> None:
    analysis = analysis_of(make("large", trials=30, pictures=False))
    front = len(analysis.front)
    text = page_of(analysis)
    assert (
        f"Of 30 trials, {format.sampled(front, 6)} on the front and 6 of {30 - front} (chosen at random) beside" in text
    )
    assert f"Untrained, {len(shown(analysis))} of the 30 models have a median" in text
    assert isinstance(curves_figure(analysis, LOOKS[0]), Figure)


def test_of_a_small_study_all_curves_are_read(study: StudyFolder) -> None:
    analysis = analysis_of(study)
    assert shown(analysis) == set(range(12))
    assert "chosen at random" not in page_of(analysis)
    assert format.sampled(400, 400) == "all 400"


def test_the_commonest_reasons_are_shown(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = {number: ("infeasible", "the loss is not finite" + "!" * number) for number in range(9)}
    lost |= dict.fromkeys(range(9, 12), ("failed", "no space left"))
    analysis = analysis_of(make("lost", trials=24, lost=lost, pictures=False))
    everything = failures.failures(analysis)
    assert len(everything) == 10
    monkeypatch.setattr(failures, "MOST_REASONS", 4)
    rows = failures.failures(analysis)
    assert rows[:4] == everything[:4]
    assert (rows[0].state, rows[0].reason, rows[0].trials) == ("failed", "no space left", 3)
    assert rows[4:] == [failures.Failure("others", "6 more reasons: see records.csv", 6, "", "")]


def test_mlflow_is_looked_up_once_for_the_whole_study(study: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    (loaded,) = load_studies([study.path])
    assert loaded.tracking_uris() == ["sqlite:///runs/mlflow.db"]
    write_json(study.mlflow, {"study_id": "1", "tracking_uri": "sqlite:///elsewhere.db"})
    read: list[Path] = []
    real = reader.read_json
    monkeypatch.setattr(reader, "read_json", lambda path: (read.append(path), real(path))[1])
    assert loaded.tracking_uris() == ["sqlite:///elsewhere.db"]
    assert read == [study.mlflow]


def test_every_point_of_a_large_study_is_drawn_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = analysis_of(make("large", trials=30, pictures=False))
    plain = drawn(analysis)
    assert len(plain) == 30
    monkeypatch.setattr(objectives, "VERY_MANY", 20)
    monkeypatch.setattr(objectives, "TURNS", 4)
    assert drawn(analysis) == plain


def drawn(analysis: Analysis) -> list[tuple[float, float]]:
    """The points of the scatter plot: of all collections but the last, which has the rings."""
    figure = objectives_figure(analysis, LOOKS[0])
    assert figure is not None
    *points, _ = figure.axes[0].collections
    return sorted((float(x), float(y)) for some in points for x, y in np.asarray(some.get_offsets()))


def test_marks_at_the_edge_point_to_what_lies_beyond() -> None:
    ax = Figure().add_subplot()
    points = np.array([[2.0, 0.5], [-1, 0.5], [0.5, 2], [0.5, -1], [3, 3], [5, 0.2]])
    objectives._edge_marks(ax, points, Range(0, 1), Range(0, 1), "red")
    found = {str(line.get_marker()): np.column_stack(line.get_data()).tolist() for line in ax.lines}
    assert found == {">": [[1, 0.5], [1, 1], [1, 0.2]], "<": [[0, 0.5]], "^": [[0.5, 1]], "v": [[0.5, 0]]}


@pytest.mark.parametrize(("counts", "unequal"), [([100, 101], False), ([100, 102], True), ([4, 3], True), ([4], False)])
def test_a_hundredth_more_is_no_unequal_effort(counts: list[int], unequal: bool) -> None:
    assert analysis_module._unequal(counts) is unequal
