"""The documentation site as `make docs` builds it, and what its pages have: links, anchors, what they load."""

import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from tests.docs.blocks import ROOT

SITE = ROOT / "build" / "docs"


def build() -> Path:
    """The site, in the folder where `make docs` puts it, so that one builds on what the other has made."""
    made = subprocess.run(["make", "--dry-run", "docs"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (command,) = (line.split(" -m ")[1] for line in made.splitlines() if " -m sphinx " in line)
    done = subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return SITE


@dataclass
class Page(HTMLParser):
    """An HTML file: its links, what it loads by itself, and its anchors. Addresses are as from its own folder."""

    path: Path
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=lambda: {"", "top"})
    text: str = ""
    base: str = ""
    hidden: bool = False

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.anchors |= {value for key in ("id", "name") if (value := named.get(key))}
        if tag == "base":
            self.base = named.get("href") or ""
        elif tag == "a" and named.get("href"):
            self.links.append(self._from_here(named["href"]))
        elif tag in ("script", "img", "link"):
            self.loaded += [self._from_here(value) for key in ("src", "href") if (value := named.get(key))]
        self.hidden = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self.hidden else data

    def _from_here(self, address: str | None) -> str:
        return urljoin(self.base, address or "")

    def places(self) -> list[tuple[str, Path, str]]:
        """Of each address on this site: itself, the file, the anchor."""
        split = [(address, urlsplit(address)) for address in dict.fromkeys([*self.links, *self.loaded])]
        return [
            (address, (self.path.parent / unquote(parts.path)).resolve() if parts.path else self.path, parts.fragment)
            for address, parts in split
            if not (parts.scheme or parts.netloc)
        ]


def crawled(site: Path) -> dict[Path, Page]:
    """Every page that links lead to from the top of the site; of the gallery's, the reports themselves."""
    found: dict[Path, Page] = {}
    waiting = [site / "index.html"]
    while waiting:
        path = waiting.pop()
        if path in found or path.suffix != ".html" or path.name == "explore.html" or not path.exists():
            continue
        found[path] = Page(path)
        waiting += [place for _, place, _ in found[path].places()]
    return found
