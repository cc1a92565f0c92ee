"""The figure of the growth of hypervolumes."""

from study.report.analysis.growth import growth
from study.report.drawing.style import LOOKS, Look
from study.report.sections.growth import GROWTH, growth_figure
from tests.report.made import Make, analysis_of
from tests.report.read_page import context_of

NARROW = LOOKS[2]


def test_growth_is_not_drawn_where_there_is_none(make: Make) -> None:
    without = analysis_of(make("bare", space="fading_squares", trials=3, edit=lambda space: {**space, "reference": {}}))
    assert growth(without) == ()
    assert growth_figure(without, Look()) is None
    lost = analysis_of(make("lost", trials=3, lost=dict.fromkeys(range(3), ("failed", "gone"))))
    assert growth_figure(lost, Look()) is None
    names = {"reconstruction": "minimize", "disentanglement": "maximize"}
    names |= {"frechet_factors": "minimize", "disentanglement_4": "maximize"}
    reference = {"reconstruction": 180, "disentanglement": 0.2, "frechet_factors": 100, "disentanglement_4": 0.2}
    four = analysis_of(make("four", trials=4, edit=lambda s: {**s, "objectives": names, "reference": reference}))
    assert growth(four) == ()
    shown = context_of(GROWTH, four)
    assert shown is not None
    assert "With more than 3 objectives there is no figure of it" in shown["note"]
    assert context_of(GROWTH, without) is None


def test_the_growth_figure_has_a_line_for_each_curve(make: Make) -> None:
    analysis = analysis_of(make("drawn", pictures=False))
    figure = growth_figure(analysis, NARROW)
    assert figure is not None
    for ax, (_, curves) in zip(figure.axes, growth(analysis), strict=True):
        assert len(ax.lines) == len(curves) == 4
        low, high = ax.get_ylim()
        assert low < max(curve.volume[-1] for curve in curves) < high
