"""The section on the families."""

from study.records.folder import StudyFolder
from study.report.sections.families import FAMILIES
from tests.report.made import analysis_of
from tests.report.read_page import context_of


def test_it_says_from_where_volumes_are_measured_and_whether_efforts_are_equal(study: StudyFolder) -> None:
    context = context_of(FAMILIES, analysis_of(study))
    assert context is not None
    assert context["has_volume"]
    assert not context["any_stopped"]
    assert context["unequal"]  # two trials were lost
    assert "reconstruction 565" in context["reference"]
