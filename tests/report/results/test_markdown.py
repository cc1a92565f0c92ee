"""The table of all claims, between its marks."""

from pathlib import Path

import pytest

from study.report.claims.claim import claims_of
from study.report.paper import ROWS
from study.report.results.markdown import BEGIN, END, claims_markdown, write_into
from study.system.errors import InputError
from tests.report.made import Make


def test_the_table_has_every_claim_once_for_each_study_and_says_what_was_not_run(figure4: Make) -> None:
    quick, whole = figure4(seeds=1, arrays=False), figure4("whole", seeds=1, arrays=False, preset="paper")
    tanh = figure4("tanh", space="paper/figure4_tanh", seeds=1, arrays=False)
    text = claims_markdown([quick.path, whole.path, tanh.path])
    assert "### figure4, figure4_tanh: dsprites, preset `quick`, 30 trials judged" in text
    assert "### figure4: dsprites, preset `paper`, 27 trials judged" in text
    for claim in claims_of("figure4"):
        readings = ROWS["figure4"].measures[claim.id].readings
        for words in [f" ({reading} means)" for reading in readings] or [""]:
            assert text.count(f"| {claim.claim}{words} |") == 2
    none = claims_markdown([])
    assert "### figure4: dsprites, not run" in none
    for claim in (claim for row in ROWS for claim in claims_of(row)):
        assert none.count(f"| {claim.claim} |") >= 1
    assert "agrees" not in none


def test_the_table_stands_between_its_marks(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"# Results\n{BEGIN}\nold\n{END}\nafter\n")
    for _ in range(2):
        write_into(path, "new\n")
        assert path.read_text() == f"# Results\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    path.write_text("# Results\n")
    with pytest.raises(InputError, match="needs the lines"):
        write_into(path, "new\n")
    with pytest.raises(InputError, match="cannot be read"):
        write_into(tmp_path / "nothing.md", "new\n")
