"""Figure 2 in numbers, and as drawn."""

import numpy as np
import pytest

from study.report.drawing.style import Look
from study.report.paper import ROWS
from tests.report.paper.fading import Made, measured


def test_figure_2_in_numbers(made: Made) -> None:
    found = measured(made("figure2", ("wae-deterministic", "wae-uniform", "vae")), "figure2")
    assert found == pytest.approx(
        {
            "figure2-deterministic-deviates": 0.081 / 0.021,
            "figure2-random-near-vae": 0.021 / 0.011,
            "figure2-deterministic-worse-than-vae": 0.081 / 0.011,
            "figure2-deterministic-size": 0.081,
            "figure2-random-size": 0.021,
        }
    )


def test_figure_2_sets_the_paper_s_five_models_beside_ours(made: Made) -> None:
    figure = ROWS["figure2"].draw(made("figure2", ("wae-deterministic", "vae")), Look())
    assert figure is not None
    heights = [np.asarray(drawn.get_offsets())[:, 1].tolist() for drawn in figure.axes[1].collections[::2]]
    assert heights[0] == pytest.approx([0.08, 0.082])
    assert heights[1] == pytest.approx([0.081, 0.085, 0.094, 0.047, 0.037])
    assert heights[3] == pytest.approx([0.013, 0.013, 0.010, 0.015, 0.011])
