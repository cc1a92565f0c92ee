"""What holds of every section of the page."""

import re
from collections import Counter
from pathlib import Path

import pytest

import study.report.sections
from study.records.folder import StudyFolder
from study.report.analysis.analysis import analyse
from study.report.page import render_page
from study.report.read.album import Album
from study.report.read.studies import load_studies
from study.report.sections import SECTIONS
from study.report.sections.objectives import OBJECTIVES
from study.report.sections.section import Contents, Section
from study.report.sections.trial_cards import gallery

FOLDER = Path(study.report.sections.__file__).parent


def test_names_are_different_and_every_template_is_of_a_section() -> None:
    assert max(Counter(section.name for section in SECTIONS).values()) == 1
    assert {path.name for path in FOLDER.glob("*.j2")} == {section.template for section in SECTIONS}


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_figure_has_a_text_in_its_place(section: Section) -> None:
    assert (section.figure is None) == (section.alt is None)


def test_sections_are_on_the_page_in_their_order(study: StudyFolder) -> None:
    analysis = analyse(load_studies([study.path]))
    album = Album(study.report)
    contents = Contents(analysis, album, gallery(analysis, album))
    contexts = [(section, section.context(contents)) for section in SECTIONS]
    shown = [(s.name, context.get("title", s.title)) for s, context in contexts if context is not None]
    page = render_page(contents)
    assert re.findall(r'<li><a href="#(.*)">(.*)</a></li>', page) == shown
    assert re.findall(r"<h2>(.*)</h2>", page) == [title for name, title in shown if name != OBJECTIVES.name]
    assert page.index(f'<section id="{OBJECTIVES.name}"') < page.index('<section aria-label="Summary">')
    assert len(shown) > 8
