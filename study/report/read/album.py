"""Pictures inside the page: as data URIs while there is room, as links to the trial's files afterwards."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from study.report.read.studies import PICTURES, Study

ROOM = 4 * 1024 * 1024
"""Bytes of the trials' pictures that the page takes in; with base64 and the figures it stays under 10 MB."""

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Picture:
    """One picture of a trial: `content` is its PNG, or empty where it is only linked."""

    name: str
    title: str
    content: bytes
    link: str

    @property
    def source(self) -> str:
        """A data URI; empty where it is only linked."""
        return data_uri(self.content) if self.content else ""


class Album:
    """Hands out the pictures of trials, first come, first embedded."""

    def __init__(self, page: Path, room: int = ROOM) -> None:
        self._folder = page.parent
        self._room = room
        self.linked = 0

    def of(self, study: Study, trial: int) -> list[Picture]:
        """The pictures that the trial has; one that is missing or is no PNG is left out."""
        found = []
        for name, title in PICTURES.items():
            path = study.folder.trial(trial).pictures / f"{name}.png"
            try:
                with path.open("rb") as file:
                    content = file.read(len(_PNG))
                    fits = path.stat().st_size <= self._room
                    content += file.read() if fits else b""
            except OSError:
                continue
            if not content.startswith(_PNG):
                continue
            if fits:
                self._room -= len(content)
            else:
                self.linked += 1
            found.append(Picture(name, title, content if fits else b"", self.link(path)))
        return found

    def link(self, path: Path) -> str:
        """The path as seen from the page."""
        relative = Path(os.path.relpath(os.path.realpath(path), os.path.realpath(self._folder)))
        return quote(os.fsencode(relative.as_posix()))  # bytes: a name need not be text


def data_uri(content: bytes) -> str:
    """A PNG as text that stands for it in a page."""
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")
