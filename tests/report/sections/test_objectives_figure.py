"""The figure of the objectives: every trial once, the floor, and what lies beyond the axes."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from study.report.analysis.analysis import Analysis
from study.report.analysis.axes import Range
from study.report.drawing.style import LOOKS, Look
from study.report.sections import objectives_figure as module
from study.report.sections.objectives_figure import draw_objectives, objectives_figure
from tests.report.made import Make, analysis_of, edited


def test_the_floor_is_a_line_where_the_axis_reaches_it(make: Make) -> None:
    study = make("squares", space="fading_squares", trials=9)

    def heights(floor: float) -> tuple[list[float], float, list[str]]:
        edited(study, lambda records: records.assign(reconstruction_floor=floor))
        figure = objectives_figure(analysis_of(study), Look())
        assert figure is not None
        ax = figure.axes[0]
        lines = [np.asarray(line.get_ydata(), dtype=float) for line in ax.lines]
        flat = [float(y[0]) for y in lines if len(y) == 2 and y[0] == y[1]]
        return flat, ax.get_ylim()[0], [text.get_text() for text in ax.texts]

    flat, low, texts = heights(18.3)
    assert 18.3 in flat
    assert low < 18.3
    assert "floor 18.3" in texts
    flat, low, texts = heights(-500.0)
    assert -500.0 not in flat
    assert low > 0
    assert not any(text.startswith("floor") for text in texts)


def test_every_point_of_a_large_study_is_drawn_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = analysis_of(make("large", trials=30, pictures=False))
    plain = drawn(analysis)
    assert len(plain) == 30
    monkeypatch.setattr(module, "VERY_MANY", 20)
    monkeypatch.setattr(module, "TURNS", 4)
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
    module._edge_marks(ax, points, Range(0, 1), Range(0, 1), "red")
    found = {str(line.get_marker()): np.column_stack(line.get_data()).tolist() for line in ax.lines}
    assert found == {">": [[1, 0.5], [1, 1], [1, 0.2]], "<": [[0, 0.5]], "^": [[0.5, 1]], "v": [[0.5, 0]]}


@pytest.mark.parametrize("objectives", [{"reconstruction": "minimize"}, None])
def test_a_panel_of_ones_own_has_the_same_points(make: Make, objectives: dict[str, str] | None) -> None:
    def edit(space: dict[str, Any]) -> dict[str, Any]:
        return space if objectives is None else space | {"objectives": objectives, "reference": {}}

    analysis = analysis_of(make("demo", trials=6, pictures=False, edit=edit))
    figure = objectives_figure(analysis, Look())
    assert figure is not None
    own = Figure().add_subplot()
    draw_objectives(own, analysis, Look())
    assert own.get_xlim() == figure.axes[0].get_xlim()
    assert own.get_xlabel() == figure.axes[0].get_xlabel()
    for mine, theirs in zip(own.collections, figure.axes[0].collections, strict=True):
        np.testing.assert_array_equal(mine.get_offsets(), theirs.get_offsets())
