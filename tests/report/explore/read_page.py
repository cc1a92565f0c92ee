"""The interactive page, read."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pandas as pd

from study.records.folder import StudyFolder
from study.records.table import read_records
from study.report.analysis.analysis import analyse
from study.report.explore.page import explore_page
from study.report.explore.trials import ROOM
from study.report.read.album import Album
from study.report.read.studies import load_studies
from tests.valid_html import assert_valid


class Explore(HTMLParser):
    """The page, read: its tags, its scripts, the words outside them, and its data."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        self.data: dict[str, Any] = json.loads(self.scripts[0])
        self.trials: dict[str, Any] = self.data["trials"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and self.scripts and self.cdata_elem == "script":
            self.scripts[-1] += data
        elif self.tags and self.tags[-1][0] != "style":
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def pictures(self) -> dict[int, dict[str, str]]:
        return {int(index): sources for index, sources in self.data["pictures"].items()}


def page_of(*studies: StudyFolder, room: int = ROOM) -> Explore:
    analysis = analyse(load_studies([study.path for study in studies]))
    html = explore_page(analysis, Album(studies[0].explore, room))
    assert_valid(html)
    return Explore(html)


def edited(study: StudyFolder, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> StudyFolder:
    edit(read_records(study.records)).to_csv(study.records, index=False)
    return study
