"""The table of importances as a file."""

import pytest

from study.records.folder import StudyFolder
from study.records.importances import COLUMNS
from study.report.drawing.style import Look
from study.report.sections.importances import importances_figure
from tests.report.made import analysis_of
from tests.report.read_page import rendered

HEADER = ",".join(COLUMNS)


@pytest.mark.parametrize("content", ["", "family\nx\n", "\x00\x01", f"{HEADER}\nbeta-vae,reconstruction,a,b,c,d\n"])
def test_a_damaged_table_of_importances_is_none(study: StudyFolder, content: str) -> None:
    study.importances.write_text(content)
    analysis = analysis_of(study)
    assert importances_figure(analysis, Look()) is None
    assert "beta-vae has 4, wae-gaussian has 2 and wae-uniform has 4" in rendered(analysis)
