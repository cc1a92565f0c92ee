"""Which row a name means."""

from study.report.paper.answers import row_called


def test_figures_go_by_number_or_name() -> None:
    assert [row_called(text) for text in ("4", "figure4", "Figure 4", "headline")] == [*["figure4"] * 3, "headline"]
