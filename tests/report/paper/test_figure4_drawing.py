"""Figure 4 as drawn: every look on its own ground."""

from matplotlib.colors import to_hex

from study.report.drawing.style import LOOKS
from study.report.paper.answers import answers
from study.report.read.studies import load_studies
from tests.report.made import Make


def test_every_look_of_a_row_has_its_own_ground(figure4: Make) -> None:
    for found in answers(load_studies([figure4(seeds=1).path])):
        for look in LOOKS if found.name != "budget" else ():
            figure = found.row.draw(found.evidence, look)
            assert figure is not None
            assert to_hex(figure.get_facecolor()) == look.ground
            assert (figure.get_figwidth() < 5) == look.narrow
