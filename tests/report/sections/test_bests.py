"""The section on the best of each family."""

from study.report.sections.bests import BESTS
from tests.report.made import Make, analysis_of
from tests.report.read_page import context_of


def test_it_has_every_family_with_a_result_and_is_left_out_without_any(make: Make) -> None:
    context = context_of(BESTS, analysis_of(make("some", trials=3, lost={1: ("failed", "x")}, pictures=False)))
    assert context is not None
    assert len(context["best"]) == 2
    assert not context["replicates"]
    assert context_of(BESTS, analysis_of(make("none", trials=1, lost={0: ("failed", "x")}, pictures=False))) is None
