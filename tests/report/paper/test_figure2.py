"""The rows on fading squares: what they make of arrays and tables whose answers are known, and that they draw."""

import numpy as np
import pytest

from study.report.drawing.style import LOOKS, Look, png
from study.report.paper import ROWS
from tests.report.paper.conftest import Made, measured

ROW_NAMES = ("figure1", "figure2", "figure2_batch_size", "footnote3")


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


@pytest.mark.parametrize("row", ROW_NAMES)
def test_what_the_trials_do_not_show_is_neither_measured_nor_drawn(row: str, made: Made) -> None:
    for evidence in (made(row, ("wae-gaussian",)), made(row, ("wae-deterministic", "wae-uniform"), saved=False)):
        if row != "figure2":
            assert all(np.isnan(value) for value in measured(evidence, row).values())
            assert ROWS[row].draw(evidence, Look()) is None
    evidence = made("figure2", ("wae-gaussian",))
    assert all(np.isnan(value) for value in measured(evidence, "figure2").values())
    assert ROWS["figure2"].draw(evidence, Look()) is None


DRAWN = {
    "figure1": (("wae-deterministic", "wae-uniform"), (100,)),
    "figure2": (("wae-deterministic", "wae-uniform", "vae"), (100,)),
    "figure2_batch_size": (("wae-deterministic",), (25, 100, 300, 855)),
    "footnote3": (("wae-deterministic", "wae-gan"), (100,)),
}


@pytest.mark.parametrize("row", ROW_NAMES)
def test_every_row_is_drawn_in_every_look(row: str, made: Made) -> None:
    evidence = made(row, *DRAWN[row])
    drawn = set()
    for look in LOOKS:
        figure = ROWS[row].draw(evidence, look)
        assert figure is not None
        drawn.add(png(figure))
    assert len(drawn) == len(LOOKS)


def test_figure_2_sets_the_paper_s_five_models_beside_ours(made: Made) -> None:
    figure = ROWS["figure2"].draw(made("figure2", ("wae-deterministic", "vae")), Look())
    assert figure is not None
    heights = [np.asarray(drawn.get_offsets())[:, 1].tolist() for drawn in figure.axes[1].collections[::2]]
    assert heights[0] == pytest.approx([0.08, 0.082])
    assert heights[1] == pytest.approx([0.081, 0.085, 0.094, 0.047, 0.037])
    assert heights[3] == pytest.approx([0.013, 0.013, 0.010, 0.015, 0.011])
