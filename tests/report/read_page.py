"""The report as a page that was read: checked while it is, and its words."""

from html.parser import HTMLParser
from typing import Any

from study.records.folder import StudyFolder
from study.report.analysis.analysis import Analysis
from study.report.drawing.style import LOOKS
from study.report.page import render_page
from study.report.read.album import Album
from study.report.sections.section import Contents, Section
from study.report.write import ReportSummary, home_of, write_report
from tests.valid_html import assert_valid

VOID = {"meta", "img", "br", "source", "link", "input", "hr"}


class Page(HTMLParser):
    """A page that was checked while it was read: every tag closed in order, ids unique, inner links not dangling."""

    summary: ReportSummary

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        assert html.startswith("<!DOCTYPE html>")
        self.feed(html)
        self.close()
        assert self.open == []
        ids = [attributes["id"] for _, attributes in self.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        for link in self.links():
            assert not link.startswith("#") or link[1:] in ids

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in {tag}"
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def links(self) -> list[str]:
        return [attributes.get("href", "") for attributes in self.all("a")]

    def anchors_of(self, kind: str) -> list[str]:
        """Where the links of a class lead."""
        return [attributes["href"] for attributes in self.all("a") if kind in attributes.get("class", "").split()]

    def loaded(self) -> list[str]:
        """Everything that a browser would fetch by itself."""
        kinds = ("src", "srcset", "data", "poster", "background")
        found = [a[kind] for _, a in self.tags for kind in kinds if kind in a]
        return found + [a["href"] for a in self.all("link")]


def page_of(*studies: StudyFolder) -> Page:
    summary = write_report([study.path for study in studies])
    assert summary.report == home_of(studies).report
    html = summary.report.read_text(encoding="utf-8")
    assert_valid(html)
    page = Page(html)
    page.summary = summary
    assert all(source.startswith("data:image/png;base64,") for source in page.loaded())
    assert all(image.get("alt") for image in page.all("img"))
    assert not {"script", "iframe", "object", "form"} & {tag for tag, _ in page.tags}
    assert "None" not in page.text
    assert "nan" not in page.text.split()
    return page


def rendered(analysis: Analysis) -> str:
    """The page of an analysis, with empty images."""
    names = ("growth", "configurations", "importances", "slices", "curves")
    figures = {name: {look.name: b"" for look in LOOKS} for name in names}
    return render_page(Contents(analysis, Album(analysis.studies[0].folder.report), images=figures))


def context_of(section: Section, analysis: Analysis) -> dict[str, Any] | None:
    """What the section's template is given, of a page without figures."""
    return section.context(Contents(analysis, Album(analysis.studies[0].folder.report)))
