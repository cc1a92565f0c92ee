"""Every row: drawn in every look, and of nothing."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.colors import to_hex

from study.records.folder import StudyFolder
from study.report.drawing.style import LOOKS, Look, png
from study.report.paper import ROWS
from study.report.paper.answers import answers
from study.report.read.studies import load_studies
from tests.report.paper.fading import Made, measured

Make = Callable[..., StudyFolder]


def test_every_row_draws_nothing_out_of_nothing(figure4: Make) -> None:
    for found in answers(load_studies([figure4(ended=0).path])):
        assert found.row.draw(found.evidence, Look()) is None


def test_every_look_of_a_row_has_its_own_ground(figure4: Make) -> None:
    for found in answers(load_studies([figure4(seeds=1).path])):
        for look in LOOKS if found.name != "budget" else ():
            figure = found.row.draw(found.evidence, look)
            assert figure is not None
            assert to_hex(figure.get_facecolor()) == look.ground
            assert (figure.get_figwidth() < 5) == look.narrow


ROW_NAMES = ("figure1", "figure2", "figure2_batch_size", "footnote3")


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
