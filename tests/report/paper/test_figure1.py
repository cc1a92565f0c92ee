"""Figure 1 in numbers, and as drawn."""

import pytest

from study.report.drawing.style import Look
from study.report.paper import ROWS
from tests.report.paper.fading import Made, measured


def test_figure_1_in_numbers(made: Made) -> None:
    found = measured(made("figure1", ("wae-deterministic", "wae-uniform")), "figure1")
    assert found["figure1-random-monotone"] == pytest.approx(1)
    assert found["figure1-random-noise"] == pytest.approx(0.02)
    assert found["figure1-random-narrow"] == pytest.approx(0.001)
    assert found["figure1-decoder"] == pytest.approx(1, abs=1e-6)
    assert found["figure1-deterministic-curls"] > 1.3
    assert found["figure1-few-points"] == 1  # a quarter of a turn is plain at 100 points, too
    assert found["figure1-mismatch-at-many"] > 10


def test_figure_1_shows_the_first_seed_that_left_arrays_and_the_paper_s_box_turned_as_ours(made: Made) -> None:
    figure = ROWS["figure1"].draw(made("figure1", ("wae-deterministic", "wae-uniform")), Look())
    assert figure is not None
    boxes = [patch.get_bbox() for ax in figure.axes for patch in ax.patches]
    assert [(box.x0, box.y1) for box in boxes] == [(-0.87, 0.93), (-1.01, 0.973)]  # ours codes in the second dimension
