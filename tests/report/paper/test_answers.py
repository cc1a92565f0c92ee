"""Answers of studies to the rows of the paper."""

from study.report.drawing.style import Look
from study.report.paper.answers import answers, row_called
from study.report.read.studies import load_studies
from tests.report.made import Make


def test_every_row_draws_nothing_out_of_nothing(figure4: Make) -> None:
    for found in answers(load_studies([figure4(ended=0).path])):
        assert found.row.draw(found.evidence, Look()) is None


def test_figures_go_by_number_or_name() -> None:
    assert [row_called(text) for text in ("4", "figure4", "Figure 4", "headline")] == [*["figure4"] * 3, "headline"]
